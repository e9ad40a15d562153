"""Figures of the study, drawn from the CSV files of a results folder alone."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.drawing import save_figure
from evaluation.measurements import CMC, CMC_CHANCE, CMC_OTHERS, CMC_OTHERS_CHANCE, DRAWN_RANKS, KNN, Measurement
from evaluation.seed_statistics import Comparison, compare, summarise
from evaluation.seed_tables import BASELINE, DISTILLED, imitating_students, values_by_seed
from evaluation.snr_gains import SnrGain

_DOTS_PER_INCH = 130
_STUDENT = "HearNet, alpha "
# The distilled student and its controls, and what each imitates.
_TEACHERS = {
    DISTILLED: "DualCamNet,\ntrained",
    f"{DISTILLED}, untrained teacher": "DualCamNet,\nrandom",
    f"{DISTILLED}, one-microphone teacher": "HearNet,\nrandom",
    f"{DISTILLED}, alpha-0 teacher": "HearNet,\nalpha 0",
    f"{DISTILLED}, shuffled teacher": "other\nrecordings",
    f"{DISTILLED}, supervised teacher": "DualCamNet,\nlabels",
}
SharesByRank = Mapping[str, Mapping[str, Mapping[int, float]]]
FEATURE_COLOURS = {"audio": "#1f5fa8", "audio-visual": "#c2571a", "sum": "#5a8f29"}


def gain_against_alpha(path: Path, measurements: Sequence[Measurement], data: str) -> None:
    """Draw the change of accuracy against alpha 0 with 95 % intervals, by alpha, and beside it by what is imitated."""
    figure = Figure(figsize=(10.4, 4.6), layout="constrained")
    by_alpha, by_teacher = figure.subplots(1, 2, sharey=True)
    values = values_by_seed(measurements, data, KNN)
    for number, (feature, colour) in enumerate(FEATURE_COLOURS.items()):
        gains = _gains(values, feature)
        shift = 0.06 * (number - 1)
        distilled = sorted(system for system in gains if not system.endswith("teacher"))
        places = [_alpha_of(system) + 0.25 * shift for system in distilled]
        _draw_gains(by_alpha, places, [gains[system] for system in distilled], "o-", colour, feature)
        for place, teacher in enumerate(_TEACHERS):
            found = [gains[teacher]] if teacher in gains else []
            _draw_gains(by_teacher, [place + 2 * shift] * len(found), found, "s", colour, None)
    by_alpha.set(xlim=(0, 1), xlabel="imitation parameter alpha", ylabel="accuracy minus that of alpha 0 (points)")
    by_teacher.set(xlim=(-0.5, len(_TEACHERS) - 0.5), xlabel="what is imitated at alpha 0.5")
    by_teacher.set_xticks(range(len(_TEACHERS)), _TEACHERS.values(), fontsize=7)
    for axes in (by_alpha, by_teacher):
        axes.axhline(0, color="grey", linewidth=1)
        axes.grid(alpha=0.3)
    figure.suptitle(f"{data}: nearest neighbours, runs of the same seed", fontsize=10)
    _finish(figure, by_alpha, path)


def _draw_gains(
    axes: Axes, places: Sequence[float], gains: Sequence[Comparison], style: str, colour: str, label: str | None
) -> None:
    if gains:
        axes.errorbar(
            places,
            [100 * gain.difference.mean for gain in gains],
            yerr=[100 * gain.difference.half_interval for gain in gains],
            fmt=style,
            color=colour,
            capsize=3,
            linewidth=1.6,
            label=label,
        )


def cmc_over_seeds(path: Path, measurements: Sequence[Measurement], data: str) -> None:
    """Draw the mean share of queries answered against rank, the band one standard deviation over seeds wide.

    On the right without the videos of the query's own recording: what is found there is found by its class.
    """
    figure = Figure(figsize=(10.4, 4.6), layout="constrained")
    own, others = figure.subplots(1, 2, sharey=True)
    _draw_cmc(own, values_by_seed(measurements, data, CMC), values_by_seed(measurements, data, CMC_CHANCE))
    _draw_cmc(
        others, values_by_seed(measurements, data, CMC_OTHERS), values_by_seed(measurements, data, CMC_OTHERS_CHANCE)
    )
    own.set_title("all videos", fontsize=9)
    own.set_ylabel("queries answered (%)")
    others.set_title("videos of other recordings only", fontsize=9)
    figure.suptitle(f"{data}: from a sound to the videos of its class", fontsize=10)
    figure.legend(*own.get_legend_handles_labels(), loc="outside right center", frameon=False, fontsize=7)
    save_figure(figure, path, _DOTS_PER_INCH)


def _draw_cmc(axes: Axes, shares: SharesByRank, chances: SharesByRank) -> None:
    ranks = np.array(DRAWN_RANKS)
    # Twenty colours: more systems than the ten of the usual cycle.
    colours = matplotlib.colormaps["tab20"](range(20))
    for colour, (system, by_rank) in zip(itertools.cycle(colours), shares.items(), strict=False):
        summaries = [summarise(by_rank[str(rank)]) for rank in ranks]
        mean = 100 * np.array([one.mean for one in summaries])
        spread = 100 * np.array([one.deviation for one in summaries])
        axes.plot(ranks, mean, linewidth=1.6, color=colour, label=system)
        axes.fill_between(ranks, mean - spread, mean + spread, color=colour, alpha=0.12, linewidth=0)
    # It is the same for all systems; what was measured by earlier versions has it at fewer ranks.
    for by_rank in sorted(chances.values(), key=len)[-1:]:
        chance = {int(rank): 100 * next(iter(values.values())) for rank, values in by_rank.items()}
        axes.plot(list(chance), list(chance.values()), "--", color="grey", label="chance")
    axes.set(xlabel="rank k", xlim=(1, ranks[-1]), ylim=(0, 102))
    axes.grid(alpha=0.3)


def gain_against_snr(path: Path, gains: Sequence[SnrGain], data: str, system: str) -> None:
    """Draw what a system gains on test recordings of low, middle and high SNR, a panel for each baseline.

    Parameters
    ----------
    path : Path
        PNG to write.
    gains : sequence of SnrGain
        One at least.
    data, system : str
        Dataset and system, for the title.
    """
    baselines = list(dict.fromkeys(one.baseline for one in gains))
    figure = Figure(figsize=(8.4, 3.8), layout="constrained")
    panels = figure.subplots(1, len(baselines), sharey=True, squeeze=False)[0]
    for axes, baseline in zip(panels, baselines, strict=True):
        chosen = [one for one in gains if one.baseline == baseline]
        for number, feature in enumerate(dict.fromkeys(one.feature for one in chosen)):
            _draw_by_snr(axes, [one for one in chosen if one.feature == feature], 0.15 * (number - 0.5))
        axes.axhline(0, color="grey", linewidth=1)
        axes.grid(alpha=0.3)
        axes.set_xlabel("source to disturbance (dB), three bins of recordings")
        axes.set_title(f"over {baseline}", fontsize=9)
    panels[0].set_ylabel("gain in accuracy (points)")
    figure.suptitle(f"{data}: {system}", fontsize=10)
    _finish(figure, panels[0], path)


def _draw_by_snr(axes: Axes, gains: Sequence[SnrGain], shift: float) -> None:
    differences = [one.comparison.difference for one in gains]
    axes.errorbar(
        [(one.low_db + one.high_db) / 2 + shift for one in gains],
        [100 * one.mean for one in differences],
        xerr=[(one.high_db - one.low_db) / 2 for one in gains],
        yerr=[100 * one.half_interval for one in differences],
        fmt="o",
        color=FEATURE_COLOURS[gains[0].feature],
        capsize=3,
        label=gains[0].feature,
    )


def _gains(values: Mapping[str, Mapping[str, dict[int, float]]], feature: str) -> dict[str, Comparison]:
    """Return the comparisons of all students with alpha 0 of the same seeds."""
    baseline = values.get(BASELINE, {}).get(feature, {})
    found = {
        system: compare(values[system][feature], baseline)
        for system in imitating_students(values)
        if feature in values[system]
    }
    return {system: one for system, one in found.items() if one is not None}


def _alpha_of(system: str) -> float:
    return float(system.removeprefix(_STUDENT).split(",")[0])


def _finish(figure: Figure, axes: Axes, path: Path) -> None:
    axes.legend(frameon=True, framealpha=0.8, edgecolor="none", fontsize=7)
    save_figure(figure, path, _DOTS_PER_INCH)
