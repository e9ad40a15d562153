"""`evaluation.json`: ranks of the cross-modal retrieval and accuracies of the nearest neighbours."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from conformance.checks import VECTOR_TOLERANCE, Check, vector_error
from conformance.recipe import unit_rows
from evaluation.cmc import cumulative_matches, retrieval_distances, retrieval_distances_of_vectors
from evaluation.knn import LabelledFeatures, nearest_neighbours

_WINDOWS, _CLASSES, _DIMENSIONS = 60, 10, 128
_SIGNALS = {"tiled": 1.0, "cuboid": 0.06}
_KNN_SIGNAL, _KNN_SIZES = 0.275, (200, 80, 80)
_LINE = re.compile(r"Accuracy=(\S+) k=(\d+)")


def check_evaluation(path: Path) -> Iterator[Check]:
    """Compare every case that the file holds; ranks and accuracies must be equal."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for case, wanted in content.get("cmc", {}).items():
        kind, seed = case.split("_seed")
        yield from _check_cmc(f"evaluation CMC {kind} seed {seed}", kind, int(seed), wanted)
    for case, wanted in content.get("knn", {}).items():
        yield _check_knn(f"evaluation KNN {case}", int(case.removeprefix("seed")), wanted)


def _check_cmc(name: str, kind: str, seed: int, wanted: dict[str, Any]) -> Iterator[Check]:
    labels, distances = _retrieval_case(kind, seed, wanted.get("signal", _SIGNALS[kind]))
    ranks = {int(key.removeprefix("rank")): value for key, value in wanted.items() if key.startswith("rank")}
    found = cumulative_matches(distances, labels, labels, tuple(ranks))
    yield Check(f"{name} ranks", vector_error(list(found.values()), list(ranks.values())), VECTOR_TOLERANCE)
    if "dist_query0" in wanted:
        head = distances[0, : len(wanted["dist_query0"])]
        yield Check(f"{name} distances", vector_error(head, wanted["dist_query0"]), VECTOR_TOLERANCE)
    if "first_query_dist_top10" in wanted:
        queries = len(wanted["first_query_dist_top10"])
        nearest = np.sort(distances[:queries], axis=1)[:, :10]
        error = vector_error(nearest, wanted["first_query_dist_top10"])
        yield Check(f"{name} nearest ten", error, VECTOR_TOLERANCE)
        # By the distances of the videos that the fixture ranks: equal up to a swap of equally near ones.
        ranked = np.take_along_axis(distances[:queries], np.array(wanted["first_query_order_top10"]), axis=1)
        error = vector_error(ranked, wanted["first_query_dist_top10"])
        yield Check(f"{name} order", error, VECTOR_TOLERANCE)


def _retrieval_case(kind: str, seed: int, signal: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng([seed, 31])
    labels = generator.integers(0, _CLASSES, _WINDOWS)
    prototypes = np.abs(generator.standard_normal((_CLASSES, _DIMENSIONS)))

    def maps() -> np.ndarray:
        noise = generator.standard_normal((_WINDOWS, 12, 16, _DIMENSIONS))
        return np.maximum(noise + signal * prototypes[labels][:, np.newaxis, np.newaxis], 0).astype(np.float32)

    if kind == "tiled":
        noise = generator.standard_normal((_WINDOWS, _DIMENSIONS))
        vectors = np.maximum(noise + signal * prototypes[labels], 0).astype(np.float32)
        return labels, retrieval_distances_of_vectors(vectors, maps())
    sounds = maps()
    return labels, retrieval_distances(sounds, maps())


def _check_knn(name: str, seed: int, wanted: dict[str, str]) -> Check:
    generator = np.random.default_rng([seed, 41])
    prototypes = generator.standard_normal((_CLASSES, _DIMENSIONS))
    splits: list[LabelledFeatures] = []
    for size in _KNN_SIZES:
        labels = generator.integers(0, _CLASSES, size)
        noise = generator.standard_normal((size, _DIMENSIONS))
        splits.append(LabelledFeatures(unit_rows(noise + _KNN_SIGNAL * prototypes[labels]), labels))
    training, validation, test = splits
    result = nearest_neighbours(training, validation, test)
    found = {
        "validation": result.validation_accuracy,
        "testing": result.test_accuracy,
        "final": {result.k: result.accuracy},
    }
    errors = [
        abs(found[stage].get(int(k), np.inf) - float(accuracy))
        for stage, text in wanted.items()
        for accuracy, k in _LINE.findall(text)
    ]
    return Check(name, max(errors, default=float("inf")), VECTOR_TOLERANCE, f"over {len(errors)} accuracies")
