"""From the power spectrum of a direction to 12 mel-frequency cepstral coefficients.

The recipe is the authors' (docs/fidelity.md): 24 triangles equally spaced in mel, natural logarithm
with a floor, cosine basis, lifter; no energy term, no pre-emphasis. The absolute scale of the samples
matters, through the floor.
"""

from functools import lru_cache

import numpy as np
import scipy.fft
import scipy.signal

from data_prep.signal_parameters import SignalParameters

TUKEY_ALPHA = 0.75
ENERGY_FLOOR = 1e-3
LIFTER = 22


def frame_spectra(frames: np.ndarray) -> np.ndarray:
    """Return the windowed spectra of frames.

    Parameters
    ----------
    frames : ndarray
        [..., frame_length, microphones] samples, any real type.

    Returns
    -------
    ndarray
        [..., bins, microphones] complex64; the Nyquist bin is dropped.
    """
    frame_length = frames.shape[-2]
    window = scipy.signal.windows.tukey(frame_length, TUKEY_ALPHA).astype(np.float32)
    spectra = scipy.fft.rfft(np.multiply(frames, window[:, None], dtype=np.float32), axis=-2, overwrite_x=True)
    return spectra[..., : frame_length // 2, :]


@lru_cache(maxsize=8)
def mel_filters(parameters: SignalParameters) -> np.ndarray:
    """Return the triangles [bins, mel bands] float32, each 0..1..0 linearly, both ends included."""
    top_mel = 1127.0 * np.log1p(parameters.mel_top_hz / 700.0)
    edges_hz = 700.0 * np.expm1(np.linspace(0.0, top_mel, parameters.num_mel_bands + 2) / 1127.0)
    scale = (parameters.frame_length - 2) / parameters.mel_nominal_rate_hz
    # The top edge is exactly mel_top_hz; a guard keeps rounding from putting it a bin lower.
    edges = np.minimum(np.floor(edges_hz * scale + 1e-9).astype(int), parameters.num_bins - 1)
    filters = np.zeros((parameters.num_bins, parameters.num_mel_bands), np.float32)
    for band, (low, centre, high) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        filters[low : centre + 1, band] = np.linspace(0.0, 1.0, centre - low + 1)
        filters[centre : high + 1, band] = np.linspace(1.0, 0.0, high - centre + 1)
    filters.setflags(write=False)
    return filters


@lru_cache(maxsize=8)
def cepstral_basis(num_mel_bands: int, num_coefficients: int) -> np.ndarray:
    """Return the liftered cosine basis [mel bands, coefficients] float32 of c1, c2, ..."""
    order = np.arange(1, num_coefficients + 1)
    phase = np.pi * order / num_mel_bands * (np.arange(num_mel_bands)[:, None] + 0.5)
    lifter = 1.0 + LIFTER / 2 * np.sin(np.pi * order / LIFTER)
    basis = (np.cos(phase) * np.sqrt(2.0 / num_mel_bands) * lifter).astype(np.float32)
    basis.setflags(write=False)
    return basis


def cepstrum(mel_energies: np.ndarray, num_coefficients: int = 12) -> np.ndarray:
    """Return cepstral coefficients [..., num_coefficients] float32 of mel energies [..., mel bands]."""
    logarithms = np.log(np.maximum(mel_energies, np.float32(ENERGY_FLOOR)))
    return logarithms @ cepstral_basis(mel_energies.shape[-1], num_coefficients)
