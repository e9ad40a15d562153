"""Beamforming: raw frames to cepstra, every way, against the matrix products of their own formulations."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.time_domain import acoular_seconds
from benchmarks.timing import Figures, median_seconds
from data_prep.array_geometry import ArrayGeometry, aperiodic_array
from data_prep.beam_options import BeamOptions
from data_prep.beamforming import Beamformer
from data_prep.signal_parameters import SignalParameters
from data_prep.streaming import StreamingBeamformer

PARAMETERS = SignalParameters()
FAST = BeamOptions(precision="fast")
# Products of one shape that are timed.
_PRODUCTS = 21


@dataclass(frozen=True)
class Size:
    """How many frames at once, how many of them for acoular, and how many microphones."""

    frames: int = 192
    acoular_frames: int = 4
    microphones: int = 128


def measure(size: Size) -> Figures:
    """Return seconds of audio per second, shares of the limits that matrix products set, and the fast way's error."""
    planar = aperiodic_array(size.microphones)
    # A millimetre out of the plane is enough to need the general way.
    bent = ArrayGeometry(planar.positions_m + np.random.default_rng(0).normal(0, 1e-3, (size.microphones, 3)))
    frames = draw_frames(size.frames, size.microphones)
    seconds = size.frames / PARAMETERS.frames_per_second
    exact_s, fast_s = (_image_seconds(planar, options, frames) for options in (BeamOptions(), FAST))
    general_s, general_fast_s = (_image_seconds(bent, options, frames) for options in (BeamOptions(), FAST))
    figures = {
        "symmetric_times_real_time": seconds / exact_s,
        "symmetric_share_of_its_products": _mirrored_products_s(size) / exact_s,
        "general_times_real_time": seconds / general_s,
        "general_share_of_its_products": _three_products_s(size) / general_s,
        "general_over_symmetric_speed": exact_s / general_s,
        "fast_times_real_time": seconds / fast_s,
        "fast_over_exact_speed": exact_s / fast_s,
        "general_fast_over_general_speed": general_s / general_fast_s,
        "single_frames_times_real_time": _live_times_real_time(planar, frames),
        **_fast_error(planar, frames[: min(48, size.frames)]),
    }
    acoular_s = acoular_seconds(size.acoular_frames, size.microphones)
    if acoular_s is not None:
        acoular_rate = size.acoular_frames / PARAMETERS.frames_per_second / acoular_s
        figures["acoular_times_real_time"] = acoular_rate
        figures["symmetric_over_acoular_speed"] = figures["symmetric_times_real_time"] / acoular_rate
    return figures


def draw_frames(num_frames: int, microphones: int) -> np.ndarray:
    """Return [frames, 1024, microphones] int32 of noise, and a tone that comes from ahead."""
    draw = np.random.default_rng(1)
    frames = draw.integers(-(2**20), 2**20, (num_frames, PARAMETERS.frame_length, microphones), np.int32)
    tone = 2**20 * np.sin(2 * np.pi * 0.15 * np.arange(PARAMETERS.frame_length))
    return frames + tone.astype(np.int32)[:, np.newaxis]


def _image_seconds(geometry: ArrayGeometry, options: BeamOptions, frames: np.ndarray) -> float:
    beamformer = Beamformer(geometry, PARAMETERS, options)
    return median_seconds(lambda: beamformer.images(frames, os.cpu_count() or 1))


def _live_times_real_time(geometry: ArrayGeometry, frames: np.ndarray) -> float:
    """Feed one frame after the other, as they come from a microphone array."""
    stream = StreamingBeamformer(Beamformer(geometry, PARAMETERS), PARAMETERS.frame_length, frames.shape[2])
    return 1 / PARAMETERS.frames_per_second / median_seconds(lambda: stream.feed(frames[0]), 11)


def _fast_error(geometry: ArrayGeometry, frames: np.ndarray) -> Figures:
    exact, fast = (Beamformer(geometry, PARAMETERS, options).images(frames).mfcc for options in (BeamOptions(), FAST))
    return {
        "fast_error_rms": float(np.sqrt(np.mean((fast - exact) ** 2))),
        "fast_error_max": float(np.abs(fast - exact).max()),
        "coefficients_deviation": float(exact.std()),
    }


def _mirrored_products_s(size: Size) -> float:
    """Half of the directions, cosines and sines, times real and imaginary parts: one real product a bin."""
    return _products_s(2 * (_num_directions() // 2), size.microphones, 2 * size.frames)


def _three_products_s(size: Size) -> float:
    """A complex product of all directions as three real ones a bin."""
    return 3 * _products_s(_num_directions(), size.microphones, size.frames)


def _products_s(rows: int, inner: int, columns: int) -> float:
    """Return the time of one product a bin, done the quicker way: by all threads together, or by each on a part."""
    table, spectra = np.ones((rows, inner), np.float32), np.ones((inner, columns), np.float32)
    out = np.empty((rows, columns), np.float32)
    together_s = median_seconds(lambda: np.matmul(table, spectra, out=out), _PRODUCTS)
    threads = os.cpu_count() or 1
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        apart_s = median_seconds(lambda: list(pool.map(_products_of_part, [(table, columns // threads)] * threads)))
    return PARAMETERS.num_bins * min(together_s, apart_s / _PRODUCTS)


def _products_of_part(work: tuple[np.ndarray, int]) -> None:
    table, columns = work
    spectra, out = np.ones((table.shape[1], columns), np.float32), np.empty((len(table), columns), np.float32)
    for _ in range(_PRODUCTS):
        np.matmul(table, spectra, out=out)


def _num_directions() -> int:
    return PARAMETERS.image_height * PARAMETERS.image_width
