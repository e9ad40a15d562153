"""Retrieval: ranks counted by hand, distances against the loop over all pairs, chance by enumeration."""

import itertools

import numpy as np
import pytest

from common.errors import AcousticImagesError
from evaluation.cmc import (
    chance_matches,
    cumulative_matches,
    own_recording_nearer,
    retrieval_distances,
    retrieval_distances_of_vectors,
    same_recording,
)


def test_ranks_by_hand() -> None:
    # Query 0 (class 0) finds class 0 second; query 1 (class 1) finds class 1 third.
    distances = np.array([[0.5, 0.1, 0.9], [0.2, 0.9, 0.3]])
    labels, gallery = np.array([0, 1]), np.array([0, 1, 0])
    found = cumulative_matches(distances, labels, gallery, (1, 2, 3, 30))
    assert found == {1: 0.0, 2: 0.5, 3: 1.0, 30: 1.0}


def test_leaving_out_the_own_recording() -> None:
    distances = np.array([[0.1, 0.2, 0.3], [0.3, 0.1, 0.2], [0.4, 0.1, 0.2]])
    labels, recordings = np.array([0, 1, 0]), np.array([5, 6, 7])
    own = same_recording(recordings, recordings)
    assert cumulative_matches(distances, labels, labels, (1, 2))[1] == pytest.approx(2 / 3)
    # Query 0 sees videos 1, 2: its class is second. Query 1's class has no other recording. Query 2 sees 1 before 0.
    assert cumulative_matches(distances, labels, labels, (1, 2), own) == pytest.approx({1: 0.0, 2: 2 / 3})


def test_equal_distances_rank_in_the_gallerys_order() -> None:
    labels = np.array([1])
    assert cumulative_matches(np.zeros((1, 2)), labels, np.array([0, 1]), (1, 2)) == {1: 0.0, 2: 1.0}


def test_distances_are_those_of_the_loop_over_pairs() -> None:
    draw = np.random.default_rng(1)
    sounds, videos = (np.maximum(draw.standard_normal((count, 3, 4, 8)), 0).astype(np.float32) for count in (5, 6))
    vectors = draw.standard_normal((5, 8)).astype(np.float32)
    tiled = np.broadcast_to(np.maximum(vectors, 0)[:, None, None], (5, 3, 4, 8))

    def slow(maps: np.ndarray) -> np.ndarray:
        out = np.zeros((5, 6))
        for i, j in itertools.product(range(5), range(6)):
            pair = (maps[i] * videos[j] * videos[j]).sum(axis=(0, 1))
            audio = maps[i].sum(axis=(0, 1))
            out[i, j] = np.linalg.norm(pair / np.linalg.norm(pair) - audio / np.linalg.norm(audio))
        return out

    assert np.allclose(retrieval_distances(sounds, videos), slow(sounds), atol=1e-6)
    assert np.allclose(retrieval_distances_of_vectors(vectors, videos), slow(tiled), atol=1e-6)


def test_a_silent_map_has_a_distance_all_the_same() -> None:
    assert np.isfinite(retrieval_distances(np.zeros((1, 2, 2, 3)), np.ones((2, 2, 2, 3)))).all()


def test_chance_is_the_mean_over_all_rankings() -> None:
    labels, gallery = np.array([0]), np.array([0, 1, 0, 1, 1])
    rankings = list(itertools.permutations(range(5)))
    for k, chance in chance_matches(labels, gallery, (1, 2, 3)).items():
        hits = [any(gallery[place] == 0 for place in ranking[:k]) for ranking in rankings]
        assert chance == pytest.approx(np.mean(hits))
    own = np.array([[True, False, False, False, False]])
    assert chance_matches(labels, gallery, (1,), own)[1] == pytest.approx(1 / 4)


def test_distances_that_are_no_numbers_or_do_not_fit_are_told() -> None:
    with pytest.raises(AcousticImagesError, match="found 1 that are no numbers"):
        cumulative_matches(np.array([[np.nan]]), np.array([0]), np.array([0]))
    with pytest.raises(AcousticImagesError, match=r"found shape \(1, 2\), wanted \(1, 1\)"):
        cumulative_matches(np.zeros((1, 2)), np.array([0]), np.array([0]))


def test_own_recordings_are_nearer_by_hand() -> None:
    own = np.array([[True, True, False, False], [False, False, True, True]])
    distances = np.array([[1.0, 3.0, 2.0, 4.0], [5.0, 5.0, 5.0, 1.0]])
    # First: of four pairs (1<2, 1<4, 3>2, 3<4) three are right. Second: two ties and two right.
    assert own_recording_nearer(distances, own) == pytest.approx((0.75 + 0.75) / 2)
