"""What all pictures share: a map over a video frame, which levels are shown, and how a figure reaches its file."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.atomic_files import atomic_path

matplotlib.use("Agg")
_SHOWN_DECIBELS = 6
_LEAST_POWER = 1e-12


def loudest_decibels(power: np.ndarray) -> np.ndarray:
    """Return a map of power in dB, all that is 6 dB or more below its peak at one level: where the sound is."""
    decibels = 10 * np.log10(np.maximum(power, _LEAST_POWER))
    return np.maximum(decibels, decibels.max() - _SHOWN_DECIBELS)


def draw_over_frame(axes: Axes, frame: np.ndarray, overlay: np.ndarray | None, title: str) -> None:
    """Draw an RGB frame [height, width, 3] and a map of any size stretched over it."""
    extent = (0, frame.shape[1], frame.shape[0], 0)
    axes.imshow(frame, extent=extent)
    if overlay is not None:
        axes.imshow(overlay, cmap="jet", alpha=0.45, extent=extent, interpolation="bicubic")
    axes.set_title(title, fontsize=8)
    axes.set_axis_off()


def save_figure(figure: Figure, path: Path, dots_per_inch: int) -> None:
    """Write a figure whole, or not at all."""
    with atomic_path(path) as partial:
        figure.savefig(partial, dpi=dots_per_inch)
