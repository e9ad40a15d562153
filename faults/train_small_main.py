"""Train a small run with a checkpoint after every step; what the campaigns kill, starve and stop.

Example: python -m faults.train_small_main --data data/tfrecords --run runs/small

It prints a line as it begins and ends a part of the training, and can be told to wait in one, or to find no room.
"""

import dataclasses
import errno
import os
from collections.abc import Callable
from typing import Any

from absl import flags

from common import atomic_files, command_line
from faults.training_marks import ENDS, IN_STEP, IN_TEACHER, IN_VALIDATION, MARKS
from training import feed, loop
from training.config import MODELS, TrainingConfig
from training.stop_signals import STOP_WITHIN_S
from training.teacher import FrozenTeacher

_DATA = flags.DEFINE_string("data", None, "Folder of TFRecord shards with what the model takes.", required=True)
_RUN = flags.DEFINE_string("run", None, "Run folder.", required=True)
_MODEL = flags.DEFINE_enum("model", "supervised_hearnet", MODELS, "Kind of run; a student imitates a random network.")
_EPOCHS = flags.DEFINE_integer("epochs", 3, "Passes over the training split.")
_HOLD = flags.DEFINE_enum("hold", None, MARKS, "Wait here, each time, until a byte comes from standard input.")
_NO_ROOM = flags.DEFINE_integer("no_room", 0, "Which flush of a file or folder to the disk finds no room; 0: none.")
_STOP_WITHIN = flags.DEFINE_float("stop_within_s", STOP_WITHIN_S, "Seconds from a signal to the end.")


def main() -> None:
    """Train, and print where it stands."""
    imitates = _MODEL.value == "student"
    config = TrainingConfig(
        data_dir=_DATA.value,
        run_dir=_RUN.value,
        model=_MODEL.value,
        epochs=_EPOCHS.value,
        batch_size=4,
        learning_rate=1e-3,
        first_filters=16,
        checkpoint_every_steps=1,
        alpha=0.5 if imitates else 0.0,
        teacher_control="one_microphone" if imitates else "none",
    )
    _announce_parts()
    if _NO_ROOM.value:
        _find_no_room(_NO_ROOM.value)
    loop.repeat_exactly()
    loop.train(config, lambda step: print(f"step {step}", flush=True), _STOP_WITHIN.value)


def _announce_parts() -> None:
    """Put what prints around the compiled functions in their place."""
    make_train_step, make_validation_step = loop.make_train_step, loop.make_validation_step
    make_teacher = feed.frozen_teacher
    loop.make_train_step = lambda *given: _announced(IN_STEP, make_train_step(*given))
    loop.make_validation_step = lambda task: _announced(IN_VALIDATION, make_validation_step(task))

    def announced_teacher(config: TrainingConfig) -> FrozenTeacher:
        teacher = make_teacher(config)
        return dataclasses.replace(teacher, outputs=_announced(IN_TEACHER, teacher.outputs))

    feed.frozen_teacher = announced_teacher


def _announced(mark: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def announced(*inputs: Any) -> Any:
        print(mark, flush=True)
        if _HOLD.value == mark:
            # Not interrupted by a first signal, as a long operation of TensorFlow is not.
            os.read(0, 1)
        results = function(*inputs)
        print(ENDS[mark], flush=True)
        return results

    return announced


def _find_no_room(number: int) -> None:
    """Let one flush fail as on a full disk: the one before a file gets its name, or the one after."""
    flush, count = atomic_files._flush_to_disk, 0

    def flush_or_fail(path: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        flush(path)

    atomic_files._flush_to_disk = flush_or_fail


if __name__ == "__main__":
    command_line.run(main)
