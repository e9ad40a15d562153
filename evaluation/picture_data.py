"""What the pictures of single windows are drawn from, as files a person can open.

`embedding.csv` holds a 2-D map of a run's test vectors; `maps.csv` the acoustic energy and similarity maps of a few
test windows, whose video frames lie beside it as PNG.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from common.atomic_files import atomic_path, write_text
from common.errors import AcousticImagesError
from common.progress import Progress
from evaluation.embedder import Embedder
from evaluation.embeddings import Embeddings, Extractor
from evaluation.runs import FinishedRun
from evaluation.scores import judged_features
from evaluation.two_dimensional import two_dimensional
from evaluation.window_fields import read_first_frames, read_mean_energies, windows_of_different_classes
from tfrecords_schema.reader import WindowReader
from tfrecords_schema.storage import require_local

EMBEDDING_FILE, MAPS_FILE = "embedding.csv", "maps.csv"
ENERGY = "acoustic energy"


def write_picture_data(output_dir: Path, reader: WindowReader, runs: Sequence[FinishedRun]) -> None:
    """Write the embedding of each run's features and the maps of all runs on the same windows.

    Parameters
    ----------
    output_dir : Path
        Where the files go.
    reader : WindowReader
        The dataset.
    runs : sequence of FinishedRun
        Teachers and students.

    Raises
    ------
    AcousticImagesError
        An address to write to, runs without similarity maps, or a dataset without what they take.
    """
    require_local(output_dir, "pictures' data")
    rows = reader.rows("test")
    chosen = windows_of_different_classes(reader.index["class_index"].to_numpy()[rows])
    places: list[tuple[object, ...]] = []
    maps: list[tuple[object, ...]] = []
    for run in runs:
        test = Extractor(Embedder(run), reader, None).embeddings("test")
        if not test.similarity.size:
            raise AcousticImagesError(f"{run.folder}: found a run without similarity maps, wanted a teacher or student")
        places += _place_rows(run.system, test, reader)
        for window in chosen:
            maps += _map_rows(run.system, window, test.similarity[window])
    maps += _write_frames(output_dir, reader, rows[chosen], chosen)
    header = ("system", "feature", "recording", "window", "class", "x", "y")
    write_text(output_dir / EMBEDDING_FILE, _csv(header, places))
    write_text(output_dir / MAPS_FILE, _csv(("system", "window", "row", "column", "value"), maps))


def _place_rows(system: str, test: Embeddings, reader: WindowReader) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    features = judged_features(test)
    with Progress(f"2-D maps, {system}", len(features), "feature") as progress:
        for feature, vectors in features.items():
            for row, (x, y) in enumerate(two_dimensional(vectors)):
                recording = reader.manifest.recordings[int(test.recordings[row])].name
                name = reader.manifest.class_names[int(test.labels[row])]
                rows.append((system, feature, recording, int(test.windows[row]), name, f"{x:.3f}", f"{y:.3f}"))
            progress.advance()
    return rows


def _map_rows(system: str, window: int, values: np.ndarray) -> list[tuple[object, ...]]:
    return [(system, window, row, column, f"{value:.5g}") for (row, column), value in np.ndenumerate(values)]


def _write_frames(
    output_dir: Path, reader: WindowReader, rows: np.ndarray, windows: Sequence[int]
) -> list[tuple[object, ...]]:
    """Write the windows' first frames and return the rows of their energy, where it is stored."""
    output_dir.mkdir(parents=True, exist_ok=True)
    for window, frame in zip(windows, read_first_frames(reader, rows), strict=True):
        with atomic_path(output_dir / f"window-{window}.png") as partial:
            partial.write_bytes(cv2.imencode(".png", frame[..., ::-1])[1].tobytes())
    if "acoustic_energy" not in reader.manifest.record_format.modalities:
        return []
    energies = read_mean_energies(reader, rows)
    rows_of_windows = [_map_rows(ENERGY, window, energy) for window, energy in zip(windows, energies, strict=True)]
    return [row for rows_of_window in rows_of_windows for row in rows_of_window]


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()
