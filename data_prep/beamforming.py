"""Acoustic images: frequency-domain filter-and-sum beamforming over 36 x 48 directions (paper 4.1).

For every frequency bin the power in each direction is added at once to the mel bands and to the energy, so the
cube of 512 bins is never stored.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from common.errors import AcousticImagesError
from data_prep.array_geometry import ArrayGeometry
from data_prep.beam_options import EXACT_DELAY_AND_SUM, BeamOptions
from data_prep.beams import (
    AllBeams,
    Beams,
    BinUse,
    DelayAndSumWalk,
    MirroredBeams,
    WeightParts,
    weight_parts,
)
from data_prep.coarse_beams import CoarseBeams
from data_prep.mel_cepstrum import cepstrum, frame_spectra, mel_filters
from data_prep.signal_parameters import SignalParameters
from data_prep.steering import arrival_leads_s, diffuse_coherence, is_point_symmetric, superdirective_weights

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
    options : BeamOptions
        Weights, focus, precision.
    """

    def __init__(
        self, geometry: ArrayGeometry, parameters: SignalParameters, options: BeamOptions = EXACT_DELAY_AND_SUM
    ) -> None:
        self._geometry, self._parameters, self._options = geometry, parameters, options
        self._uses = _uses_of_bins(parameters)
        self._beams: Beams
        if options.weights == "superdirective":
            self._beams = AllBeams(self._superdirective, parameters.image_height * parameters.image_width)
        elif options.precision == "fast":
            self._beams = CoarseBeams(geometry, parameters, self._delay_and_sum_towards)
        else:
            self._beams = self._delay_and_sum_towards(parameters.grid.directions())

    def _leads_s(self, directions: np.ndarray) -> np.ndarray:
        speed = self._parameters.speed_of_sound_m_per_s
        return arrival_leads_s(self._geometry, directions.reshape(-1, 3), speed, self._options.focus_distance_m)

    def _delay_and_sum_towards(self, directions: np.ndarray) -> Beams:
        """Return beams towards [rows, columns, 3] directions that lie symmetrically about the axis."""
        leads_s, bin_width_hz = self._leads_s(directions), self._parameters.bin_width_hz
        if is_point_symmetric(self._geometry, self._options.focus_distance_m):
            return MirroredBeams(leads_s, bin_width_hz)
        return AllBeams(DelayAndSumWalk(leads_s, bin_width_hz), len(leads_s))

    def images(self, frames: np.ndarray, threads: int = 1) -> AcousticImages:
        """Form one image per frame.

        Parameters
        ----------
        frames : ndarray
            [frames, frame_length, microphones] samples, any real type, not scaled.
        threads : int
            Blocks of frames that are worked on at once; with 1, linear algebra uses the threads that it likes.

        Raises
        ------
        AcousticImagesError
            Another frame length or number of channels than configured.
        """
        self._require_shape(frames)
        length = min(FRAMES_PER_BLOCK, -(-len(frames) // threads))
        blocks = [frames[start : start + length] for start in range(0, len(frames), length)]
        if threads == 1:
            images = [self._block_images(block) for block in blocks]
        else:
            with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
                images = list(pool.map(self._block_images, blocks))
        return AcousticImages(
            np.concatenate([image.mfcc for image in images]), np.concatenate([image.energy for image in images])
        )

    def power(self, frames: np.ndarray, bins: Sequence[int]) -> np.ndarray:
        """Return the power [frames, bins, height, width] float32 in the given bins."""
        self._require_shape(frames)
        one = np.ones(1, np.float32)
        uses = [BinUse(k, np.array([row], np.int64), one) for row, k in enumerate(bins)]
        power = self._beams.power_sums(self._spectra(frames), uses, len(bins))
        shape = (len(bins), self._parameters.image_height, self._parameters.image_width, len(frames))
        return power.reshape(shape).transpose(3, 0, 1, 2)

    def band_energy(self, frames: np.ndarray, band_hz: tuple[float, float]) -> np.ndarray:
        """Return the energy [frames, height, width] float32 within any band LOW,HIGH; see `AcousticImages`.

        Raises
        ------
        AcousticImagesError
            Frames of another shape, or a band between two bins.
        """
        self._require_shape(frames)
        row, one = np.zeros(1, np.int64), np.ones(1, np.float32)
        uses = [BinUse(int(k), row, one) for k in np.flatnonzero(_in_band(self._parameters, band_hz))]
        if not uses:
            low, high = band_hz
            raise AcousticImagesError(
                f"band: found {low:g},{high:g} Hz without a frequency bin, wanted one at least; bins are "
                f"{self._parameters.bin_width_hz:g} Hz apart, up to {self._parameters.sample_rate_hz / 2:g} Hz"
            )
        sums = self._beams.power_sums(self._spectra(frames), uses, 1)[0]
        shape = (len(frames), self._parameters.image_height, self._parameters.image_width)
        return np.ascontiguousarray(sums.T).reshape(shape)

    def _require_shape(self, frames: np.ndarray) -> None:
        wanted = (self._parameters.frame_length, self._geometry.num_microphones)
        if frames.ndim != 3 or frames.shape[1:] != wanted or not len(frames):
            raise AcousticImagesError(
                f"frames: found shape {frames.shape}, wanted [frames, {wanted[0]} samples, {wanted[1]} "
                f"microphones of {self._geometry.name}]"
            )

    def _spectra(self, frames: np.ndarray) -> np.ndarray:
        """Return [frames, bins, living microphones] complex64."""
        all_alive = self._geometry.num_alive == self._geometry.num_microphones
        return frame_spectra(frames if all_alive else frames[..., self._geometry.alive])

    def _block_images(self, frames: np.ndarray) -> AcousticImages:
        parameters = self._parameters
        sums = self._beams.power_sums(self._spectra(frames), self._uses, parameters.num_mel_bands + 1)
        shape = (len(frames), parameters.image_height, parameters.image_width)
        # Directions before frames, as the sums lie in memory; turned only when there are twelve numbers in place of 24.
        mfcc = cepstrum(sums[:-1].reshape(len(sums) - 1, -1).T, parameters.num_coefficients)
        mfcc = mfcc.reshape(-1, len(frames), parameters.num_coefficients).transpose(1, 0, 2)
        return AcousticImages(
            np.ascontiguousarray(mfcc).reshape(*shape, -1), np.ascontiguousarray(sums[-1].T).reshape(shape)
        )

    def _superdirective(self, bins: Sequence[int]) -> Iterator[WeightParts]:
        leads_s = self._leads_s(self._parameters.grid.directions())
        for k in bins:
            frequency_hz = k * self._parameters.bin_width_hz
            coherence = diffuse_coherence(self._geometry, frequency_hz, self._parameters.speed_of_sound_m_per_s)
            yield weight_parts(superdirective_weights(leads_s, frequency_hz, coherence, self._options.diagonal_loading))


def _uses_of_bins(parameters: SignalParameters) -> list[BinUse]:
    """Return the bins that are needed: their mel bands, and the last sum for the energy band."""
    filters = mel_filters(parameters)
    in_band = _in_band(parameters, parameters.energy_band_hz).astype(np.float32)
    weights = np.concatenate([filters, in_band[:, np.newaxis]], axis=1)
    return [BinUse(k, np.flatnonzero(row), row[row != 0]) for k, row in enumerate(weights) if row.any()]


def _in_band(parameters: SignalParameters, band_hz: tuple[float, float]) -> np.ndarray:
    """Return [num_bins] bool."""
    frequencies = np.arange(parameters.num_bins) * parameters.bin_width_hz
    return (band_hz[0] <= frequencies) & (frequencies <= band_hz[1])
