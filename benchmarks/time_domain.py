"""Acoustic images the usual way: acoular's beamformer in the time domain, then a transform for every pixel."""

import importlib.util

import numpy as np

from benchmarks.timing import in_own_process, median_seconds
from data_prep.array_geometry import aperiodic_array
from data_prep.mel_cepstrum import cepstrum, frame_spectra, mel_filters
from data_prep.signal_parameters import SignalParameters

# Points at this distance: far for half a metre of array, near enough that the delays fit into the padding.
_DISTANCE_M = 5.0
_PADDING_SAMPLES = 512
# acoular uses all cores only where the linear algebra beside it has one thread.
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}


def acoular_seconds(num_frames: int, microphones: int) -> float | None:
    """Return acoular's time for so many frames, in a process of its own; None where acoular is not installed."""
    if importlib.util.find_spec("acoular") is None:
        return None
    return in_own_process(time_images, _ENVIRONMENT, num_frames=num_frames, microphones=microphones)[0]


def time_images(num_frames: int, microphones: int) -> float:
    """Return the median time of turning frames into cepstra with acoular's BeamformerTime."""
    import acoular

    acoular.config.global_caching = "none"
    parameters = SignalParameters()
    length = parameters.frame_length
    directions = parameters.grid.directions().reshape(-1, 3)
    steer = acoular.SteeringVector(
        grid=acoular.ImportGrid(pos=(directions * _DISTANCE_M).T),
        mics=acoular.MicGeom(pos_total=aperiodic_array(microphones).positions_m.T),
        steer_type="classic",
    )
    filters = mel_filters(parameters)
    noise = np.random.default_rng(1).standard_normal((num_frames * length + _PADDING_SAMPLES, microphones))

    def images() -> np.ndarray:
        source = acoular.TimeSamples(data=noise, sample_freq=float(parameters.sample_rate_hz))
        beams = np.concatenate(list(acoular.BeamformerTime(source=source, steer=steer).result(length)))
        frames = beams[: num_frames * length].reshape(num_frames, length, -1).astype(np.float32)
        power = np.abs(frame_spectra(frames)) ** 2
        return cepstrum(np.einsum("fkd,km->fdm", power, filters, optimize=True), parameters.num_coefficients)

    return median_seconds(images)
