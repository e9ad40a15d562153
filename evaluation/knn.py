"""Classification by the k nearest training windows, k chosen on validation (paper 5.3)."""

from dataclasses import dataclass

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from common.errors import AcousticImagesError

CANDIDATES = (7, 9, 11, 13, 15)


@dataclass(frozen=True)
class LabelledFeatures:
    """Features [windows, dimensions] and their classes [windows]."""

    features: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class KnnResult:
    """What the classifier reached.

    Attributes
    ----------
    k : int
        The number of neighbours with the best validation accuracy; the first best wins.
    validation_accuracy, test_accuracy : dict of int to float
        Accuracy 0..1 for every k tried.
    predictions : ndarray
        [test windows] class predicted with the chosen k.
    """

    k: int
    validation_accuracy: dict[int, float]
    test_accuracy: dict[int, float]
    predictions: np.ndarray

    @property
    def accuracy(self) -> float:
        """Test accuracy with the chosen k."""
        return self.test_accuracy[self.k]


def nearest_neighbours(
    training: LabelledFeatures,
    validation: LabelledFeatures,
    test: LabelledFeatures,
    candidates: tuple[int, ...] = CANDIDATES,
) -> KnnResult:
    """Classify the test windows: Euclidean distance, uniform votes, a tie to the lower class.

    Raises
    ------
    AcousticImagesError
        A k above the number of training windows, an empty split, or features that are not finite.
    """
    for name, split in (("training", training), ("validation", validation), ("test", test)):
        if not len(split.features) or not np.isfinite(split.features).all():
            raise AcousticImagesError(
                f"{name} features: found shape {split.features.shape}, "
                f"{int((~np.isfinite(split.features)).sum())} not finite; wanted at least one window, all finite"
            )
    if max(candidates) > len(training.features):
        raise AcousticImagesError(
            f"k: found {max(candidates)}, wanted at most {len(training.features)}, the training windows there are; "
            "build a larger dataset"
        )
    validation_accuracy: dict[int, float] = {}
    test_accuracy: dict[int, float] = {}
    predictions: dict[int, np.ndarray] = {}
    for k in candidates:
        classifier = KNeighborsClassifier(n_neighbors=k, algorithm="brute").fit(training.features, training.labels)
        validation_accuracy[k] = float(np.mean(classifier.predict(validation.features) == validation.labels))
        predictions[k] = classifier.predict(test.features)
        test_accuracy[k] = float(np.mean(predictions[k] == test.labels))
    best = max(candidates, key=lambda k: validation_accuracy[k])
    return KnnResult(best, validation_accuracy, test_accuracy, predictions[best])


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, num_classes: int) -> np.ndarray:
    """Return the counts [true class, predicted class]."""
    matrix = np.zeros((num_classes, num_classes), int)
    np.add.at(matrix, (labels, predictions), 1)
    return matrix
