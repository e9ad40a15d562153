"""The networks in the repository: whole, of the shapes that are promised, and trained."""

from pathlib import Path

import numpy as np
import pytest

from common.file_hash import sha256_of_file
from models.audio_visual import acoustic_map, audio_vector_from_map, own_pair_vectors, video_map
from models.saved_networks import load_networks, named_weights, read_network_description

PRETRAINED = Path(__file__).parents[2] / "pretrained"


@pytest.mark.parametrize("kind", ["teacher", "student"])
def test_the_weights_are_those_described_and_trained(kind: str) -> None:
    description = read_network_description(PRETRAINED / kind, kind)
    assert sha256_of_file(PRETRAINED / kind / "weights.npz") == description["weights_sha256"]
    weights = named_weights(load_networks(PRETRAINED / kind, kind))
    averages = [variable.numpy() for name, variable in weights.items() if name.endswith("/moving_mean")]
    biases = [variable.numpy() for name, variable in weights.items() if "conv1/bias" in name]
    # All of them are 0 at first.
    assert averages
    assert biases
    assert all(np.any(array) for array in (*averages, *biases))


def test_the_teacher_hears_where_a_sound_is() -> None:
    networks = load_networks(PRETRAINED / "teacher", "teacher")
    draw = np.random.default_rng(0)
    images = np.zeros((2, 24, 36, 48, 12), np.float32)
    images[1, :, :, 36:] = draw.normal(size=(24, 36, 12, 12))
    silent, heard = acoustic_map(networks["dualcamnet"], images).numpy()
    # Columns 36 to 47 of 48 sound. The first filters reach two farther, to 34, which is place 11 of 16; the next ones
    # two places farther, to 9.
    change = np.abs(heard - silent).sum(axis=(0, 2))
    assert np.flatnonzero(change).tolist() == [9, 10, 11, 12, 13, 14, 15]
    videos = video_map(networks["resnet18"], draw.normal(size=(2, 1, 224, 298, 3)).astype(np.float32))
    assert videos.shape == (2, 12, 16, 128)
    for vectors in (audio_vector_from_map(np.stack([silent, heard])), own_pair_vectors(silent[np.newaxis], videos)):
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
