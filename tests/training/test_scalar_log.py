"""What cannot be written into the scalar log is told as the operating system's error, whatever TensorFlow calls it."""

import contextlib
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from training.distribution import Replicas
from training.history import ScalarLog


@contextlib.contextmanager
def files_of_at_most(num_bytes: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def log_steps(scalars: ScalarLog) -> None:
    for step in range(100):
        scalars.step(step, {"loss": 1.0, "task_loss": 1.0})


def test_a_log_without_room_is_told_and_no_lost_worker(tmp_path: Path) -> None:
    first_of_two = Replicas(None, 0, 2)
    with (
        pytest.raises(OSError, match=r"File too large: '.*tensorboard'"),
        files_of_at_most(300),
        first_of_two.watch(),
        ScalarLog(tmp_path) as scalars,
    ):
        log_steps(scalars)
    (tmp_path / "run").mkdir()
    (tmp_path / "run/tensorboard").touch()
    with pytest.raises(NotADirectoryError, match="run/tensorboard"), first_of_two.watch():
        ScalarLog(tmp_path / "run")
