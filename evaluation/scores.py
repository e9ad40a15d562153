"""All figures of one run: retrieval, nearest neighbours, localisation."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.cmc import chance_matches, cumulative_matches, same_recording
from evaluation.embeddings import Embeddings
from evaluation.features import AUDIO, AUDIO_VISUAL
from evaluation.knn import KnnResult, LabelledFeatures, nearest_neighbours
from evaluation.localisation import chance_of_hits, peak_hits
from evaluation.runs import FinishedRun

# What one released script evaluates; the paper describes the audio-visual vector (docs/fidelity.md).
SUM = "sum"
_NO_RETRIEVAL: dict[str, Any] = {
    "cmc": {},
    "cmc_other_recordings": {},
    "cmc_chance": {},
    "cmc_other_recordings_chance": {},
    "cmc_curve": np.zeros(0),
}


@dataclass(frozen=True)
class TrueSources:
    """Where the test windows' objects are: directions [N, frames, 2], radii [N], degrees; and the field of view."""

    direction_deg: np.ndarray
    radius_deg: np.ndarray
    horizontal_fov_deg: float


@dataclass(frozen=True)
class Scores:
    """Figures of one run, all 0..1; those that its kind does not have are empty.

    Attributes
    ----------
    run : FinishedRun
        Whose.
    test : Embeddings
        Of the test split.
    cmc, cmc_other_recordings : dict
        Share by rank, with every video in the gallery, and without those of the query's recording; empty where a sound
        has no distance to a video.
    cmc_chance, cmc_other_recordings_chance : dict
        What random rankings reach.
    cmc_curve : ndarray
        [N] share at rank 1, 2, ..., with every video.
    knn : dict
        Feature to result.
    knn_chance : float
        Share of the test's most frequent class.
    hits, hits_chance : float or None
        Share of windows whose similarity map peaks within the object; None where the truth is not known, or no map.
    """

    run: FinishedRun
    test: Embeddings
    cmc: dict[int, float]
    cmc_other_recordings: dict[int, float]
    cmc_chance: dict[int, float]
    cmc_other_recordings_chance: dict[int, float]
    cmc_curve: np.ndarray
    knn: dict[str, KnnResult]
    knn_chance: float
    hits: float | None
    hits_chance: float | None

    @property
    def feature(self) -> str:
        """Name of the feature that stands for the run: of its sound, or of its video where it does not hear."""
        return AUDIO if AUDIO in self.knn else next(iter(self.knn))

    @property
    def judged_by(self) -> str:
        """What the run's predictions are from."""
        return "classifier" if self.test.logits.size else f"{self.feature} feature"

    @property
    def predictions(self) -> np.ndarray:
        """Class of each test window: the run's own classifier's, or its nearest neighbours' of `feature`."""
        return self.test.logits.argmax(axis=1) if self.test.logits.size else self.knn[self.feature].predictions


def score(run: FinishedRun, splits: dict[str, Embeddings], sources: TrueSources | None) -> Scores:
    """Work out all figures.

    Parameters
    ----------
    run : FinishedRun
        Whose embeddings these are.
    splits : dict
        "train", "validation" and "test".
    sources : TrueSources or None
        Of the test split's windows.

    Raises
    ------
    AcousticImagesError
        Fewer training windows than neighbours, or features that are not finite.
    """
    test = splits["test"]
    hits = chance = None
    if sources is not None and test.similarity.size:
        place = (sources.direction_deg, sources.radius_deg, sources.horizontal_fov_deg)
        hits = float(peak_hits(test.similarity, *place).mean())
        chance = chance_of_hits((test.similarity.shape[1], test.similarity.shape[2]), *place)
    return Scores(
        run=run,
        test=test,
        **(_retrieval(test) if test.distances.size else _NO_RETRIEVAL),
        knn=knn_by_feature(splits),
        knn_chance=float(np.bincount(test.labels).max() / len(test.labels)),
        hits=hits,
        hits_chance=chance,
    )


def _retrieval(test: Embeddings) -> dict[str, Any]:
    own = same_recording(test.recordings, test.recordings)
    curve = cumulative_matches(test.distances, test.labels, test.labels, range(1, len(test.labels) + 1))
    return {
        "cmc": cumulative_matches(test.distances, test.labels, test.labels),
        "cmc_other_recordings": cumulative_matches(test.distances, test.labels, test.labels, left_out=own),
        "cmc_chance": chance_matches(test.labels, test.labels),
        "cmc_other_recordings_chance": chance_matches(test.labels, test.labels, left_out=own),
        "cmc_curve": np.array(list(curve.values())),
    }


def judged_features(embeddings: Embeddings) -> dict[str, np.ndarray]:
    """Return all features that are classified: the stored ones, and the sum of sound and audio-visual vector."""
    features = dict(embeddings.features)
    if AUDIO_VISUAL in features:
        features[SUM] = features[AUDIO] + features[AUDIO_VISUAL]
    return features


def knn_by_feature(splits: dict[str, Embeddings]) -> dict[str, KnnResult]:
    """Classify the test windows by each feature, fitted on "train", with k chosen on "validation"."""
    features = {split: judged_features(splits[split]) for split in ("train", "validation", "test")}
    return {
        name: nearest_neighbours(
            LabelledFeatures(features["train"][name], splits["train"].labels),
            LabelledFeatures(features["validation"][name], splits["validation"].labels),
            LabelledFeatures(features["test"][name], splits["test"].labels),
        )
        for name in features["test"]
    }
