"""Evaluation of a whole test split: retrieval against the loop over queries, and nearest neighbours."""

from dataclasses import dataclass

import numpy as np

from benchmarks.timing import Figures, median_seconds, peak_gigabytes
from evaluation.cmc import cumulative_matches, retrieval_distances
from evaluation.knn import LabelledFeatures, nearest_neighbours

NUM_CLASSES = 10
# The released lists' windows (docs/fidelity.md).
_TRAINING_WINDOWS, _VALIDATION_WINDOWS = 6628, 1212


@dataclass(frozen=True)
class Size:
    """Windows of the splits, and queries of the loop that are timed and scaled up."""

    windows: int = 1400
    training_windows: int = _TRAINING_WINDOWS
    validation_windows: int = _VALIDATION_WINDOWS
    looped_queries: int = 3
    repeats: int = 5


def measure(size: Size) -> Figures:
    """Return how much faster the contraction is than one query at a time; ranks must be identical."""
    sounds, videos = draw_maps(size.windows), draw_maps(size.windows)[::-1].copy()
    labels = np.random.default_rng(1).integers(0, NUM_CLASSES, size.windows)
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
        "peak_gigabytes": peak_gigabytes(search, windows=size.windows),
        "nearest_neighbours_seconds": _nearest_neighbours_seconds(size),
    }


def draw_maps(windows: int) -> np.ndarray:
    """Return [windows, 12, 16, 128] float32, not negative."""
    return np.abs(np.random.default_rng(0).standard_normal((windows, 12, 16, 128), dtype=np.float32))


def search(windows: int) -> None:
    """Search once, for the memory of it."""
    sounds = draw_maps(windows)
    labels = np.arange(windows) % NUM_CLASSES
    cumulative_matches(retrieval_distances(sounds, sounds[::-1]), labels, labels)


def _one_query(sound: np.ndarray, videos: np.ndarray) -> np.ndarray:
    """The paper's text to the letter: the product of one sound's map with every video's map, twice."""
    pairs = (sound[np.newaxis] * videos * videos).sum(axis=(1, 2))
    pairs /= np.linalg.norm(pairs, axis=1, keepdims=True)
    audio = sound.sum(axis=(0, 1))
    return np.linalg.norm(pairs - audio / np.linalg.norm(audio), axis=1)


def _nearest_neighbours_seconds(size: Size) -> float:
    draw = np.random.default_rng(2)
    train, validation, test = (
        LabelledFeatures(draw.standard_normal((count, 128), np.float32), draw.integers(0, NUM_CLASSES, count))
        for count in (size.training_windows, size.validation_windows, size.windows)
    )
    return median_seconds(lambda: nearest_neighbours(train, validation, test), size.repeats)
