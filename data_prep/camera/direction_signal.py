"""What one direction sounds like: all microphones delayed until its sound arrives at once, and their mean.

The delays are fractions of a sample, made by windowed-sinc filters that are applied in the frequency domain, block
after block (overlap-save; Oppenheim and Schafer, Discrete-Time Signal Processing, 8.7.3).
"""

from collections.abc import Callable, Iterator

import numpy as np
import scipy.fft

from data_prep.array_geometry import ArrayGeometry
from data_prep.steering import arrival_leads_s

# Long enough for a ripple below 0.1 dB up to nine tenths of the highest frequency.
_HALF_TAPS = 32
_KAISER_BETA = 6.0
_BLOCK = 2**13


class DirectionSignal:
    """Forms the signal of one direction.

    Parameters
    ----------
    geometry : ArrayGeometry
        The array; dead microphones are left out.
    direction : ndarray
        [3] unit vector to listen along.
    sample_rate_hz : int
        Rate of the microphones.
    speed_of_sound_m_per_s : float
        Speed of sound.
    focus_distance_m : float or None
        Distance that the beam is focused on; None is the far field.
    """

    def __init__(
        self,
        geometry: ArrayGeometry,
        direction: np.ndarray,
        sample_rate_hz: int,
        speed_of_sound_m_per_s: float,
        focus_distance_m: float | None = None,
    ) -> None:
        leads_s = arrival_leads_s(geometry, direction[np.newaxis], speed_of_sound_m_per_s, focus_distance_m)[0]
        self._alive = geometry.alive
        self._filters, self._reach = delay_filters(leads_s * sample_rate_hz)

    def blocks(self, read: Callable[[int, int], np.ndarray], first: int, count: int) -> Iterator[np.ndarray]:
        """Yield the signal in blocks [samples] float32, `count` samples in all.

        Parameters
        ----------
        read : callable
            First sample and count to samples [count, microphones]; zeros are to stand for samples before the
            recording and after it.
        first, count : int
            Which samples are wanted.
        """
        size = 2 ** int(np.ceil(np.log2(_BLOCK + 2 * self._reach)))
        gains = scipy.fft.rfft(self._filters.astype(np.float32), size, axis=0)
        for start in range(first, first + count, _BLOCK):
            wanted = min(_BLOCK, first + count - start)
            samples = read(start - self._reach, wanted + 2 * self._reach)[:, self._alive].astype(np.float32)
            spectrum = (scipy.fft.rfft(samples, size, axis=0) * gains).mean(axis=1)
            # The filters' middle lies at their tap number `reach`: the first whole output is number 2 * reach.
            yield scipy.fft.irfft(spectrum, size)[2 * self._reach :][:wanted]

    def signal(self, read: Callable[[int, int], np.ndarray], first: int, count: int) -> np.ndarray:
        """Return all blocks as one signal [count] float32; see `blocks`."""
        return np.concatenate(list(self.blocks(read, first, count)))


def delay_filters(delays: np.ndarray) -> tuple[np.ndarray, int]:
    """Return filters that delay by fractions of a sample, forward or backward.

    Parameters
    ----------
    delays : ndarray
        [filters] samples.

    Returns
    -------
    ndarray
        [2 * reach + 1, filters] float64; tap number `reach` is a delay of zero.
    int
        The reach.
    """
    reach = int(np.ceil(np.abs(delays).max())) + _HALF_TAPS
    places = np.arange(-reach, reach + 1)[:, np.newaxis] - delays
    inside = np.clip(1 - (places / _HALF_TAPS) ** 2, 0, None)
    window = np.where(inside > 0, np.i0(_KAISER_BETA * np.sqrt(inside)) / np.i0(_KAISER_BETA), 0.0)
    return np.sinc(places) * window, reach


def zero_padded(
    read: Callable[[int, int], np.ndarray], extent: tuple[int, int], num_channels: int
) -> Callable[[int, int], np.ndarray]:
    """Return a reader that gives zeros where `read` has no samples, before and after its extent."""

    def padded(first: int, count: int) -> np.ndarray:
        start, end = (min(max(number, extent[0]), extent[1]) for number in (first, first + count))
        result = np.zeros((count, num_channels), np.float32)
        if end > start:
            result[start - first : end - first] = read(start, end - start)
        return result

    return padded


def level_spectrum_db(signal: np.ndarray, full_scale: float, sample_rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean spectrum of a signal: frequencies and levels [513] in dB, a full-scale sine being 0 dB.

    Hann windows of 1024 samples, half overlapping (Welch 1967); a shorter signal is filled up with zeros.
    """
    length = 1024
    if len(signal) < length:
        signal = np.pad(signal, (0, length - len(signal)))
    window = np.hanning(length)
    starts = np.arange(0, len(signal) - length + 1, length // 2)
    frames = signal[starts[:, np.newaxis] + np.arange(length)] * window
    power = (np.abs(np.fft.rfft(frames)) ** 2).mean(axis=0)
    reference = (full_scale * window.sum() / 2) ** 2
    return np.fft.rfftfreq(length, 1 / sample_rate_hz), 10 * np.log10(np.maximum(power / reference, 1e-15))
