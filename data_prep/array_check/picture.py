"""One picture of a check: where the energy peaks at claps, what each microphone is off by, and when things happen."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.atomic_files import atomic_path
from common.image_grid import ImageGrid
from data_prep.array_check.measurements import Measurements
from data_prep.array_check.verdicts import PROBLEM, Verdict

matplotlib.use("Agg")
_DOTS_PER_INCH = 100
_SHOWN_DECIBELS = 6
_LEAST_SHOWN_LEVEL_DB = 12.0


def draw_check(
    path: Path,
    name: str,
    found: Measurements,
    verdicts: Sequence[Verdict],
    positions_m: np.ndarray,
    shown: Sequence[tuple[float, np.ndarray, np.ndarray | None]],
    grid: ImageGrid,
) -> None:
    """Write a PNG file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        The recording.
    found : Measurements
        What was measured.
    verdicts : sequence of Verdict
        Told in the title.
    positions_m : ndarray
        [microphones, 3].
    shown : sequence of (float, ndarray, ndarray or None)
        At most four moments, seconds, with [height, width] acoustic energy and an RGB frame of the video.
    grid : ImageGrid
        Where the energy's pixels look at.
    """
    figure = Figure(figsize=(14, 9), layout="constrained")
    panels = figure.add_gridspec(3, 4, height_ratios=(3, 3.4, 2))
    for number, (time, energy, frame) in enumerate(shown):
        _draw_moment(figure.add_subplot(panels[0, number]), time, energy, frame, grid)
    if not shown:
        figure.add_subplot(panels[0, :]).set(title="no sound whose direction could be told", xticks=[], yticks=[])
    _draw_misfits(figure, figure.add_subplot(panels[1, :2]), found, positions_m)
    _draw_levels(figure.add_subplot(panels[1, 2:]), found)
    _draw_times(figure.add_subplot(panels[2, :]), found)
    problems = [f"{verdict.check}: {verdict.text}" for verdict in verdicts if verdict.status == PROBLEM]
    shortened = [text if len(text) <= 150 else text[:149] + "…" for text in problems]
    figure.suptitle("\n".join([name, *(shortened or ["no complaint"])]), fontsize=10)
    with atomic_path(path) as partial:
        figure.savefig(partial, dpi=_DOTS_PER_INCH)


def _draw_moment(panel: Axes, time_s: float, energy: np.ndarray, frame: np.ndarray | None, grid: ImageGrid) -> None:
    """Draw contours of the energy within 6 dB of its peak, and the peak, over the frame as the array would see it."""
    height, width = energy.shape if frame is None else frame.shape[:2]
    if frame is not None:
        panel.imshow(frame)
    decibels = 10 * np.log10(np.maximum(energy / energy.max(), 1e-12))
    # Square pixels about one centre; the longer side of both spans the field of view.
    scale = max(height, width) / max(energy.shape)
    rows = (np.arange(energy.shape[0]) - (energy.shape[0] - 1) / 2) * scale + (height - 1) / 2
    columns = (np.arange(energy.shape[1]) - (energy.shape[1] - 1) / 2) * scale + (width - 1) / 2
    panel.contour(columns, rows, decibels, levels=np.arange(-_SHOWN_DECIBELS, 0), cmap="autumn", linewidths=0.9)
    row, column = np.unravel_index(energy.argmax(), energy.shape)
    panel.plot(columns[column], rows[row], "x", color="cyan", markersize=11, markeredgewidth=2)
    azimuth, elevation = (angles[row, column] for angles in grid.azimuth_elevation_deg())
    title = f"{time_s:.2f} s: azimuth {azimuth:+.0f}°, elevation {elevation:+.0f}°"
    panel.set_title(title if frame is not None else f"{title}\n(no video)", fontsize=8)
    panel.set(
        xlim=(-0.5, width - 0.5),
        ylim=(height - 0.5, -0.5),
        aspect="equal",
    )
    panel.set_xlabel(f"a contour each dB, to -{_SHOWN_DECIBELS} dB", fontsize=8)
    panel.set_xticks([])
    panel.set_yticks([])


def _draw_misfits(figure: Figure, panel: Axes, found: Measurements, positions_m: np.ndarray) -> None:
    hearing = found.hearing
    x, y = 100 * positions_m[:, 0], 100 * positions_m[:, 1]
    panel.plot(x, y, ".", color="0.75", markersize=4, zorder=0)
    panel.set(xlabel="right, cm", ylabel="up, cm", aspect="equal", title="microphones: off by, microseconds")
    if hearing.placing is not None:
        numbers = np.flatnonzero(hearing.compared)
        off = 1e6 * hearing.placing.misfit_of_microphone_s
        points = panel.scatter(x[numbers], y[numbers], c=off, s=45, cmap="viridis", vmin=0, vmax=max(50.0, off.max()))
        figure.colorbar(points, ax=panel)
    moved = hearing.order != np.arange(len(hearing.order))
    strange = np.zeros(len(moved), bool)
    if hearing.placing is not None and hearing.placing.fits:
        strange[np.flatnonzero(hearing.compared)[hearing.placing.strangers]] = True
    for n in np.flatnonzero(~hearing.compared | moved | strange):
        panel.plot(x[n], y[n], "o" if hearing.compared[n] else "x", color="red", markersize=11, fillstyle="none")
        panel.annotate(str(n), (x[n], y[n]), xytext=(5, 5), textcoords="offset points", color="red")


def _draw_levels(panel: Axes, found: Measurements) -> None:
    levels = found.hearing.levels
    for values, label, mark in ((levels.overall_db, "over all", "o"), (levels.quiet_db, "in quiet parts", "_")):
        panel.plot(np.clip(values, -40, 40), mark, label=label, markersize=4)
    for n in np.flatnonzero(~found.hearing.compared):
        panel.axvline(n, color="red", alpha=0.3)
    low, high = panel.get_ylim()
    panel.set_ylim(min(low, -_LEAST_SHOWN_LEVEL_DB), max(high, _LEAST_SHOWN_LEVEL_DB))
    panel.set(xlabel="channel", ylabel="level against the median, dB", title="levels (red: left out)")
    panel.legend()


def _draw_times(panel: Axes, found: Measurements) -> None:
    edges = found.loudness.edges
    seconds = (np.arange(len(edges)) + 0.5) * found.loudness.hop_s
    decibels = 10 * np.log10(np.maximum(edges / max(edges.max(), 1e-30), 1e-6))
    panel.plot(seconds, decibels, linewidth=0.6, label="sound, dB")
    for moments, low, colour, label in (
        (found.onsets_s, 0, "tab:blue", "heard"),
        (found.events_s, 8, "tab:orange", "seen"),
    ):
        if len(moments):
            panel.vlines(moments, low, low + 8, color=colour, label=label)
    panel.set(xlabel="seconds", ylabel="dB")
    panel.legend(loc="lower right", ncols=3, fontsize=8)
