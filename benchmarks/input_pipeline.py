"""Building and reading windows: times real time, bytes, and samples a second for every subset of modalities."""

import os
import shutil
import tempfile
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.timing import Figures, median_seconds
from benchmarks.training_step import step_seconds
from data_prep.build import BuildConfig, build_dataset
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.dataset import simulate_dataset
from tfrecords_schema.reader import WindowReader, iterate
from tfrecords_schema.schema import RecordFormat

MODALITIES = ("acoustic_images", "waveform", "video")
SUBSETS = tuple(subset for size in (1, 2, 3) for subset in combinations(MODALITIES, size))
# What the authors' loader made, all three modalities (docs/fidelity.md has the source).
AUTHORS_SAMPLES_PER_SECOND = 26.0


@dataclass(frozen=True)
class Size:
    """The simulated dataset that is read, and the batch that a training step takes of it."""

    class_names: tuple[str, ...] = ("drone", "drill")
    recordings_per_class: int = 4
    seconds: int = 16
    batch: int = 16


def measure(size: Size) -> Figures:
    """Return samples a second by subset, what a step consumes, and bytes a recorded second."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _simulate(root / "raw", size)
        recorded_s = len(size.class_names) * size.recordings_per_class * size.seconds
        build_s = median_seconds(lambda: _build(root))
        reader = WindowReader(root / "data")
        figures = _reading_figures(reader, root / "data", size)
        stored = sum(path.stat().st_size for path in (root / "data").glob("*.tfrecord"))
        plain = len(reader.index) * _plain_bytes(reader.manifest.record_format)
    # The consumer that needs most: the student's step in bfloat16 reads sound and video.
    consumed = size.batch / step_seconds("student", size.batch, mixed_precision=True)
    return {
        **figures,
        "build_times_real_time": recorded_s / build_s,
        "student_bfloat16_step_samples_per_second": consumed,
        "all_three_over_consumption": figures["all_three_warm_samples_per_second"] / consumed,
        "all_three_cold_over_consumption": figures["all_three_cold_samples_per_second"] / consumed,
        "waveform_and_video_over_consumption": figures["waveform_and_video_warm_samples_per_second"] / consumed,
        "all_three_over_authors_loader": figures["all_three_warm_samples_per_second"] / AUTHORS_SAMPLES_PER_SECOND,
        "megabytes_per_recorded_second": stored / recorded_s / 1e6,
        "bytes_over_plain_float32_and_uint8": stored / plain,
    }


def _simulate(folder: Path, size: Size) -> None:
    simulate_dataset(
        SimulationConfig(
            folder,
            recordings_per_class=size.recordings_per_class,
            seconds=size.seconds,
            class_names=size.class_names,
            workers=os.cpu_count() or 1,
        )
    )


def _build(root: Path) -> None:
    shutil.rmtree(root / "data", ignore_errors=True)
    build_dataset(BuildConfig(root / "raw", root / "data", workers=os.cpu_count() or 1))


def _plain_bytes(record_format: RecordFormat) -> int:
    """Return the bytes of one window as plain arrays: float32, pictures as uint8."""
    return sum(int(np.prod(field.shape)) * (1 if field.modality == "video" else 4) for field in record_format.fields())


def _reading_figures(reader: WindowReader, data_dir: Path, size: Size) -> Figures:
    once = np.arange(len(reader.index))
    figures: Figures = {}
    for subset in SUBSETS:
        name = "all_three" if subset == MODALITIES else "_and_".join(subset)
        many = np.tile(once, 4)
        warm_s = median_seconds(lambda: _read(reader, many, subset, size.batch))  # noqa: B023
        figures[f"{name}_warm_samples_per_second"] = len(many) / warm_s

    def read_cold() -> None:
        _forget(data_dir)
        _read(reader, once, MODALITIES, size.batch)

    cold_s = median_seconds(read_cold)
    figures["all_three_cold_samples_per_second"] = len(once) / cold_s
    return figures


def _read(reader: WindowReader, rows: np.ndarray, modalities: tuple[str, ...], batch: int) -> None:
    for _ in iterate(reader.dataset(rows, modalities, batch)):
        pass


def _forget(data_dir: Path) -> None:
    """Ask the system to drop the shards from its cache, so that they are read from disk."""
    for shard in data_dir.glob("*.tfrecord"):
        descriptor = os.open(shard, os.O_RDONLY)
        try:
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
