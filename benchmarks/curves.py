"""The curves among the figures of the part `scaling`."""

import numpy as np

from benchmarks.timing import Figures

AXES = ("frames", "directions", "microphones", "batch", "windows")


def curve_of(figures: Figures, axis: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the values along an axis and their seconds, ascending."""
    prefix = f"{axis}_seconds_at_"
    points = sorted((int(name[len(prefix) :]), value) for name, value in figures.items() if name.startswith(prefix))
    values, seconds = zip(*points, strict=True)
    return np.array(values), np.array(seconds)
