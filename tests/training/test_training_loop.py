import csv
import errno
import itertools
import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from common import atomic_files
from common.errors import AcousticImagesError
from faults.training_dataset import write_training_dataset
from models.audio_visual import audio_vector_from_hearnet
from models.saved_networks import build_networks, load_networks, weight_arrays
from tests.training.small_networks import use_small_networks
from tfrecords_schema.reader import WindowReader
from training import loop
from training.augmentation import mask_spectrograms
from training.config import TrainingConfig, preset_config
from training.feed import Feed
from training.loop import train
from training.optimizers import Optimizer
from training.steps import make_task, make_train_step
from training.teacher import frozen_teacher


class KilledError(Exception):
    pass


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_training_dataset(tmp_path_factory.mktemp("data"))


def config(data: Path, run: Path, **changes: Any) -> TrainingConfig:
    # Six windows in batches of two: three steps an epoch, the second epoch with the hardest triplets.
    sizes = {"epochs": 2, "batch_size": 2, "hardest_from_epoch": 1, "learning_rate": 1e-3}
    fields = {"model": "teacher", **sizes, **changes}
    return preset_config("paper", data_dir=str(data), run_dir=str(run), **fields)


def weights_of(run: Path) -> dict[str, np.ndarray]:
    return weight_arrays(load_networks(run))


def assert_same_run(first: Path, second: Path) -> None:
    wanted, found = weights_of(first), weights_of(second)
    assert set(wanted) == set(found)
    assert all(np.array_equal(wanted[name], found[name]) for name in wanted)
    timeless = [[row[:-2] for row in csv.reader((run / "history.csv").open())] for run in (first, second)]
    assert timeless[0] == timeless[1]


def at_step(number: int, action: Callable[[], None]) -> Callable[[int], None]:
    return lambda step: action() if step == number else None


def kill() -> None:
    raise KilledError


def terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def no_room_at_flush(number: int) -> Callable[[Path], None]:
    """Return what lets all flushes of a file or folder to the disk pass but one."""
    flush, numbers = atomic_files._flush_to_disk, itertools.count(1)

    def flush_or_fail(path: Path) -> None:
        if next(numbers) == number:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        flush(path)

    return flush_or_fail


def test_training_on_a_dataset_at_an_address_ends_as_on_one_in_a_folder(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    root = tmp_path / "second root"
    shutil.copytree(data, root / "data")
    opened: list[str] = []
    whole = tf.io.gfile.GFile
    monkeypatch.setattr(tf.io.gfile, "GFile", lambda name, mode: opened.append(name) or whole(name, mode))
    train(config(data, tmp_path / "folder", epochs=1))
    assert not opened
    train(config(Path(f"file://{root}/data"), tmp_path / "address", epochs=1))
    # Each of the six windows once, by its own opening.
    assert opened.count(f"file://{root}/data/train-00000.tfrecord") == 6
    assert_same_run(tmp_path / "folder", tmp_path / "address")


def test_a_stopped_or_killed_run_ends_bit_for_bit_as_one_that_was_not(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    train(config(data, tmp_path / "whole"))
    stopped = config(data, tmp_path / "stopped")
    for step in (2, 3, 4):
        with pytest.raises(KeyboardInterrupt):
            train(stopped, at_step(step, terminate))
    train(stopped)
    assert_same_run(tmp_path / "whole", tmp_path / "stopped")
    killed = config(data, tmp_path / "killed", checkpoint_every_steps=2)
    with pytest.raises(KilledError):
        train(killed, at_step(5, kill))
    train(killed)
    assert_same_run(tmp_path / "whole", tmp_path / "killed")
    full = config(data, tmp_path / "full", checkpoint_every_steps=1)
    # The configuration; the first checkpoint's arrays, which have their name by then but no description.
    for number, file in ((1, "config"), (6, "checkpoints")):
        with monkeypatch.context() as patch, pytest.raises(OSError, match=f"No space left on device: .*{file}"):
            patch.setattr(atomic_files, "_flush_to_disk", no_room_at_flush(number))
            train(full)
    train(full)
    assert_same_run(tmp_path / "whole", tmp_path / "full")


def test_a_checkpoint_is_overdue_after_a_while(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_networks(monkeypatch)
    monkeypatch.setattr(loop, "_SECONDS_BETWEEN_CHECKPOINTS", 0.0)
    with pytest.raises(KilledError):
        train(config(data, tmp_path), at_step(2, kill))
    assert [path.name for path in (tmp_path / "checkpoints").glob("*.json")] == ["epoch-0000-step-00000001.json"]


def test_fewer_validations_leave_the_weights_as_they_are(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    train(config(data, tmp_path / "each", epochs=3))
    train(config(data, tmp_path / "second", epochs=3, validate_every_epochs=2))
    wanted, found = weights_of(tmp_path / "each"), weights_of(tmp_path / "second")
    assert all(np.array_equal(wanted[name], found[name]) for name in wanted)
    each, second = (pd.read_csv(tmp_path / run / "history.csv")["validation_accuracy"] for run in ("each", "second"))
    assert second.isna().tolist() == [True, False, False]
    assert second[1:].tolist() == each[1:].tolist()


@pytest.mark.slow
def test_the_papers_networks_resume_bit_for_bit(data: Path, tmp_path: Path) -> None:
    changes = {"epochs": 1, "hardest_from_epoch": 0}
    train(config(data, tmp_path / "whole", **changes))
    stopped = config(data, tmp_path / "stopped", **changes)
    with pytest.raises(KeyboardInterrupt):
        train(stopped, at_step(1, terminate))
    train(stopped)
    assert_same_run(tmp_path / "whole", tmp_path / "stopped")


def test_a_student_hears_its_frozen_teacher(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_networks(monkeypatch)
    teacher = tmp_path / "teacher"
    train(config(data, teacher))
    before = weights_of(teacher)
    student = config(
        data, tmp_path / "student", model="student", alpha=0.5, teacher_run=str(teacher), spectrogram_masks=True
    )
    with pytest.raises(KeyboardInterrupt):
        train(student, at_step(2, terminate))
    train(student)
    assert all(np.array_equal(array, before[name]) for name, array in weights_of(teacher).items())
    rows = list(csv.DictReader((tmp_path / "student" / "history.csv").open()))
    assert [row["mining"] for row in rows] == ["all", "hardest"]
    assert all(float(row["transfer_loss"]) > 0 for row in rows)
    assert all(0 <= float(row["validation_accuracy"]) <= 1 for row in rows)
    assert set(load_networks(tmp_path / "student", "student")) == {"hearnet", "resnet18"}
    assert list((tmp_path / "student" / "tensorboard").iterdir())
    with pytest.raises(AcousticImagesError, match="wanted a teacher"):
        train(config(data, tmp_path / "x", model="student", alpha=0.5, teacher_run=str(tmp_path / "student")))
    assert not (tmp_path / "x").exists()


def test_the_control_of_one_microphone_is_a_fixed_random_network_but_not_the_students_first(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    student = config(data, tmp_path / "run", model="student", alpha=0.5, teacher_control="one_microphone")
    teacher, again = frozen_teacher(student), frozen_teacher(student)
    assert teacher.modality == "waveform"
    batch = next(Feed(WindowReader(data), "train", ("waveform",)).batches([np.arange(4)]))
    vectors = teacher.outputs(batch).numpy()
    np.testing.assert_array_equal(vectors, again.outputs(batch).numpy())
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    own = audio_vector_from_hearnet(build_networks("student", student.seed)["hearnet"](batch["spectrogram"])).numpy()
    assert np.abs(vectors - own).max() > 0.01


def test_a_finished_run_is_left_alone_and_another_configuration_refused(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    run = config(data, tmp_path / "run", epochs=1)
    train(run)
    written = (tmp_path / "run" / "weights.npz").stat().st_mtime_ns
    assert "nothing to do" in train(run, after_step=lambda step: kill())
    assert (tmp_path / "run" / "weights.npz").stat().st_mtime_ns == written
    told = json.loads((tmp_path / "run" / "run.json").read_text())
    assert told["finished"] is True
    assert told["data"]["manifest_hash"] == told["manifest_hash"]
    # Three recordings a split, of two windows of two seconds each: 12 s.
    assert told["data"]["recordings"] == {"train": 3, "validation": 3, "test": 0}
    assert told["data"]["hours"] == {"train": 0.003, "validation": 0.003, "test": 0.0}
    with pytest.raises(AcousticImagesError, match=r"learning_rate 0.001 \(now 0.01\)"):
        train(config(data, tmp_path / "run", epochs=1, learning_rate=0.01))


def test_a_dataset_without_the_modality_is_refused(tmp_path: Path) -> None:
    audio_only = write_training_dataset(tmp_path / "data", ("waveform",))
    with pytest.raises(AcousticImagesError, match="acoustic_images, video"):
        Feed(WindowReader(audio_only), "train", ("acoustic_images", "video"))


def test_a_first_step_of_adam_moves_by_the_learning_rate_against_the_gradient(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    run = config(data, Path("unused"), weight_decay=0.0)
    networks = build_networks("teacher", 0)
    optimizer = Optimizer(run, networks)
    task = make_task(networks, run)
    feed = Feed(WindowReader(data), "train", task.modalities)
    (batch,) = feed.batches([np.array([0, 1, 2, 4])])
    step = make_train_step(task, optimizer, run)
    before = weight_arrays(networks)["dualcamnet/conv3/kernel"]
    first = step(batch, tf.constant(False))
    moved = weight_arrays(networks)["dualcamnet/conv3/kernel"] - before
    np.testing.assert_allclose(np.abs(moved).max(), 1e-3, rtol=1e-2)
    assert float(first["loss"]) == float(first["task_loss"]) > 0
    for _ in range(20):
        last = step(batch, tf.constant(False))
    assert float(last["loss"]) < float(first["loss"])


def test_masks_are_drawn_by_seed_and_step_and_only_blank() -> None:
    spectrograms = tf.ones([3, 200, 1, 257])
    first = mask_spectrograms(spectrograms, 1, 2).numpy()
    np.testing.assert_array_equal(first, mask_spectrograms(spectrograms, 1, 2).numpy())
    assert set(np.unique(first)) == {0.0, 1.0}
    assert (first == 0).mean() < 0.25
    assert not np.array_equal(first, mask_spectrograms(spectrograms, 1, 3).numpy())
