"""What moves in a film: sudden motion as events in time, and where the picture changes at a moment."""

import numpy as np
from scipy.ndimage import median_filter

from data_prep.array_check.film import Film

_LEAST_GREY, _TIMES_NOISE = 6.0, 6.0
_AROUND_S, _BREAK_S = 1.5, 0.25
_PART_OF_STRONG, _PART_OF_BURST = 0.2, 0.7
_MAP_BEFORE_FRAMES, _MAP_AFTER_S = 1.6, 0.1


def changes(film: Film) -> np.ndarray:
    """Return [frames - 1, height, width] float32: by how many grey levels each pixel changes beyond noise."""
    difference = np.abs(np.diff(film.pictures.astype(np.int16), axis=0)).astype(np.float32)
    threshold = max(_LEAST_GREY, _TIMES_NOISE * float(np.median(difference)))
    return np.maximum(difference - np.float32(threshold), 0)


def change_times(film: Film) -> np.ndarray:
    """Return [frames - 1] seconds between each two frames: when what changed is best said to have changed."""
    return (film.times_s[1:] + film.times_s[:-1]) / 2


def sudden_motion(moving: np.ndarray, times_s: np.ndarray, frame_s: float) -> np.ndarray:
    """Find when something moves suddenly.

    Parameters
    ----------
    moving : ndarray
        [frames - 1] how much changes.
    times_s : ndarray
        [frames - 1] when.
    frame_s : float
        Seconds from frame to frame.

    Returns
    -------
    ndarray
        Ascending seconds: of each burst above what moves all the time, the first that reaches 0.7 of its highest.
    """
    beyond = moving - median_filter(moving, 2 * round(_AROUND_S / 2 / frame_s) + 1)
    strong = float(np.sort(beyond)[-3:].mean())
    if strong <= 0:
        return np.zeros(0)
    threshold = max(_PART_OF_STRONG * strong, 6 * float(np.median(np.abs(beyond))))
    above = np.flatnonzero(beyond > threshold)
    if not len(above):
        return np.zeros(0)
    bursts = np.split(above, np.flatnonzero(np.diff(times_s[above]) > _BREAK_S) + 1)
    peaks = [burst[beyond[burst] >= _PART_OF_BURST * beyond[burst].max()][0] for burst in bursts]
    return times_s[np.array(peaks)]


def change_map(moving: np.ndarray, times_s: np.ndarray, time_s: float, frame_s: float) -> np.ndarray | None:
    """Return where the picture changes at a moment more than it does all the time.

    Parameters
    ----------
    moving : ndarray
        [frames - 1, height, width] as from `changes`.
    times_s : ndarray
        [frames - 1] when.
    time_s : float
        The moment.
    frame_s : float
        Seconds from frame to frame.

    Returns
    -------
    ndarray or None
        [height, width], sum 1; None where nothing does.
    """
    near = (times_s >= time_s - _MAP_BEFORE_FRAMES * frame_s) & (times_s <= time_s + _MAP_AFTER_S + frame_s)
    if not near.any():
        return None
    beyond = np.maximum(moving[near].sum(axis=0) - near.sum() * moving.mean(axis=0), 0)
    return beyond / beyond.sum() if beyond.sum() > _LEAST_GREY else None
