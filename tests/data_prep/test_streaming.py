"""Images of a stream are those of the recording, however the samples come in."""

import numpy as np
import pytest

from common.errors import AcousticImagesError
from data_prep.array_geometry import aperiodic_array
from data_prep.beamforming import Beamformer
from data_prep.signal_parameters import SignalParameters
from data_prep.streaming import StreamingBeamformer


@pytest.mark.parametrize("chunk", [100, 1024, 2500])
def test_any_chunks_give_the_images_of_the_batch(chunk: int) -> None:
    beamformer = Beamformer(aperiodic_array(8), SignalParameters())
    samples = np.random.default_rng(0).integers(-9000, 9000, (3 * 1024 + 500, 8), np.int16)
    wanted = beamformer.images(samples[: 3 * 1024].reshape(3, 1024, 8))
    stream = StreamingBeamformer(beamformer, 1024, 8)
    parts = [stream.feed(samples[start : start + chunk]) for start in range(0, len(samples), chunk)]
    images = [part for part in parts if part is not None]
    assert np.allclose(np.concatenate([image.energy for image in images]), wanted.energy, rtol=1e-5)
    assert np.allclose(np.concatenate([image.mfcc for image in images]), wanted.mfcc, atol=1e-3)


def test_threads_do_not_change_the_images() -> None:
    beamformer = Beamformer(aperiodic_array(8), SignalParameters())
    frames = np.random.default_rng(1).integers(-9000, 9000, (6, 1024, 8), np.int16)
    assert np.allclose(beamformer.images(frames, 2).mfcc, beamformer.images(frames).mfcc, atol=1e-3)


def test_another_number_of_channels_is_told() -> None:
    stream = StreamingBeamformer(Beamformer(aperiodic_array(8), SignalParameters()), 1024, 8)
    with pytest.raises(AcousticImagesError, match=r"found shape \(10, 7\), wanted \[samples, 8 microphones\]"):
        stream.feed(np.zeros((10, 7)))
