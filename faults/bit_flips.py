"""One byte changed in a stored file: noticed, or without effect; never another result in silence."""

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import AcousticImagesError
from data_prep.build import CONFIGURATION_FILE, BuildConfig, build_dataset
from data_prep.sources import SOURCES_FILE, changed_sources, read_sources
from evaluation.model_card import model_card
from evaluation.runs import read_run
from faults.outcome import Outcome
from faults.small_dataset import write_small_dataset
from faults.small_files import write_recordings
from faults.small_run import CONFIGURATION_HASH, write_small_run
from faults.small_spool import write_small_spool
from models.array_files import read_arrays
from models.saved_networks import (
    CONFIG_FILE,
    NETWORK_FILE,
    RUN_FILE,
    WEIGHTS_FILE,
    read_network_description,
    weight_arrays,
)
from tfrecords_schema.index import INDEX_FILE, read_index
from tfrecords_schema.manifest import MANIFEST_FILE, read_manifest
from tfrecords_schema.reader import WindowReader
from tfrecords_schema.verify import verify
from training.best_weights import restore_best
from training.checkpoints import CHECKPOINT_FOLDER, restore_latest
from training.run_folder import claim_run_folder, is_finished

FLIPS_AT_FULL_SCALE = 500


@dataclass(frozen=True)
class Subject:
    """A stored file, and what is made of it: `observe` returns the result, or raises the project's error."""

    name: str
    path: Path
    observe: Callable[[], object]


def run(scale: float, seed: int) -> list[Outcome]:
    """Flip bytes in every kind of file, `scale` times `FLIPS_AT_FULL_SCALE` in each."""
    flips = max(1, round(scale * FLIPS_AT_FULL_SCALE))
    with tempfile.TemporaryDirectory(prefix="flips-") as scratch:
        return [
            flip_bytes(subject, flips, np.random.default_rng([seed, number]))
            for number, subject in enumerate(_subjects(Path(scratch)))
        ]


def flip_bytes(subject: Subject, flips: int, generator: np.random.Generator) -> Outcome:
    """Change one byte at a time at random, and put it back."""
    wanted, size = subject.observe(), subject.path.stat().st_size
    noticed, lost = 0, []
    for _ in range(flips):
        place, mask = int(generator.integers(size)), int(generator.integers(1, 256))
        _change_byte(subject.path, place, mask)
        try:
            if subject.observe() != wanted:
                lost.append(f"byte {place} changed by {mask:#04x} gives another result in silence")
        except AcousticImagesError:
            noticed += 1
        _change_byte(subject.path, place, mask)
    remarks = f"{noticed} noticed, {flips - noticed - len(lost)} without effect"
    return Outcome("bit flips", subject.name, flips, tuple(lost), remarks)


def _change_byte(path: Path, place: int, mask: int) -> None:
    with open(path, "r+b") as file:
        file.seek(place)
        (value,) = file.read(1)
        file.seek(place)
        file.write(bytes([value ^ mask]))


def _subjects(folder: Path) -> Iterator[Subject]:
    yield from _of_a_dataset(folder / "dataset")
    yield from _of_a_build(folder / "raw", folder / "built")
    yield from _of_a_spool(folder / "spool")
    yield from _of_a_run(folder / "run")


def _of_a_dataset(folder: Path) -> Iterator[Subject]:
    manifest = write_small_dataset(folder)
    shard = folder / manifest.shards[0].file

    def records() -> list[bytes]:
        reader = WindowReader(folder)
        return [reader.read(row) for row in range(len(reader.index))]

    def verified() -> None:
        problems = verify(folder).problems
        if problems:
            raise AcousticImagesError(problems[0])

    yield Subject("shard, read for training", shard, records)
    yield Subject("shard, `make verify`", shard, verified)
    yield Subject("manifest", folder / MANIFEST_FILE, lambda: read_manifest(folder))
    yield Subject("index", folder / INDEX_FILE, lambda: read_index(folder, manifest).to_csv())


def _of_a_build(raw: Path, data: Path) -> Iterator[Subject]:
    write_recordings(raw, per_class=2, seconds=2)
    config = BuildConfig(raw, data, modalities=("waveform",))
    build_dataset(config)

    def unchanged() -> None:
        for problem in changed_sources(data, raw):
            raise AcousticImagesError(problem)

    for file in ("bell_0.wav", "dataset.yaml", "recordings.csv", "microphones.csv"):
        yield Subject(f"raw {file}, `check_sources_main`", raw / file, unchanged)
    yield Subject("sources.csv", data / SOURCES_FILE, lambda: read_sources(data))
    yield Subject("build.json, build called again", data / CONFIGURATION_FILE, lambda: build_dataset(config))


def _of_a_spool(folder: Path) -> Iterator[Subject]:
    spool = write_small_spool(folder)
    note = spool.recording_note.read_bytes()

    def read_recording() -> list[bytes]:
        # Damaged records take their note with them.
        if not spool.recording_note.exists():
            spool.recording_note.write_bytes(note)
        return spool.read_recording()

    yield Subject("spooled records, build gone on with", spool.records, read_recording)
    yield Subject("their note, build gone on with", spool.recording_note, read_recording)
    yield Subject("note of a shard, build gone on with", spool.shard_note, spool.read_shard)


def _of_a_run(folder: Path) -> Iterator[Subject]:
    run = write_small_run(folder)

    def restored() -> tuple[object, ...]:
        told = io.StringIO()
        with contextlib.redirect_stderr(told):
            position = restore_latest(folder, run.networks, run.optimizer, CONFIGURATION_HASH)
        if position is not None and position.step == 1 and "warning" in told.getvalue():
            raise AcousticImagesError("the checkpoint before it was used, with a warning")
        return position, _bytes_of(weight_arrays(run.networks))

    def best() -> dict[str, bytes]:
        restore_best(folder, run.networks)
        return _bytes_of(weight_arrays(run.networks))

    def loaded() -> tuple[object, ...]:
        description = read_network_description(folder)
        return description, _bytes_of(read_arrays(folder / WEIGHTS_FILE, description["weights_sha256"]))

    def claimed() -> object:
        claim_run_folder(run.config, run.identity)
        return read_run(folder)

    best_weights = folder / CHECKPOINT_FOLDER / "best.json"
    yield Subject("newest checkpoint, arrays", run.newest.with_suffix(".npz"), restored)
    yield Subject("newest checkpoint, description", run.newest, restored)
    yield Subject("best weights, arrays", best_weights.with_suffix(".npz"), best)
    yield Subject("best weights, description", best_weights, best)
    yield Subject("weights.npz", folder / WEIGHTS_FILE, loaded)
    yield Subject("network.json", folder / NETWORK_FILE, loaded)
    yield Subject("run.json", folder / RUN_FILE, lambda: (is_finished(folder), model_card(folder, {})))
    yield Subject("config.json", folder / CONFIG_FILE, claimed)


def _bytes_of(arrays: dict[str, np.ndarray]) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in arrays.items()}
