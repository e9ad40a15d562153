"""The two inner loops of retrieval, compiled: maps turned channel by channel, and sums over channels."""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, parallel=True)
def places_by_channel(maps: np.ndarray, squared: bool) -> np.ndarray:
    """Return [channels, windows, places] of maps [windows, places, channels], squared or as they are."""
    num_windows, num_places, num_channels = maps.shape
    turned = np.empty((num_channels, num_windows, num_places), maps.dtype)
    for window in numba.prange(num_windows):
        for channel in range(num_channels):
            for place in range(num_places):
                value = maps[window, place, channel]
                turned[channel, window, place] = value * value if squared else value
    return turned


@numba.njit(cache=True, nogil=True)
def add_channel(numerators: np.ndarray, audio: np.ndarray, projections: np.ndarray, lengths: np.ndarray) -> None:
    """Add one channel's numerators [queries, gallery] to the sums, in double precision.

    Parameters
    ----------
    numerators : ndarray
        n of this channel for every pair.
    audio : ndarray
        [queries] this channel of the unit audio vectors.
    projections, lengths : ndarray
        [queries, gallery] float64; n audio and n^2 are added to them.
    """
    for query in range(numerators.shape[0]):
        for video in range(numerators.shape[1]):
            value = np.float64(numerators[query, video])
            projections[query, video] += value * audio[query]
            lengths[query, video] += value * value
