"""Acoustic images: frequency-domain filter-and-sum beamforming over 36 x 48 directions.

For every frequency bin the power in each direction is added at once to the mel bands and to the energy, so the
cube of 512 bins is never stored. Two ways to the same power:

- any geometry: a complex product of weights [directions, microphones] and spectra [microphones, frames];
- a planar array in the far field: the weights of opposite pixels are conjugates, so with weights
  C - jS and spectra P + jQ one real product [C; S] [P, Q] over half of the directions gives both.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from common.errors import AcousticImagesError
from data_prep.array_geometry import ArrayGeometry
from data_prep.mel_cepstrum import cepstrum, frame_spectra, mel_filters
from data_prep.signal_parameters import SignalParameters
from data_prep.steering import (
    arrival_leads_s,
    delay_and_sum_weights,
    diffuse_coherence,
    is_point_symmetric,
    superdirective_weights,
)

WEIGHTS = ("delay_and_sum", "superdirective")
# Spectra of this many frames are held at once (75 MB at 128 microphones).
FRAMES_PER_BLOCK = 96


@dataclass(frozen=True)
class AcousticImages:
    """What beamforming makes of frames.

    Attributes
    ----------
    mfcc : ndarray
        [frames, height, width, coefficients] float32.
    energy : ndarray
        [frames, height, width] float32, power summed over the energy band, in squared sample units.
    """

    mfcc: np.ndarray
    energy: np.ndarray


class Beamformer:
    """Forms acoustic images with one array.

    Parameters
    ----------
    geometry : ArrayGeometry
        The array; dead microphones are left out.
    parameters : SignalParameters
        Rates, grid and bands.
    weights : str
        "delay_and_sum" (mean over the microphones) or "superdirective".
    diagonal_loading : float
        Of the superdirective weights, relative to the coherence's diagonal of 1.
    focus_distance_m : float or None
        Focus on points at this distance; None is the far field.

    Raises
    ------
    AcousticImagesError
        Unknown weights, or a distance or loading that is not positive.
    """

    def __init__(
        self,
        geometry: ArrayGeometry,
        parameters: SignalParameters,
        *,
        weights: str = "delay_and_sum",
        diagonal_loading: float = 1e-2,
        focus_distance_m: float | None = None,
    ) -> None:
        if weights not in WEIGHTS:
            raise AcousticImagesError(f"weights: found {weights!r}, wanted one of {', '.join(WEIGHTS)}")
        if diagonal_loading <= 0 or (focus_distance_m is not None and focus_distance_m <= 0):
            raise AcousticImagesError(
                f"diagonal_loading {diagonal_loading}, focus_distance_m {focus_distance_m}: wanted above 0"
            )
        self._geometry, self._parameters = geometry, parameters
        self._weights, self._diagonal_loading = weights, diagonal_loading
        directions = parameters.grid.directions().reshape(-1, 3)
        self._leads_s = arrival_leads_s(geometry, directions, parameters.speed_of_sound_m_per_s, focus_distance_m)
        self._symmetric = weights == "delay_and_sum" and is_point_symmetric(geometry, focus_distance_m)
        self._bin_power: Callable[[int, np.ndarray], np.ndarray] = (
            self._power_of_mirrored_halves if self._symmetric else self._power_of_all_directions
        )
        self._half_tables: dict[int, np.ndarray] = {}

    def images(self, frames: np.ndarray) -> AcousticImages:
        """Form one image per frame.

        Parameters
        ----------
        frames : ndarray
            [frames, frame_length, microphones] samples, any real type, not scaled.

        Raises
        ------
        AcousticImagesError
            Another frame length or number of channels than configured.
        """
        self._require_shape(frames)
        starts = range(0, len(frames), FRAMES_PER_BLOCK)
        blocks = [self._block_images(frames[start : start + FRAMES_PER_BLOCK]) for start in starts]
        return AcousticImages(
            np.concatenate([block.mfcc for block in blocks]),
            np.concatenate([block.energy for block in blocks]),
        )

    def power(self, frames: np.ndarray, bins: list[int]) -> np.ndarray:
        """Return the power [frames, bins, height, width] float32 in the given bins."""
        self._require_shape(frames)
        spectra = self._spectra(frames)
        shape = (self._parameters.image_height, self._parameters.image_width, len(frames))
        return np.stack([self._bin_power(k, spectra[k]).reshape(shape) for k in bins]).transpose(3, 0, 1, 2)

    def _require_shape(self, frames: np.ndarray) -> None:
        wanted = (self._parameters.frame_length, self._geometry.num_microphones)
        if frames.ndim != 3 or frames.shape[1:] != wanted or not len(frames):
            raise AcousticImagesError(
                f"frames: found shape {frames.shape}, wanted [frames, {wanted[0]} samples, {wanted[1]} "
                f"microphones of {self._geometry.name}]"
            )

    def _spectra(self, frames: np.ndarray) -> np.ndarray:
        """Return [bins, living microphones, frames] complex64."""
        living = frames[..., self._geometry.alive]
        return np.ascontiguousarray(frame_spectra(living).transpose(1, 2, 0))

    def _block_images(self, frames: np.ndarray) -> AcousticImages:
        parameters = self._parameters
        spectra = self._spectra(frames)
        mel = np.zeros((parameters.num_mel_bands, len(self._leads_s), len(frames)), np.float32)
        energy = np.zeros(mel.shape[1:], np.float32)
        scratch = np.empty_like(energy)
        for k, bands, in_energy_band in self._used_bins():
            power = self._bin_power(k, spectra[k])
            for band, weight in bands:
                np.multiply(power, weight, out=scratch)
                mel[band] += scratch
            if in_energy_band:
                energy += power
        shape = (len(frames), parameters.image_height, parameters.image_width)
        mfcc = cepstrum(mel.transpose(2, 1, 0), parameters.num_coefficients)
        return AcousticImages(mfcc.reshape(*shape, -1), np.ascontiguousarray(energy.T).reshape(shape))

    def _used_bins(self) -> Iterator[tuple[int, list[tuple[int, np.float32]], bool]]:
        filters = mel_filters(self._parameters)
        low, high = self._parameters.energy_band_hz
        for k in range(self._parameters.num_bins):
            bands = [(int(band), filters[k, band]) for band in np.flatnonzero(filters[k])]
            in_energy_band = low <= k * self._parameters.bin_width_hz <= high
            if bands or in_energy_band:
                yield k, bands, in_energy_band

    def _power_of_all_directions(self, k: int, spectrum: np.ndarray) -> np.ndarray:
        beams = self._weights_of_bin(k) @ spectrum
        return beams.real**2 + beams.imag**2

    def _weights_of_bin(self, k: int) -> np.ndarray:
        frequency_hz = k * self._parameters.bin_width_hz
        if self._weights == "delay_and_sum":
            return delay_and_sum_weights(self._leads_s, frequency_hz)
        coherence = diffuse_coherence(self._geometry, frequency_hz, self._parameters.speed_of_sound_m_per_s)
        return superdirective_weights(self._leads_s, frequency_hz, coherence, self._diagonal_loading)

    def _power_of_mirrored_halves(self, k: int, spectrum: np.ndarray) -> np.ndarray:
        half, frames = len(self._leads_s) // 2, spectrum.shape[1]
        product = self._half_table(k) @ np.concatenate([spectrum.real, spectrum.imag], axis=1)
        cos_real, cos_imag = product[:half, :frames], product[:half, frames:]
        sin_real, sin_imag = product[half:, :frames], product[half:, frames:]
        power = np.empty((2 * half, frames), np.float32)
        _sum_of_squares(cos_real + sin_imag, cos_imag - sin_real, power[:half])
        # Pixel N-1-d mirrors pixel d: its weights are the conjugates.
        _sum_of_squares(cos_real - sin_imag, cos_imag + sin_real, power[half:][::-1])
        return power

    def _half_table(self, k: int) -> np.ndarray:
        """Return [cos; sin] of the first half's phases over the microphones' number, kept once made."""
        if k not in self._half_tables:
            weights = delay_and_sum_weights(self._leads_s[: len(self._leads_s) // 2], k * self._parameters.bin_width_hz)
            self._half_tables[k] = np.concatenate([weights.real, -weights.imag])
        return self._half_tables[k]


def _sum_of_squares(x: np.ndarray, y: np.ndarray, out: np.ndarray) -> None:
    np.multiply(x, x, out=out)
    np.multiply(y, y, out=y)
    out += y
