"""Features of every window of a split, extracted once and stored."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import tensorflow as tf

from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.progress import Progress
from evaluation.cmc import retrieval_distances, retrieval_distances_of_vectors
from evaluation.runs import FinishedRun
from models.audio_visual import (
    acoustic_map,
    audio_vector_from_hearnet,
    audio_vector_from_map,
    hearnet_map,
    own_pair_vectors,
    similarity_map,
    video_map,
)
from models.network_inputs import network_inputs
from models.saved_networks import Networks, load_networks
from tfrecords_schema.reader import WindowReader, iterate

BATCH_SIZE = 16
SEARCHED_SPLIT = "test"
_FEATURES = ("audio", "audio_visual", "similarity")
_MODALITIES = {"teacher": ("acoustic_images", "video"), "student": ("waveform", "video")}


@dataclass(frozen=True)
class Embeddings:
    """What a run makes of the windows of one split.

    Attributes
    ----------
    audio : ndarray
        [N, 128] unit audio vectors.
    audio_visual : ndarray
        [N, 128] unit audio-visual vectors of each window's own pair.
    labels, recordings, windows : ndarray
        [N] class, recording index and window index.
    similarity : ndarray
        [N, 12, 16] similarity map, summed over depth.
    distances : ndarray
        [N, N] of sound i to video j for retrieval; [0, 0] for the other splits, where nothing is searched.
    identity : ndarray
        Hashes of run and dataset, one text.
    """

    audio: np.ndarray
    audio_visual: np.ndarray
    labels: np.ndarray
    recordings: np.ndarray
    windows: np.ndarray
    similarity: np.ndarray
    distances: np.ndarray
    identity: np.ndarray


class Extractor:
    """Extracts, or reads back, the embeddings of one run.

    Parameters
    ----------
    run : FinishedRun
        Whose networks.
    reader : WindowReader
        The dataset.
    folder : Path
        Where embeddings are stored.
    """

    def __init__(self, run: FinishedRun, reader: WindowReader, folder: Path) -> None:
        self._run, self._reader, self._folder = run, reader, folder
        self._identity = f"{run.identity}-{reader.manifest.hash()}"
        self._networks: Networks | None = None
        self._embed = tf.function(self._forward, reduce_retracing=True)

    def embeddings(self, split: str) -> Embeddings:
        """Return the embeddings of a split; stored ones of the same run and data are used again."""
        path = self._folder / self._run.name / f"{split}.npz"
        stored = _read(path)
        if stored is not None and str(stored.identity) == self._identity:
            return stored
        embeddings = self._extract(split)
        with atomic_path(path) as partial:
            np.savez(partial, **{field.name: getattr(embeddings, field.name) for field in fields(Embeddings)})
        return embeddings

    def _extract(self, split: str) -> Embeddings:
        if self._networks is None:
            self._networks = load_networks(self._run.folder, self._run.kind)
        rows = self._reader.rows(split)
        if not len(rows):
            raise AcousticImagesError(f"dataset: found no window in the {split} split, wanted some; add recordings")
        index = self._reader.index.iloc[rows]
        parts: dict[str, list[np.ndarray]] = {}
        with Progress(f"{self._run.name}: {split}", len(rows), "window") as progress:
            for batch in self._batches(rows):
                # Maps are large, and only the searched split needs them.
                for name in batch if split == SEARCHED_SPLIT else _FEATURES:
                    parts.setdefault(name, []).append(batch[name])
                progress.advance(len(batch["audio"]))
        joined = {name: np.concatenate(values) for name, values in parts.items()}
        sounds, videos = joined.pop("sounds", None), joined.pop("videos", None)
        return Embeddings(
            **joined,
            labels=index["class_index"].to_numpy(),
            recordings=index["recording_index"].to_numpy(),
            windows=index["window_index"].to_numpy(),
            distances=_search(sounds, videos),
            identity=np.array(self._identity),
        )

    def _batches(self, rows: np.ndarray) -> Iterator[dict[str, np.ndarray]]:
        manifest = self._reader.manifest
        statistics = [
            None if values is None else tf.constant(values, tf.float32)
            for values in (manifest.spectrogram_mean, manifest.spectrogram_std)
        ]
        for windows in iterate(self._reader.dataset(rows, _MODALITIES[self._run.kind], BATCH_SIZE)):
            yield {name: value.numpy() for name, value in self._embed(network_inputs(windows, *statistics)).items()}

    def _forward(self, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        networks = self._networks or {}
        videos = video_map(networks["resnet18"], inputs["frames"])
        if self._run.kind == "teacher":
            sounds = maps = acoustic_map(networks["dualcamnet"], inputs["acoustic_images"])
            audio = audio_vector_from_map(maps)
        else:
            sounds = networks["hearnet"](inputs["spectrogram"])
            maps, audio = hearnet_map(sounds), audio_vector_from_hearnet(sounds)
        return {
            "audio": audio,
            "audio_visual": own_pair_vectors(maps, videos),
            "similarity": similarity_map(maps, videos),
            "sounds": sounds,
            "videos": videos,
        }


def _search(sounds: np.ndarray | None, videos: np.ndarray | None) -> np.ndarray:
    if sounds is None or videos is None:
        return np.zeros((0, 0))
    return (retrieval_distances if sounds.ndim == videos.ndim else retrieval_distances_of_vectors)(sounds, videos)


def _read(path: Path) -> Embeddings | None:
    """Return stored embeddings; None where there are none or they cannot be read, which makes them anew."""
    if not path.is_file():
        return None
    try:
        with parsing(path, "embeddings", "they are made anew"), np.load(path, allow_pickle=False) as stored:
            return Embeddings(**{field.name: stored[field.name] for field in fields(Embeddings)})
    except AcousticImagesError:
        return None
