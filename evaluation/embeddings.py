"""Features of every window of a split, extracted once and stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.progress import Progress
from evaluation.correspondence import correspondence_answers
from evaluation.embedder import Embedder
from evaluation.features import FEATURES, LOGITS, SIMILARITY, SOUNDS, VIDEOS, search, usable_modalities
from models.array_files import read_arrays, write_arrays
from tfrecords_schema.reader import WindowReader, iterate

BATCH_SIZE = 16
SEARCHED_SPLIT = "test"
_FEATURE_PREFIX = "feature:"
_NOTHING = np.zeros((0, 0))


@dataclass(frozen=True)
class Embeddings:
    """What a run makes of the windows of one split.

    Attributes
    ----------
    features : dict of str to ndarray
        [N, 128 or 512] unit vectors, of "audio", "audio-visual" (each window's own pair) and "video" those that the
        run has.
    labels, recordings, windows : ndarray
        [N] class, recording index and window index.
    similarity : ndarray
        [N, 12, 16] similarity map, summed over depth; [0, 0] for runs without one.
    logits : ndarray
        [N, classes] of a supervised run's classifier; [0, 0] for other runs.
    answers : ndarray
        [N, 2] bool, whether L3-Net is right about each sound with its own video, and with another recording's; [0, 0]
        for the other kinds and splits.
    distances : ndarray
        [N, N] of sound i to video j for retrieval; [0, 0] for the other splits, where nothing is searched.
    identity : str
        Hashes of run and dataset.
    """

    features: dict[str, np.ndarray]
    labels: np.ndarray
    recordings: np.ndarray
    windows: np.ndarray
    similarity: np.ndarray
    logits: np.ndarray
    answers: np.ndarray
    distances: np.ndarray
    identity: str


class Extractor:
    """Extracts, or reads back, the embeddings of one run.

    Parameters
    ----------
    embedder : Embedder
        The run's.
    reader : WindowReader
        The dataset.
    folder : Path or None
        Where embeddings are stored; None stores none.
    """

    def __init__(self, embedder: Embedder, reader: WindowReader, folder: Path | None) -> None:
        run = embedder.run
        self._embedder, self._run, self._reader, self._folder = embedder, run, reader, folder
        self._identity = f"{run.identity}-{reader.manifest.hash()}"
        self._modalities = usable_modalities(run.kind, reader.manifest.record_format.modalities)

    def embeddings(self, split: str) -> Embeddings:
        """Return the embeddings of a split; stored ones of the same run and data are used again.

        Raises
        ------
        AcousticImagesError
            The dataset lacks what the run hears and sees, or the split is empty.
        """
        if self._folder is None:
            return self._extract(split)
        path = self._folder / self._run.name / f"{split}.npz"
        stored = read_embeddings(path)
        if stored is not None and stored.identity == self._identity:
            return stored
        embeddings = self._extract(split)
        write_embeddings(path, embeddings)
        return embeddings

    def _extract(self, split: str) -> Embeddings:
        rows = self._reader.rows(split)
        if not self._modalities:
            stored = ", ".join(self._reader.manifest.record_format.modalities)
            raise AcousticImagesError(f"dataset: found {stored}, wanted what {self._run.name} takes; use another one")
        if not len(rows):
            raise AcousticImagesError(f"dataset: found no window in the {split} split, wanted some; add recordings")
        parts: dict[str, list[np.ndarray]] = {}
        with Progress(f"{self._run.name}: {split}", len(rows), "window") as progress:
            for windows in iterate(self._reader.dataset(rows, self._modalities, BATCH_SIZE)):
                batch = self._embedder(windows)
                for name, values in batch.items():
                    # Maps are large, and only the searched split needs them.
                    if split == SEARCHED_SPLIT or name not in (SOUNDS, VIDEOS):
                        parts.setdefault(name, []).append(values)
                progress.advance(len(next(iter(batch.values()))))
        return self._joined(rows, {name: np.concatenate(values) for name, values in parts.items()})

    def _joined(self, rows: np.ndarray, found: Mapping[str, np.ndarray]) -> Embeddings:
        index = self._reader.index.iloc[rows]
        return Embeddings(
            features={name: found[name] for name in FEATURES if name in found},
            labels=index["class_index"].to_numpy(),
            recordings=index["recording_index"].to_numpy(),
            windows=index["window_index"].to_numpy(),
            similarity=found.get(SIMILARITY, _NOTHING),
            logits=found.get(LOGITS, _NOTHING),
            answers=self._answers(found, index["recording_index"].to_numpy()),
            distances=search(self._run.kind, found[SOUNDS], found[VIDEOS]) if SOUNDS in found else _NOTHING,
            identity=self._identity,
        )

    def _answers(self, found: Mapping[str, np.ndarray], recordings: np.ndarray) -> np.ndarray:
        networks = self._embedder.networks
        if "correspondence" not in networks or SOUNDS not in found:
            return _NOTHING
        return correspondence_answers(networks["correspondence"], found[SOUNDS], found[VIDEOS], recordings)


def write_embeddings(path: Path, embeddings: Embeddings) -> None:
    """Store embeddings, atomically."""
    rest = {name: np.asarray(value) for name, value in vars(embeddings).items() if name != "features"}
    features = {_FEATURE_PREFIX + name: values for name, values in embeddings.features.items()}
    write_arrays(path, {**rest, **features})


def read_embeddings(path: Path) -> Embeddings | None:
    """Return stored embeddings; None where there are none or they cannot be read, which makes them anew."""
    if not path.is_file():
        return None
    try:
        with parsing(path, "embeddings", "they are made anew"):
            stored = read_arrays(path, None)
            features = {
                name.removeprefix(_FEATURE_PREFIX): stored.pop(name)
                for name in tuple(stored)
                if name.startswith(_FEATURE_PREFIX)
            }
            return Embeddings(features, identity=str(stored.pop("identity")), **stored)
    except AcousticImagesError:
        return None
