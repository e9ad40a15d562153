"""Sound on its way: spherical spreading and exact fractional delays to every microphone.

Overlapping blocks of the source's sound are delayed by phase shifts, each block for the place of the source at its
middle; Hann windows crossfade them, which lets the source move. It may move so fast that from block to block (83 ms)
its distance changes by a small part of a wave: sideways motion at walking pace, not a passing train.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft

from common.errors import AcousticImagesError

BLOCK, HOP, FFT_LENGTH = 2048, 1024, 2560
# Room for arrivals before that of the reference, and for the ringing of the fractional delay.
_GUARD_SAMPLES = 64
_FINE = 32


@dataclass(frozen=True)
class SoundPath:
    """One way from a sound to the array: direct, or through the mirror image of a reflecting plane.

    Attributes
    ----------
    sound : ndarray
        [samples] at the source, at 1 m.
    positions_m : ndarray
        [blocks, 3], or [1, 3] for a source that stands still.
    gain : float
        Of the reflection; 1 for the direct path.
    """

    sound: np.ndarray
    positions_m: np.ndarray
    gain: float = 1.0


def num_blocks(num_samples: int) -> int:
    """Return how many blocks cover a recording."""
    return -(-num_samples // HOP) + 1


def block_times_s(num_samples: int, sample_rate_hz: int) -> np.ndarray:
    """Return the time of every block's middle; the first block's is 0."""
    return np.arange(num_blocks(num_samples)) * HOP / sample_rate_hz


def propagate(
    paths: Sequence[SoundPath],
    microphones_m: np.ndarray,
    sample_rate_hz: int,
    speed_of_sound_m_per_s: float,
) -> np.ndarray:
    """Return what the microphones hear.

    Parameters
    ----------
    paths : sequence of SoundPath
        All of one length. Time starts when the first path's sound reaches the array from its first place.
    microphones_m : ndarray
        [microphones, 3].
    sample_rate_hz : int
        Rate.
    speed_of_sound_m_per_s : float
        Speed of sound.

    Returns
    -------
    ndarray
        [microphones, samples] float32.

    Raises
    ------
    AcousticImagesError
        A path more than 30 ms longer (or shorter) than the first.
    """
    num_samples = len(paths[0].sound)
    reference_s = float(np.linalg.norm(paths[0].positions_m[0])) / speed_of_sound_m_per_s
    reference_s -= _GUARD_SAMPLES / sample_rate_hz
    out = np.zeros((len(microphones_m), num_blocks(num_samples) * HOP + FFT_LENGTH), np.float32)
    spectra = [_block_spectra(path.sound) for path in paths]
    transfers = [_Transfer(path, microphones_m, sample_rate_hz, speed_of_sound_m_per_s, reference_s) for path in paths]
    for block in range(num_blocks(num_samples)):
        heard = sum(
            transfer.of_block(block) * of_path[block] for transfer, of_path in zip(transfers, spectra, strict=True)
        )
        start = block * HOP
        out[:, start : start + FFT_LENGTH] += scipy.fft.irfft(heard, FFT_LENGTH, axis=1)
    # The first block starts half a block before time 0.
    begin = BLOCK // 2 + _GUARD_SAMPLES
    return out[:, begin : begin + num_samples]


class _Transfer:
    """Phases and spreading of one path, [microphones, bins]; those of a still source are made once."""

    def __init__(
        self, path: SoundPath, microphones_m: np.ndarray, sample_rate_hz: int, speed: float, reference_s: float
    ) -> None:
        self._path, self._microphones_m = path, microphones_m
        self._rate, self._speed, self._reference_s = sample_rate_hz, speed, reference_s
        self._still = self._at(0) if len(path.positions_m) == 1 else None

    def of_block(self, block: int) -> np.ndarray:
        return self._at(block) if self._still is None else self._still

    def _at(self, block: int) -> np.ndarray:
        distances = np.linalg.norm(self._path.positions_m[block] - self._microphones_m, axis=1)
        delays = (distances / self._speed - self._reference_s) * self._rate
        if delays.min() < 0 or delays.max() > FFT_LENGTH - BLOCK:
            raise AcousticImagesError(
                f"path: found delays of {delays.min():.0f} to {delays.max():.0f} samples after the direct sound, "
                f"wanted 0 to {FFT_LENGTH - BLOCK}; place reflectors and interferers nearer"
            )
        return _phases(delays) * (self._path.gain / distances)[:, np.newaxis].astype(np.float32)


def _phases(delays: np.ndarray) -> np.ndarray:
    """Return exp(-2 pi j k delay / FFT_LENGTH) [microphones, bins] complex64, as products of two short tables."""
    num_bins = FFT_LENGTH // 2 + 1
    step = -2j * np.pi * delays[:, np.newaxis] / FFT_LENGTH
    coarse = np.exp(step * np.arange(0, num_bins, _FINE)).astype(np.complex64)
    fine = np.exp(step * np.arange(_FINE)).astype(np.complex64)
    return (coarse[:, :, np.newaxis] * fine[:, np.newaxis]).reshape(len(delays), -1)[:, :num_bins]


def _block_spectra(sound: np.ndarray) -> np.ndarray:
    padded = np.pad(sound.astype(np.float32), (BLOCK // 2, BLOCK + HOP))
    starts = np.arange(num_blocks(len(sound))) * HOP
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(BLOCK) / BLOCK)).astype(np.float32)
    blocks = padded[starts[:, np.newaxis] + np.arange(BLOCK)] * window
    return scipy.fft.rfft(blocks, FFT_LENGTH, axis=1)
