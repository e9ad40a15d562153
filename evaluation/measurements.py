"""What is measured of a run on a dataset, one number a row, for the tables over seeds.

Every run's measurements are kept in its own folder and made once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.progress import Progress
from common.sealed_json import read_sealed_json, write_sealed_json
from common.worker_pool import run_tasks
from evaluation.cmc import chance_matches, cumulative_matches, own_recording_nearer, same_recording
from evaluation.effective_dimension import effective_dimension
from evaluation.embedder import Embedder
from evaluation.embeddings import Embeddings, Extractor
from evaluation.features import AUDIO, AUDIO_VISUAL, usable_modalities
from evaluation.folds import clip_folds, knn_over_folds
from evaluation.histories import read_history
from evaluation.knn import KnnResult
from evaluation.runs import FinishedRun
from evaluation.scores import judged_features, knn_by_feature
from tfrecords_schema.manifest import read_manifest
from tfrecords_schema.reader import WindowReader
from tfrecords_schema.schema import SPLITS

# Names of measures. Those of retrieval go by rank, those of nearest neighbours by feature.
CMC, CMC_OTHERS, CMC_CHANCE, CMC_OTHERS_CHANCE = "cmc", "cmc_others", "cmc_chance", "cmc_others_chance"
KNN, KNN_VALIDATION, ACCURACY, CORRESPONDENCE, CHANCE = "knn", "knn_validation", "accuracy", "correspondence", "chance"
OWN_NEARER, EFFECTIVE_DIMENSION, TRANSFER_LOSS = "own_nearer", "effective_dimension", "transfer_loss"
DRAWN_RANKS = range(1, 31)
_FOLDER = "measured"
# Counted up when what is measured changes: what was kept before is measured anew.
_VERSION = 2


@dataclass(frozen=True)
class Measurement:
    """One number.

    Attributes
    ----------
    trained_on, tested_on : str
        Names of datasets.
    system : str
        What was trained, without its seed.
    seed : int
        Of the run.
    measure : str
        Such as "knn"; shares, 0..1, but for "effective_dimension" and "transfer_loss", the last epoch's.
    detail : str
        Feature or rank that it is of.
    value : float
        The number.
    """

    trained_on: str
    tested_on: str
    system: str
    seed: int
    measure: str
    detail: str
    value: float


@dataclass(frozen=True)
class RecordingResult:
    """How many windows of one test recording the nearest neighbours classify right."""

    trained_on: str
    tested_on: str
    system: str
    seed: int
    feature: str
    recording: str
    windows: int
    right: int


@dataclass(frozen=True)
class Measured:
    """All of one run on one dataset."""

    measurements: tuple[Measurement, ...]
    recordings: tuple[RecordingResult, ...]


@dataclass(frozen=True)
class _Task:
    """A run, and where it is measured."""

    run: FinishedRun
    trained_on: str
    places: tuple[Path, ...]


def measure_all(runs: Sequence[FinishedRun], places: Sequence[Path], workers: int = 1) -> list[Measured]:
    """Return the measurements of all runs on all datasets that they can take.

    Parameters
    ----------
    runs : sequence of FinishedRun
        Of any kind.
    places : sequence of Path
        Folders of datasets; the first is the one that the runs were trained on.
    workers : int
        Processes.

    Raises
    ------
    AcousticImagesError
        As `measure`, what is wrong with a dataset, or a run that was trained on another one than the first.
    """
    manifests = {place: read_manifest(place) for place in places}
    stored = {place: manifest.record_format.modalities for place, manifest in manifests.items()}
    _require_trained_on(runs, places[0], manifests[places[0]].hash())
    tasks = [
        _Task(run, places[0].name, tuple(place for place in places if usable_modalities(run.kind, stored[place])))
        for run in runs
    ]
    measured: dict[tuple[Path, FinishedRun], Measured] = {}
    with Progress("measure", len(tasks), "run") as progress:
        for task, results in run_tasks(_measure_task, tasks, workers, start_method="spawn"):
            measured |= {(place, task.run): result for place, result in zip(task.places, results, strict=True)}
            progress.advance(note=task.run.name)
    return [measured[place, run] for place in places for run in runs if (place, run) in measured]


def _require_trained_on(runs: Sequence[FinishedRun], place: Path, wanted: str) -> None:
    for run in runs:
        if run.manifest_hash not in (None, wanted):
            raise AcousticImagesError(
                f"{run.folder}: found a run that was trained on other data than {place}, wanted runs of one dataset; "
                "give them and their dataset by themselves"
            )


def _measure_task(task: _Task) -> tuple[_Task, list[Measured]]:
    embedder = Embedder(task.run)
    return task, [measure(embedder, task.trained_on, place.name, WindowReader(place)) for place in task.places]


def measure(embedder: Embedder, trained_on: str, tested_on: str, reader: WindowReader) -> Measured:
    """Return the measurements of a run on a dataset, from the run's folder where they are there already.

    Parameters
    ----------
    embedder : Embedder
        Of a finished run of any kind.
    trained_on, tested_on : str
        What to call the datasets.
    reader : WindowReader
        The dataset that is tested on.

    Raises
    ------
    AcousticImagesError
        The dataset lacks what the run takes, or holds too few windows.
    """
    run = embedder.run
    path = run.folder / _FOLDER / f"{tested_on}.json"
    names: dict[str, Any] = {"trained_on": trained_on, "tested_on": tested_on, "system": run.system, "seed": run.seed}
    identity = f"{_VERSION}-{run.identity}-{reader.manifest.hash()}"
    kept = read_measured(path, identity, names)
    if kept is not None:
        return kept
    measured = _measure(embedder, reader, is_own=trained_on == tested_on)
    write_sealed_json(path, {"identity": identity, **measured})
    return _named(measured, names)


def read_measured(path: Path, identity: str, names: dict[str, Any]) -> Measured | None:
    """Return what `measure` kept; None where there is nothing, or nothing of this run and dataset that can be read.

    Parameters
    ----------
    path : Path
        One of `measured_files`.
    identity : str
        Of run and dataset.
    names : dict
        The first fields of a `Measurement`.
    """
    if not path.is_file():
        return None
    try:
        with parsing(path, "measurements", "they are made anew"):
            stored = read_sealed_json(path, "it is measured anew")
            return _named(stored, names) if stored["identity"] == identity else None
    except AcousticImagesError:
        return None


def _named(measured: dict[str, Any], names: dict[str, Any]) -> Measured:
    return Measured(
        tuple(
            Measurement(**names, measure=str(what), detail=str(of), value=float(value))
            for what, of, value in measured["measurements"]
        ),
        tuple(
            RecordingResult(
                **names, feature=str(feature), recording=str(recording), windows=int(windows), right=int(right)
            )
            for feature, recording, windows, right in measured["recordings"]
        ),
    )


def measured_files(run_dir: Path) -> list[Path]:
    """Return the files in which `measure` keeps what it measured of a run, one a dataset."""
    return sorted((run_dir / _FOLDER).glob("*.json"))


def _measure(embedder: Embedder, reader: WindowReader, is_own: bool) -> dict[str, list[tuple[Any, ...]]]:
    extractor = Extractor(embedder, reader, None)
    splits = {split: extractor.embeddings(split) for split in SPLITS if len(reader.rows(split))}
    names = [entry.name for entry in reader.manifest.recordings]
    folds = clip_folds(names)
    if folds is not None:
        return {"measurements": list(_over_folds(splits, folds)), "recordings": []}
    results, test = knn_by_feature(splits), splits["test"]
    return {
        "measurements": [
            *_of_neighbours(results, test),
            *_of_the_run_itself(test, is_own),
            *(_of_imitation(embedder.run) if is_own else ()),
        ],
        "recordings": list(_by_recording(results, test, names)),
    }


def _of_neighbours(results: dict[str, KnnResult], test: Embeddings) -> Iterator[tuple[str, str, float]]:
    yield CHANCE, "", float(np.bincount(test.labels).max() / len(test.labels))
    for feature, result in results.items():
        yield KNN, feature, result.accuracy
        yield KNN_VALIDATION, feature, result.validation_accuracy[result.k]
    for feature, vectors in test.features.items():
        yield EFFECTIVE_DIMENSION, feature, effective_dimension(vectors)


def _of_the_run_itself(test: Embeddings, is_own: bool) -> Iterator[tuple[str, str, float]]:
    """Yield what classifier, correspondence and retrieval reach; a classifier knows its own dataset's classes only."""
    if test.logits.size and is_own:
        yield ACCURACY, "", float(np.mean(test.logits.argmax(axis=1) == test.labels))
    if test.answers.size:
        yield CORRESPONDENCE, "", float(test.answers.mean())
    if test.distances.size:
        yield from _retrieval(test)


def _of_imitation(run: FinishedRun) -> Iterator[tuple[str, str, float]]:
    if run.alpha and run.kind == "student":
        history = read_history(run.folder / "history.csv")
        if len(history):
            yield TRANSFER_LOSS, "", float(history["transfer_loss"].iloc[-1])


def _over_folds(splits: dict[str, Embeddings], folds: np.ndarray) -> Iterator[tuple[str, str, float]]:
    labels = np.concatenate([part.labels for part in splits.values()])
    fold_of_window = folds[np.concatenate([part.recordings for part in splits.values()])]
    yield CHANCE, "", float(np.bincount(labels).max() / len(labels))
    for feature in judged_features(splits["test"]):
        vectors = np.concatenate([judged_features(part)[feature] for part in splits.values()])
        yield KNN, feature, float(np.mean(list(knn_over_folds(vectors, labels, fold_of_window).values())))


def _retrieval(test: Embeddings) -> Iterator[tuple[str, str, float]]:
    own = same_recording(test.recordings, test.recordings)
    yield OWN_NEARER, "", own_recording_nearer(test.distances, own)
    shares = {
        CMC: cumulative_matches(test.distances, test.labels, test.labels, DRAWN_RANKS),
        CMC_OTHERS: cumulative_matches(test.distances, test.labels, test.labels, DRAWN_RANKS, left_out=own),
        CMC_CHANCE: chance_matches(test.labels, test.labels, DRAWN_RANKS),
        CMC_OTHERS_CHANCE: chance_matches(test.labels, test.labels, DRAWN_RANKS, left_out=own),
    }
    for what, by_rank in shares.items():
        for rank, share in by_rank.items():
            yield what, str(rank), share


def _by_recording(
    results: dict[str, KnnResult], test: Embeddings, names: list[str]
) -> Iterator[tuple[str, str, int, int]]:
    """Yield feature, recording, windows and right ones, for the vectors of sound and of sound and video."""
    for feature in (AUDIO, AUDIO_VISUAL):
        if feature in results:
            right = results[feature].predictions == test.labels
            for recording in np.unique(test.recordings).tolist():
                rows = test.recordings == recording
                yield feature, names[recording], int(rows.sum()), int(right[rows].sum())
