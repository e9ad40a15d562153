"""`history.csv` and the TensorBoard scalars of a run."""

import contextlib
import csv
import errno
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType

import tensorflow as tf

from common.atomic_files import write_text
from common.command_line import EXPECTED_OS_ERRORS

HISTORY_FILE = "history.csv"


@dataclass(frozen=True)
class EpochRecord:
    """One row of the history; `validation_accuracy` is None where there was no validation, or it had no triplet."""

    epoch: int
    mining: str
    steps: int
    loss: float
    task_loss: float
    transfer_loss: float
    validation_accuracy: float | None
    seconds: float
    samples_per_second: float


def write_history(run_dir: Path | str, records: Sequence[EpochRecord]) -> None:
    """Write all rows atomically; numbers as Python prints them, so that reading gives the same float64."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(EpochRecord)], lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({name: "" if value is None else value for name, value in asdict(record).items()})
    write_text(Path(run_dir) / HISTORY_FILE, text.getvalue())


class ScalarLog:
    """TensorBoard scalars of a run, in its folder `tensorboard/`; without a folder nothing is written.

    Everything here raises OSError when the file cannot be written.
    """

    def __init__(self, run_dir: Path | str | None) -> None:
        self._folder = None if run_dir is None else Path(run_dir) / "tensorboard"
        with _as_os_errors(self._folder):
            self._writer = (
                tf.summary.create_noop_writer()
                if self._folder is None
                else tf.summary.create_file_writer(str(self._folder))
            )

    def __enter__(self) -> "ScalarLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with _as_os_errors(self._folder):
            self._writer.close()

    def step(self, step: int, losses: dict[str, float]) -> None:
        """Log the losses of one step."""
        with _as_os_errors(self._folder), self._writer.as_default(step=step):
            for name, value in losses.items():
                tf.summary.scalar(f"step/{name}", value)

    def epoch(self, record: EpochRecord) -> None:
        """Log one epoch, and write everything out."""
        with _as_os_errors(self._folder), self._writer.as_default(step=record.epoch):
            tf.summary.scalar("epoch/loss", record.loss)
            tf.summary.scalar("epoch/samples_per_second", record.samples_per_second)
            if record.validation_accuracy is not None:
                tf.summary.scalar("epoch/validation_accuracy", record.validation_accuracy)
            self._writer.flush()


@contextlib.contextmanager
def _as_os_errors(folder: Path | None) -> Iterator[None]:
    """Raise what TensorFlow makes of a full disk or a missing right as the operating system's error that it was.

    Its own classes tell little: a file that may not grow is an OutOfRangeError, a file in place of the folder a
    FailedPreconditionError, as a lost worker is.
    """
    try:
        yield
    except tf.errors.OpError as error:
        known = (number for number in sorted(EXPECTED_OS_ERRORS) if os.strerror(number) in error.message)
        number = next(known, errno.EIO)
        raise OSError(number, os.strerror(number), str(folder)) from error
