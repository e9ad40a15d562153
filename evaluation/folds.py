"""Nearest neighbours over the folds that clips bring along, as ESC-10's do ("1-1234-A" is of the first of five)."""

import re
from collections.abc import Sequence

import numpy as np

from evaluation.knn import CANDIDATES, LabelledFeatures, nearest_neighbours

_CLIP = re.compile(r"(\d)-[^/]*")
_LEAST_FOLDS = 3


def clip_folds(recordings: Sequence[str]) -> np.ndarray | None:
    """Return the fold of every recording [N], read off names such as "dog/1-1234-A".

    None where names tell of no folds, or of fewer than three: one to test, one to choose k on, the rest to fit.
    """
    found = [_CLIP.fullmatch(name.rpartition("/")[2]) for name in recordings]
    folds = np.array([int(match.group(1)) for match in found if match])
    return folds if len(folds) == len(recordings) and len(np.unique(folds)) >= _LEAST_FOLDS else None


def knn_over_folds(
    features: np.ndarray, labels: np.ndarray, folds: np.ndarray, candidates: tuple[int, ...] = CANDIDATES
) -> dict[int, float]:
    """Return the accuracy 0..1 on each fold: k is chosen on the fold after it, all the others are fitted.

    Parameters
    ----------
    features, labels, folds : ndarray
        [N, dimensions], [N], [N], of every window.
    candidates : tuple of int
        The values of k.
    """
    numbers = np.unique(folds).tolist()
    accuracies = {}
    for number, following in zip(numbers, [*numbers[1:], numbers[0]], strict=True):
        chosen = (folds != number) & (folds != following), folds == following, folds == number
        training, validation, test = (LabelledFeatures(features[rows], labels[rows]) for rows in chosen)
        accuracies[number] = nearest_neighbours(training, validation, test, candidates).accuracy
    return accuracies
