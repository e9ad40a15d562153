"""Nearest neighbours: votes by hand, the choice of k, and too few training windows."""

import numpy as np
import pytest

from common.errors import AcousticImagesError
from evaluation.knn import LabelledFeatures, confusion_matrix, nearest_neighbours


def on_a_line(places: list[float], labels: list[int]) -> LabelledFeatures:
    return LabelledFeatures(np.array(places)[:, None], np.array(labels))


def test_k_is_the_first_best_on_validation() -> None:
    training = on_a_line([0.0, 0.1, 1.0, 1.1, 1.2], [0, 1, 1, 1, 1])
    # At 0.02: k = 1 says 0, k = 3 and 5 say 1.
    validation, test = on_a_line([0.02], [1]), on_a_line([0.02, 1.1], [0, 1])
    result = nearest_neighbours(training, validation, test, (1, 3, 5))
    assert result.validation_accuracy == {1: 0.0, 3: 1.0, 5: 1.0}
    assert result.k == 3
    assert result.test_accuracy == {1: 1.0, 3: 0.5, 5: 0.5}
    assert result.accuracy == 0.5
    assert result.predictions.tolist() == [1, 1]


def test_more_neighbours_than_training_windows_or_none_at_all_are_told() -> None:
    few = on_a_line([0.0, 1.0], [0, 1])
    with pytest.raises(AcousticImagesError, match="k: found 15, wanted at most 2"):
        nearest_neighbours(few, few, few)
    with pytest.raises(AcousticImagesError, match=r"validation features: found shape \(0, 1\)"):
        nearest_neighbours(few, on_a_line([], []), few, (1,))
    with pytest.raises(AcousticImagesError, match=r"test features: .* 1 not finite"):
        nearest_neighbours(few, few, on_a_line([np.inf], [0]), (1,))


def test_confusion_counts_true_rows_and_predicted_columns() -> None:
    assert confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), 3).tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
