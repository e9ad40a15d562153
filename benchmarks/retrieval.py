"""Cross-modal retrieval over a whole test split against the loop over queries."""

from dataclasses import dataclass

import numpy as np

from benchmarks.timing import Figures, median_seconds
from evaluation.cmc import cumulative_matches, retrieval_distances


@dataclass(frozen=True)
class Size:
    """Windows of the test split, and queries of the loop that are timed and scaled up."""

    windows: int = 1400
    looped_queries: int = 3
    repeats: int = 5


def measure(size: Size) -> Figures:
    """Return how much faster the contraction is than one query at a time; ranks must be identical."""
    draw = np.random.default_rng(0)
    shape = (size.windows, 12, 16, 128)
    sounds, videos = (np.abs(draw.standard_normal(shape, dtype=np.float32)) for _ in range(2))
    labels = draw.integers(0, 10, size.windows)
    distances = retrieval_distances(sounds, videos)
    looped = np.stack([_one_query(sound, videos) for sound in sounds[: size.looped_queries]])
    same_order = np.mean(np.argsort(looped, axis=1)[:, :30] == np.argsort(distances[: len(looped)], axis=1)[:, :30])
    whole_s = median_seconds(lambda: retrieval_distances(sounds, videos), size.repeats)
    query_s = median_seconds(lambda: _one_query(sounds[0], videos), size.repeats)
    return {
        "seconds": whole_s,
        "speed_over_loop": query_s * size.windows / whole_s,
        "same_first_30_places": float(same_order),
        "largest_difference": float(np.abs(looped - distances[: len(looped)]).max()),
        "ranking_seconds": median_seconds(lambda: cumulative_matches(distances, labels, labels), size.repeats),
    }


def _one_query(sound: np.ndarray, videos: np.ndarray) -> np.ndarray:
    """The paper's text to the letter: the product of one sound's map with every video's map, twice."""
    pairs = (sound[np.newaxis] * videos * videos).sum(axis=(1, 2))
    pairs /= np.linalg.norm(pairs, axis=1, keepdims=True)
    audio = sound.sum(axis=(0, 1))
    return np.linalg.norm(pairs - audio / np.linalg.norm(audio), axis=1)
