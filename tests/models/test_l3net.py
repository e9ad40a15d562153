"""L3-Net's shapes against the sizes that its paper's architecture adds up to."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from models.l3net import build_correspondence, build_l3_audio, build_l3_vision, spectrogram_image
from models.saved_networks import NetworkOptions, build_networks


@pytest.mark.parametrize(("build", "channels"), [(build_l3_audio, 1), (build_l3_vision, 3)])
def test_a_subnetwork_is_eight_normalised_convolutions(build, channels: int) -> None:
    network = build()
    sizes = [channels, 64, 64, 128, 128, 256, 256, 512, 512]
    pairs = list(itertools.pairwise(sizes))
    assert network.count_params() == sum(9 * first * second + second + 4 * second for first, second in pairs)
    narrow = list(itertools.pairwise([channels, 16, 16, 32, 32, 64, 64, 512, 512]))
    assert build(first_filters=16).count_params() == sum(9 * a * b + b + 4 * b for a, b in narrow)
    assert network.output_shape == (None, 512)
    pools = [layer for layer in network.layers if isinstance(layer, tf.keras.layers.MaxPool2D)]
    assert [layer.pool_size for layer in pools] == [(2, 2)] * 3
    assert build_correspondence().count_params() == 1024 * 128 + 128 + 128 * 2 + 2


def test_reduction_averages_squares_of_the_input() -> None:
    picture = np.random.default_rng(0).normal(size=(1, 32, 48, 3)).astype(np.float32)
    averaged = picture.reshape(1, 16, 2, 24, 2, 3).mean(axis=(2, 4))
    full, reduced = build_l3_vision(), build_l3_vision(2)
    reduced.set_weights(full.get_weights())
    np.testing.assert_allclose(reduced(picture), full(averaged), rtol=1e-4, atol=1e-5)


def test_a_spectrogram_becomes_a_picture_with_frequency_downwards() -> None:
    spectrogram = tf.reshape(tf.range(2 * 200 * 257), [2, 200, 1, 257])
    image = spectrogram_image(spectrogram)
    assert image.shape == (2, 257, 200, 1)
    assert int(image[1, 7, 9, 0]) == int(spectrogram[1, 9, 0, 7])


def test_supervised_networks_end_in_as_many_classes() -> None:
    networks = build_networks("supervised_l3_audio", 0, NetworkOptions(num_classes=7))
    assert list(networks) == ["l3_audio", "classifier"]
    assert networks["classifier"](tf.zeros([2, 3, 512])).shape == (2, 3, 7)
