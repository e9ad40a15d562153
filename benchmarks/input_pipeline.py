"""Reading windows: samples a second for every subset of modalities."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import Figures, median_seconds
from data_prep.build import BuildConfig, build_dataset
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.dataset import simulate_dataset
from tfrecords_schema.reader import WindowReader, iterate

SUBSETS: dict[str, tuple[str, ...]] = {
    "acoustic_images": ("acoustic_images",),
    "waveform": ("waveform",),
    "video": ("video",),
    "all_three": ("acoustic_images", "waveform", "video"),
}
# What the authors' loader made, all three modalities (docs/fidelity.md has the source).
AUTHORS_SAMPLES_PER_SECOND = 26.0


@dataclass(frozen=True)
class Size:
    """The simulated dataset that is read."""

    class_names: tuple[str, ...] = ("drone", "drill")
    recordings_per_class: int = 4
    seconds: int = 16
    batch: int = 16


def measure(size: Size) -> Figures:
    """Return samples a second by subset, and bytes a recorded second against uncompressed storage."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        simulate_dataset(
            SimulationConfig(
                root / "raw",
                recordings_per_class=size.recordings_per_class,
                seconds=size.seconds,
                class_names=size.class_names,
                workers=2,
            )
        )
        recorded_s = len(size.class_names) * size.recordings_per_class * size.seconds
        build_s = median_seconds(lambda: _build(root), repeats=1)
        figures = _reading_figures(WindowReader(root / "data"), size)
        num_bytes = sum(path.stat().st_size for path in (root / "data").glob("*.tfrecord"))
    return {
        **figures,
        "all_three_over_authors_loader": figures["all_three_samples_per_second"] / AUTHORS_SAMPLES_PER_SECOND,
        "build_times_real_time": recorded_s / build_s,
        "megabytes_per_recorded_second": num_bytes / recorded_s / 1e6,
    }


def _build(root: Path) -> Any:
    for path in sorted((root / "data").glob("*")):
        path.unlink()
    return build_dataset(BuildConfig(root / "raw", root / "data", workers=2))


def _reading_figures(reader: WindowReader, size: Size) -> Figures:
    rows = np.tile(np.arange(len(reader.index)), 4)

    def samples_per_second(modalities: tuple[str, ...]) -> float:
        def read() -> None:
            for _ in iterate(reader.dataset(rows, modalities, size.batch)):
                pass

        return len(rows) / median_seconds(read)

    return {f"{name}_samples_per_second": samples_per_second(modalities) for name, modalities in SUBSETS.items()}
