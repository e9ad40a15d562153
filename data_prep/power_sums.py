"""The inner loops of the beamformer: power of every direction, added to the mel bands at once.

Compiled, because NumPy would go through memory ten times where once is enough (docs/performance.md).
"""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, fastmath=True)
def add_mirrored_power(
    product: np.ndarray, rows: np.ndarray, weights: np.ndarray, even: np.ndarray, odd: np.ndarray
) -> None:
    """Add one bin's power to sums, for directions that mirror each other.

    With beams C - jS applied to spectra P + jQ, a direction's power is e + d and its mirror's e - d, where
    e = CP^2 + CQ^2 + SP^2 + SQ^2 and d = 2 (CP SQ - CQ SP). Sums of e and d are kept apart until the last bin.

    Parameters
    ----------
    product : ndarray
        [2 * half, 2 * frames] float32: [C; S] times [P, Q].
    rows, weights : ndarray
        [n] int64, [n] float32: which sums the bin belongs to, and how much.
    even, odd : ndarray
        [sums, half, frames] float32, added to in place.
    """
    half, frames = even.shape[1], even.shape[2]
    e, d = np.empty(frames, np.float32), np.empty(frames, np.float32)
    for direction in range(half):
        cosine, sine = product[direction], product[half + direction]
        for frame in range(frames):
            cp, cq = cosine[frame], cosine[frames + frame]
            sp, sq = sine[frame], sine[frames + frame]
            e[frame] = cp * cp + cq * cq + sp * sp + sq * sq
            d[frame] = np.float32(2) * (cp * sq - cq * sp)
        for n in range(len(rows)):
            even_sum, odd_sum, weight = even[rows[n], direction], odd[rows[n], direction], weights[n]
            for frame in range(frames):
                even_sum[frame] += weight * e[frame]
                odd_sum[frame] += weight * d[frame]


@numba.njit(cache=True, nogil=True, fastmath=True)
def add_power(products: np.ndarray, rows: np.ndarray, weights: np.ndarray, sums: np.ndarray) -> None:
    """Add one bin's power to sums [sums, directions, frames].

    Parameters
    ----------
    products : ndarray
        [3, directions, frames] float32: AP, BQ and (A + B)(P + Q) of weights A + jB and spectra P + jQ.
    rows, weights : ndarray
        [n] int64, [n] float32: which sums the bin belongs to, and how much.
    sums : ndarray
        [sums, directions, frames] float32, added to in place.
    """
    _, directions, frames = products.shape
    power = np.empty(frames, np.float32)
    for direction in range(directions):
        first, second, third = products[0, direction], products[1, direction], products[2, direction]
        for frame in range(frames):
            real = first[frame] - second[frame]
            imaginary = third[frame] - first[frame] - second[frame]
            power[frame] = real * real + imaginary * imaginary
        for n in range(len(rows)):
            total, weight = sums[rows[n], direction], weights[n]
            for frame in range(frames):
                total[frame] += weight * power[frame]


@numba.njit(cache=True, nogil=True, fastmath=True)
def turn_phases(parts: np.ndarray, step: np.ndarray) -> None:
    """Multiply weights [3, directions, microphones] (real, imaginary, their sum) by complex64 phases, in place."""
    _, directions, microphones = parts.shape
    for direction in range(directions):
        for microphone in range(microphones):
            turn = step[direction, microphone]
            real, imaginary = parts[0, direction, microphone], parts[1, direction, microphone]
            turned_real = real * turn.real - imaginary * turn.imag
            turned_imaginary = real * turn.imag + imaginary * turn.real
            parts[0, direction, microphone] = turned_real
            parts[1, direction, microphone] = turned_imaginary
            parts[2, direction, microphone] = turned_real + turned_imaginary
