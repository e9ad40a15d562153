"""The fusion: against loops over all pairs and places, and what must not change it."""

import numpy as np
import pytest
import tensorflow as tf

from models.audio_visual import (
    audio_vector_from_hearnet,
    audio_vector_from_map,
    hearnet_map,
    own_pair_vectors,
    pair_vectors,
    pair_vectors_from_vector,
    similarity_map,
    unit,
)


def draw_maps(count: int, seed: int) -> np.ndarray:
    return np.abs(np.random.default_rng(seed).standard_normal((count, 12, 16, 128))).astype(np.float32)


def slow_pair(sound: np.ndarray, video: np.ndarray) -> np.ndarray:
    """One pair by the paper's words: the similarity map times the video map, summed over places, unit length."""
    summed = (sound * video * video).astype(np.float64).sum(axis=(0, 1))
    return summed / np.linalg.norm(summed)


def test_pair_vectors_are_those_of_the_loop_over_pairs() -> None:
    sounds, videos = draw_maps(3, 1), draw_maps(2, 2)
    wanted = [[slow_pair(sound, video) for video in videos] for sound in sounds]
    assert np.allclose(pair_vectors(sounds, videos), wanted, atol=1e-6)
    own = [slow_pair(sound, video) for sound, video in zip(sounds[:2], videos, strict=True)]
    assert np.allclose(own_pair_vectors(sounds[:2], videos), own, atol=1e-6)


def test_hearnets_map_is_its_output_at_every_place() -> None:
    embedding = np.random.default_rng(3).standard_normal((3, 128)).astype(np.float32)
    videos = draw_maps(2, 4)
    tiled = np.broadcast_to(np.maximum(embedding, 0)[:, None, None], (3, 12, 16, 128)).astype(np.float32)
    assert np.allclose(pair_vectors_from_vector(embedding, videos), pair_vectors(tiled, videos), atol=1e-6)
    assert np.allclose(audio_vector_from_hearnet(embedding), audio_vector_from_map(tiled), atol=1e-6)
    assert np.allclose(hearnet_map(embedding) * tf.ones([1, 12, 16, 1]), tiled)


def test_loudness_of_either_side_does_not_change_the_vectors() -> None:
    sounds, videos = draw_maps(2, 5), draw_maps(2, 6)
    assert np.allclose(pair_vectors(3 * sounds, 0.5 * videos), pair_vectors(sounds, videos), atol=1e-6)


def test_a_place_without_sound_does_not_count() -> None:
    sounds, videos = draw_maps(1, 7), draw_maps(1, 8)
    sounds[:, :6] = 0
    changed = videos.copy()
    changed[:, :6] += 5
    assert np.allclose(own_pair_vectors(sounds, videos), own_pair_vectors(sounds, changed), atol=1e-6)
    assert np.all(similarity_map(sounds, videos).numpy()[:, :6] == 0)


def test_zero_has_no_direction_but_a_finite_gradient() -> None:
    x = tf.zeros([1, 4])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(unit(x))
    assert float(y) == 0
    assert np.isfinite(tape.gradient(y, x).numpy()).all()


def test_the_tensor_of_all_pairs_and_places_is_never_built() -> None:
    """At 64 x 64 pairs that tensor is 400 MB a factor; the graph may hold nothing near it."""
    graph = tf.function(pair_vectors).get_concrete_function(
        tf.TensorSpec([64, 12, 16, 128]), tf.TensorSpec([64, 12, 16, 128])
    )
    sizes = [np.prod(out.shape.as_list()) for operation in graph.graph.get_operations() for out in operation.outputs]
    assert max(sizes) == pytest.approx(64 * 12 * 16 * 128)
