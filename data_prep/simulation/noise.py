"""Noise that has no place: a diffuse field with the right coherence between microphones, and the sensors' own."""

import numpy as np
import scipy.fft

_NUM_BANDS = 512
# Keeps the coherence matrix of long waves, nearly all ones, positive definite.
_LOADING = 1e-4


class DiffuseField:
    """Spherically isotropic noise: coherence sin(kr)/(kr) between microphones, by a Cholesky factor for each band.

    Parameters
    ----------
    microphones_m : ndarray
        [microphones, 3].
    sample_rate_hz : int
        Rate; the 512 bands divide the frequencies up to half of it (12 Hz each at 12,288 Hz).
    speed_of_sound_m_per_s : float
        Speed of sound.
    """

    def __init__(self, microphones_m: np.ndarray, sample_rate_hz: int, speed_of_sound_m_per_s: float) -> None:
        distances = np.linalg.norm(microphones_m[:, np.newaxis] - microphones_m[np.newaxis], axis=-1)
        frequencies = (np.arange(_NUM_BANDS) + 0.5) * sample_rate_hz / 2 / _NUM_BANDS
        coherence = np.sinc(2 * frequencies[:, np.newaxis, np.newaxis] * distances / speed_of_sound_m_per_s)
        factors = np.linalg.cholesky(coherence + _LOADING * np.eye(len(distances)))
        # Outdoor noise falls by about 3 dB an octave.
        shape = 1 / np.sqrt(np.maximum(frequencies, 60.0))
        shape /= np.sqrt((shape**2).mean() * (1 + _LOADING))
        self._factors = (factors * shape[:, np.newaxis, np.newaxis]).astype(np.float32)

    def draw(self, num_samples: int, generator: np.random.Generator) -> np.ndarray:
        """Return [microphones, num_samples] float32 of unit deviation."""
        num_microphones = self._factors.shape[1]
        bins_per_band = -(-num_samples // (2 * _NUM_BANDS))
        spectra = np.zeros((num_microphones, _NUM_BANDS * bins_per_band + 1), np.complex64)
        for band, factor in enumerate(self._factors):
            white = generator.standard_normal((num_microphones, 2 * bins_per_band), dtype=np.float32)
            spectra[:, band * bins_per_band : (band + 1) * bins_per_band] = (factor @ white).view(np.complex64)
        spectra[:, 0] = 0
        # Real and imaginary part have variance 1 each: half of their sum is the waves' variance.
        waves = scipy.fft.irfft(spectra, 2 * _NUM_BANDS * bins_per_band, axis=1, norm="ortho")
        return waves[:, :num_samples] * np.float32(np.sqrt(0.5))


def sensor_noise(num_microphones: int, num_samples: int, generator: np.random.Generator) -> np.ndarray:
    """Return [num_microphones, num_samples] float32, white, independent, unit deviation."""
    return generator.standard_normal((num_microphones, num_samples), dtype=np.float32)
