"""Build, verify, train and resume over and over in one process; memory, files and threads have to stay as they are.

Example: python -m faults.soak_main --minutes 60

Ctrl-C ends it early; what was seen until then is judged and written as well.
"""

import gc
import os
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import tensorflow as tf
from absl import flags

from common import command_line
from common.atomic_files import write_text
from common.errors import AcousticImagesError
from data_prep.build import BuildConfig, build_dataset
from faults.small_dataset import write_trainable_dataset
from faults.small_files import write_recordings
from faults.soak_judgement import FEWEST_ROUNDS, Figures, judge, page_of, table_of
from tfrecords_schema.verify import verify
from training.config import TrainingConfig
from training.loop import train

_MINUTES = flags.DEFINE_float("minutes", 60.0, "How long.")
_MEMORY_MB = flags.DEFINE_float("memory_mb", 1500.0, "Most resident memory at any time; it ends after a round of more.")
_OUTPUT = flags.DEFINE_string("output", "results/soak.md", "Markdown file to write, beside a CSV file of all rounds.")


class _StoppedError(Exception):
    """Stands for a kill within the process."""


def main() -> int:
    """Go round until the time is over; return 1 when something grew or stayed open."""
    rounds: list[Figures] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        try:
            _go_on(Path(scratch), rounds, began + 60 * _MINUTES.value)
        except KeyboardInterrupt:
            if len(rounds) < 2:
                raise
    return _close(rounds, (time.monotonic() - began) / 60)


def _go_on(scratch: Path, rounds: list[Figures], end: float) -> None:
    raw = write_recordings(scratch / "raw")
    write_trainable_dataset(scratch / "pictures")
    while time.monotonic() < end or len(rounds) < FEWEST_ROUNDS:
        # Makes the kernel forget the peak of the round before.
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            _build_and_train(raw, Path(folder))
            _train_teacher_and_student(str(scratch / "pictures"), folder)
        # Keras remembers every network of a process, for its names; the commands train one each.
        tf.keras.backend.clear_session()
        gc.collect()
        rounds.append(_figures())
        print(f"round {len(rounds)}: {rounds[-1]}", flush=True)
        if rounds[-1].peak_mb > _MEMORY_MB.value:
            return


def _build_and_train(raw: Path, folder: Path) -> None:
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


def _train_teacher_and_student(data: str, folder: str) -> None:
    teacher = TrainingConfig(data, f"{folder}/teacher", "teacher", epochs=1, batch_size=2, first_filters=8)
    train(teacher)
    train(replace(teacher, model="student", run_dir=f"{folder}/student", alpha=0.5, teacher_run=teacher.run_dir))


def _stop_at_third(step: int) -> None:
    if step == 3:
        raise _StoppedError


def _figures() -> Figures:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    children = [file.read_text(encoding="ascii").split() for file in Path("/proc/self/task").glob("*/children")]
    return Figures(
        resident_mb=pages * resource.getpagesize() / 2**20,
        peak_mb=int(status["VmHWM"].split()[0]) / 2**10,
        open_files=len(os.listdir("/proc/self/fd")),
        threads=int(status["Threads"]),
        children=sum(map(len, children)),
    )


def _close(rounds: list[Figures], minutes: float) -> int:
    verdict, output = judge(rounds, _MEMORY_MB.value), Path(_OUTPUT.value)
    heading = f"{len(rounds)} rounds of build, verify, train, stop, resume in one process, {minutes:.0f} minutes."
    write_text(output.with_suffix(".csv"), table_of(rounds))
    write_text(output, page_of(rounds, verdict, heading))
    for problem in verdict.problems:
        print(f"problem: {problem}")
    slope = f"{verdict.mb_per_round:+.2f} MB a round in the second half"
    command_line.close(f"{output}: {len(rounds)} rounds, {slope}, {len(verdict.problems)} problems", f"see {output}")
    return int(bool(verdict.problems))


if __name__ == "__main__":
    command_line.run(main)
