"""`mfcc_*.npz` and `data.npz`: cepstra, spectrograms and video values of the authors' front ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from conformance.checks import MFCC_TOLERANCE, RESAMPLED_TOLERANCE, VECTOR_TOLERANCE, Check, vector_error
from data_prep.mel_cepstrum import cepstrum, frame_spectra, mel_filters
from data_prep.signal_parameters import SignalParameters
from models.mono_audio import mono_waveform
from models.spectrogram import spectrogram

_PARAMETERS = SignalParameters()
_SAMPLE = np.arange(_PARAMETERS.samples_per_window)


def check_mfcc(path: Path) -> Iterator[Check]:
    """Compare filters and cepstra of the frames that the file holds."""
    with np.load(path, allow_pickle=False) as stored:
        content = dict(stored)
    filters = mel_filters(_PARAMETERS)
    if "filters" in content:
        yield Check(f"{path.stem} filters", vector_error(filters, content["filters"]), MFCC_TOLERANCE)
    spectra = frame_spectra(content["frames"][..., np.newaxis])[..., 0]
    power = spectra.real**2 + spectra.imag**2
    yield Check(f"{path.stem} cepstra", vector_error(cepstrum(power @ filters), content["mfcc"]), MFCC_TOLERANCE)


def check_data(path: Path) -> Iterator[Check]:
    """Compare the spectrograms of band-limited signals, and the turn of a stored acoustic image.

    The other signals are full of noise up to the Nyquist frequency, where resamplers differ (fixtures' README).
    """
    with np.load(path, allow_pickle=False) as stored:
        content = dict(stored)
    for signal, make in _SIGNALS.items():
        if (key := f"spec_{signal}_spec_every10x8") in content:
            found = _thinned_spectrogram(make())
            yield Check(f"data spectrogram {signal}", vector_error(found, content[key]), RESAMPLED_TOLERANCE)
    if "data_acoustic_w0_f0_corner" in content:
        upright = _stored_image(frame=0)[::-1, ::-1]
        wanted = content["data_acoustic_w0_f0_corner"]
        yield Check("data acoustic image upright", vector_error(upright[:2, :2], wanted), VECTOR_TOLERANCE)


def _thinned_spectrogram(samples: np.ndarray) -> np.ndarray:
    parameters = _PARAMETERS
    waveform = mono_waveform(
        samples, parameters.sample_rate_hz, parameters.mono_rate_hz, parameters.mono_samples_per_window
    )
    return spectrogram(tf.constant(waveform[np.newaxis])).numpy()[0, ::10, 0, ::8]


def _two_sines() -> np.ndarray:
    phase = 2 * np.pi * _SAMPLE / _PARAMETERS.sample_rate_hz
    return np.round(1e6 * np.sin(1000 * phase) + 5e5 * np.sin(2500 * phase)).astype(np.int32)


def _lowpass_noise() -> np.ndarray:
    steps = np.random.default_rng(52).integers(-1000, 1001, len(_SAMPLE))
    return np.cumsum(steps).astype(np.int32)


_SIGNALS: dict[str, Callable[[], np.ndarray]] = {"two_sines": _two_sines, "lowpass_noise": _lowpass_noise}


def _stored_image(frame: int) -> np.ndarray:
    return (10 * np.random.default_rng([7, 0, 0, 2, frame]).standard_normal((36, 48, 12)) + 0).astype(np.float32)
