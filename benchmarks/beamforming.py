"""Beamforming: raw frames to cepstra, both ways, against the matrix products of their own formulations."""

import os
from dataclasses import dataclass

import numpy as np

from benchmarks.timing import Figures, median_seconds
from data_prep.array_geometry import ArrayGeometry, aperiodic_array
from data_prep.beamforming import Beamformer
from data_prep.signal_parameters import SignalParameters

PARAMETERS = SignalParameters()


@dataclass(frozen=True)
class Size:
    """How many frames at once, and how many microphones."""

    frames: int = 192
    microphones: int = 128


def measure(size: Size) -> Figures:
    """Return seconds of audio per second, and shares of the limits that matrix products set."""
    planar = aperiodic_array(size.microphones)
    # A millimetre out of the plane is enough to need the general way.
    bent = ArrayGeometry(planar.positions_m + np.random.default_rng(0).normal(0, 1e-3, (size.microphones, 3)))
    frames = np.random.default_rng(1).integers(-(2**20), 2**20, (size.frames, 1024, size.microphones), np.int32)
    seconds = size.frames / PARAMETERS.frames_per_second
    symmetric, general = Beamformer(planar, PARAMETERS), Beamformer(bent, PARAMETERS)
    threads = os.cpu_count() or 1
    symmetric_s = median_seconds(lambda: symmetric.images(frames, threads))
    general_s = median_seconds(lambda: general.images(frames, threads))
    single_s = median_seconds(lambda: symmetric.images(frames[:1]))
    symmetric_limit_s, general_limit_s = _real_products_s(size), _complex_products_s(size)
    return {
        "symmetric_times_real_time": seconds / symmetric_s,
        "general_times_real_time": seconds / general_s,
        "symmetric_share_of_its_products": symmetric_limit_s / symmetric_s,
        "general_share_of_its_products": general_limit_s / general_s,
        "general_over_symmetric_speed": symmetric_s / general_s,
        "single_frames_times_real_time": 1 / PARAMETERS.frames_per_second / single_s,
    }


def _real_products_s(size: Size) -> float:
    directions = PARAMETERS.image_height * PARAMETERS.image_width
    table = np.ones((directions, size.microphones), np.float32)
    spectra = np.ones((size.microphones, 2 * size.frames), np.float32)
    return PARAMETERS.num_bins * median_seconds(lambda: table @ spectra)


def _complex_products_s(size: Size) -> float:
    directions = PARAMETERS.image_height * PARAMETERS.image_width
    table = np.ones((directions, size.microphones), np.complex64)
    spectra = np.ones((size.microphones, size.frames), np.complex64)
    return PARAMETERS.num_bins * median_seconds(lambda: table @ spectra)
