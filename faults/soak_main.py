"""Build, verify, train and resume over and over under a memory limit; print memory and open files after each round.

Example: python -m faults.soak_main --minutes 60
"""

import gc
import os
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf
from absl import flags

from common import command_line
from common.errors import AcousticImagesError
from data_prep.build import BuildConfig, build_dataset
from faults.small_files import write_recordings
from tfrecords_schema.verify import verify
from training.config import TrainingConfig
from training.loop import train

_MINUTES = flags.DEFINE_float("minutes", 60.0, "How long.")
_MEMORY_MB = flags.DEFINE_integer("memory_mb", 12_000, "Most address space of the process.")
_MOST_GROWTH = flags.DEFINE_float("most_growth", 0.10, "Part that resident memory may grow after the warm-up.")
_WARM_UP_ROUNDS = 3


class _StoppedError(Exception):
    """Stands for a kill within the process."""


@dataclass(frozen=True)
class _Figures:
    resident_mb: float
    open_files: int


def main() -> int:
    """Go round until the time is over; return 1 when memory grew or files stayed open."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MB.value * 2**20,) * 2)
    figures: list[_Figures] = []
    end = time.monotonic() + 60 * _MINUTES.value
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        raw = write_recordings(Path(scratch) / "raw")
        while time.monotonic() < end or len(figures) <= _WARM_UP_ROUNDS:
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                _go_round(raw, Path(folder))
            # Keras remembers every network of a process, for its names; the commands train one each.
            tf.keras.backend.clear_session()
            gc.collect()
            figures.append(_figures())
            print(
                f"round {len(figures)}: {figures[-1].resident_mb:.0f} MB, {figures[-1].open_files} open files",
                flush=True,
            )
    return _judge(figures)


def _go_round(raw: Path, folder: Path) -> None:
    data, run = folder / "data", folder / "run"
    build_dataset(BuildConfig(raw, data, modalities=("waveform",), split_fractions=(0.5, 0.25, 0.25)))
    problems = verify(data).problems
    if problems:
        raise AcousticImagesError(problems[0])
    config = TrainingConfig(str(data), str(run), "supervised_hearnet", epochs=2, batch_size=2, checkpoint_every_steps=1)
    try:
        train(config, _stop_at_third)
    except _StoppedError:
        train(config)


def _stop_at_third(step: int) -> None:
    if step == 3:
        raise _StoppedError


def _figures() -> _Figures:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return _Figures(pages * resource.getpagesize() / 2**20, len(os.listdir("/proc/self/fd")))


def _judge(figures: list[_Figures]) -> int:
    first, last = figures[_WARM_UP_ROUNDS], figures[-1]
    growth = last.resident_mb / first.resident_mb - 1
    print(
        f"{len(figures)} rounds; after round {_WARM_UP_ROUNDS + 1} {first.resident_mb:.0f} MB and {first.open_files} "
        f"open files, at the end {last.resident_mb:.0f} MB ({growth:+.1%}) and {last.open_files}"
    )
    return int(growth > _MOST_GROWTH.value or last.open_files > first.open_files)


if __name__ == "__main__":
    command_line.run(main)
