"""Shapes, sizes and padding of the networks; their numbers are the referee's (tests/conformance)."""

import numpy as np
import pytest
import tensorflow as tf

from models.dualcamnet import build_dualcamnet
from models.hearnet import build_hearnet
from models.network_inputs import network_inputs
from models.resnet18 import build_resnet18
from models.spectrogram import normalise, spectrogram
from models.video_input import centre
from models.weight_decay import weight_decay, weight_decay_kernels


@pytest.mark.parametrize(
    ("build", "parameters", "output", "decayed"),
    [
        (build_hearnet, 3_188_840, (None, 128), 5),
        (build_dualcamnet, 113_180, (None, 24, 12, 16, 128), 0),
        (build_resnet18, 3_180_992, (None, 12, 16, 128), 16),
    ],
)
def test_sizes(build, parameters: int, output: tuple, decayed: int) -> None:
    network = build()
    assert network.count_params() == parameters
    assert network.output_shape == output
    assert len(weight_decay_kernels(network)) == decayed


def test_a_narrow_resnet18_keeps_its_layers_and_its_map() -> None:
    full, narrow = build_resnet18(), build_resnet18(first_filters=16)
    assert narrow.output_shape == full.output_shape
    assert [weight.name for weight in narrow.weights] == [weight.name for weight in full.weights]
    # The kernels between the frame and the map are a quarter as deep at both ends.
    assert narrow.get_layer("block2/unit1/conv1").kernel.shape == (3, 3, 16, 32)


def test_weight_decay_is_half_the_sum_of_squares() -> None:
    kernels = [tf.Variable([[1.0, 2.0]]), tf.Variable([[3.0]])]
    assert float(weight_decay(kernels, 0.1)) == pytest.approx(0.1 * 14 / 2)
    assert float(weight_decay([], 0.1)) == 0.0


def test_dualcamnets_time_convolution_does_not_cross_its_groups_of_twelve() -> None:
    network = build_dualcamnet()
    images = np.random.default_rng(0).standard_normal((1, 24, 36, 48, 12)).astype(np.float32)
    changed = images.copy()
    changed[:, 11] += 10
    difference = np.abs(network(images) - network(changed)).max(axis=(0, 2, 3, 4))
    assert (difference[8:12] > 0).all()
    assert not difference[12:].any()
    assert not difference[:8].any()


def test_spectrogram_of_a_sine_peaks_in_its_bin_and_ignores_loudness() -> None:
    time = np.arange(44100) / 22050
    sine = np.sin(2 * np.pi * 20 * 22050 / 512 * time).astype(np.float32)
    magnitudes = spectrogram(tf.constant(np.stack([sine, 1e-3 * sine]))).numpy()
    assert magnitudes.shape == (2, 200, 1, 257)
    assert (magnitudes[0, :, 0].argmax(axis=1) == 20).all()
    # A sine of peak 256 under a Hann window of 440 samples: 256 / 2 * 220.
    assert magnitudes[0, 100, 0, 20] == pytest.approx(256 / 2 * 220, rel=1e-3)
    assert np.allclose(magnitudes[0], magnitudes[1], rtol=1e-3, atol=1e-2)


def test_bins_in_which_nothing_was_heard_are_zero_after_normalising() -> None:
    magnitudes, mean = tf.constant([3.0, 4.0, 9.0, 5.0]), tf.constant([3.0, 2.0, 1.0, 1.0])
    # The largest deviation is 4000: what varies by less than 4 counts as silent, 4 itself does not.
    normalised = normalise(magnitudes, mean, tf.constant([4000.0, 0.0, 3.99, 4.0]))
    assert normalised.numpy().tolist() == [0, 0, 0, 1]


def test_each_colour_loses_its_own_mean() -> None:
    assert centre(tf.constant([[124, 117, 104]], tf.uint8)).numpy()[0] == pytest.approx([0.32, 0.22, 0.06], abs=1e-4)


def test_inputs_are_made_of_what_a_window_holds() -> None:
    windows = {"video_frames": tf.zeros([1, 2, 4, 4, 3], tf.uint8), "waveform": tf.ones([1, 44100])}
    inputs = network_inputs(windows, tf.zeros(257), tf.ones(257))
    assert set(inputs) == {"frames", "spectrogram"}
    assert inputs["spectrogram"].shape == (1, 200, 1, 257)
