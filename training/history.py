"""`history.csv` and the TensorBoard scalars of a run."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import tensorflow as tf

from common.atomic_files import write_text

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
    """TensorBoard scalars of a run, in its folder `tensorboard/`; without a folder nothing is written."""

    def __init__(self, run_dir: Path | str | None) -> None:
        self._writer = (
            tf.summary.create_noop_writer()
            if run_dir is None
            else tf.summary.create_file_writer(str(Path(run_dir) / "tensorboard"))
        )

    def step(self, step: int, losses: dict[str, float]) -> None:
        """Log the losses of one step."""
        with self._writer.as_default(step=step):
            for name, value in losses.items():
                tf.summary.scalar(f"step/{name}", value)

    def epoch(self, record: EpochRecord) -> None:
        """Log one epoch, and write everything out."""
        with self._writer.as_default(step=record.epoch):
            tf.summary.scalar("epoch/loss", record.loss)
            tf.summary.scalar("epoch/samples_per_second", record.samples_per_second)
            if record.validation_accuracy is not None:
                tf.summary.scalar("epoch/validation_accuracy", record.validation_accuracy)
        self._writer.flush()

    def close(self) -> None:
        """Write everything out and close the file."""
        self._writer.close()
