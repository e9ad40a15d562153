"""The kinds of runs beside teacher and student: correspondence, labels, supervised transfer, best weights."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from common.errors import AcousticImagesError
from faults.training_dataset import write_training_dataset
from models.classification import frame_vectors, soft_predictions, window_logits
from models.kinds import NETWORKS_OF_KIND
from models.saved_networks import NetworkOptions, build_networks, load_networks, weight_arrays
from tests.training.small_networks import use_small_networks
from tfrecords_schema.reader import WindowReader
from training.best_weights import restore_best, save_best
from training.classification import ClassificationTask
from training.config import TrainingConfig, preset_config
from training.correspondence import CorrespondenceTask, other_recordings
from training.feed import Feed
from training.loop import train
from training.task import IDENTITY, LABELS, TEACHER_OUTPUTS
from training.teacher import frozen_teacher


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_training_dataset(tmp_path_factory.mktemp("data"))


def config(data: Path, run: Path, model: str, **changes: Any) -> TrainingConfig:
    sizes = {"epochs": 2, "batch_size": 2, "learning_rate": 1e-3, **changes}
    return preset_config("paper", data_dir=str(data), run_dir=str(run), model=model, **sizes)


@pytest.mark.parametrize("kind", [kind for kind in NETWORKS_OF_KIND if kind not in ("teacher", "student")])
def test_every_kind_trains_and_is_loaded_back(
    kind: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    train(config(data, tmp_path / "run", kind))
    before = weight_arrays(build_networks(kind, 0, NetworkOptions(num_classes=1)))
    after = weight_arrays(load_networks(tmp_path / "run", kind))
    assert list(before) == list(after)
    assert kind.startswith("supervised") or any(not np.array_equal(before[name], after[name]) for name in before)


def test_supervised_transfer_takes_the_supervised_teacher(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_networks(monkeypatch)
    train(config(data, tmp_path / "teacher", "supervised_dualcamnet"))
    teacher = str(tmp_path / "teacher")
    train(config(data, tmp_path / "student", "supervised_hearnet", alpha=0.5, teacher_run=teacher))
    with open(tmp_path / "student/history.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 2
    with pytest.raises(AcousticImagesError, match="found a run of a supervised_dualcamnet, wanted a teacher"):
        train(config(data, tmp_path / "other", "student", alpha=0.5, teacher_run=teacher))
    control = config(data, tmp_path / "other", "student", alpha=0.5, teacher_run=teacher, teacher_control="supervised")
    batch = next(Feed(WindowReader(data), "train", ("acoustic_images",)).batches([np.arange(4)]))
    vectors = frozen_teacher(control).outputs(batch).numpy()
    # Not class probabilities, but what they are made of.
    summed = frame_vectors(load_networks(teacher, "supervised_dualcamnet"), batch).numpy().sum(axis=1)
    np.testing.assert_allclose(vectors, summed / np.linalg.norm(summed, axis=1, keepdims=True), atol=1e-5)
    with pytest.raises(AcousticImagesError, match=r"alpha: found 0\.5 for a l3net"):
        config(data, tmp_path / "none", "l3net", alpha=0.5)


def test_losses_from_labels_and_soft_predictions_by_hand() -> None:
    frames = tf.math.log(tf.constant([[[0.5, 0.5], [0.8, 0.2]]]))
    np.testing.assert_allclose(soft_predictions(frames), [[0.65, 0.35]], rtol=1e-6)
    np.testing.assert_allclose(tf.nn.softmax(window_logits(frames)), [[2 / 3, 1 / 3]], rtol=1e-6)
    networks = {
        "hearnet": tf.keras.Sequential(
            [tf.keras.layers.Flatten(input_shape=(2, 1, 2)), tf.keras.layers.Lambda(lambda x: x[:, :2])]
        ),
        "classifier": tf.keras.Sequential([tf.keras.layers.Lambda(tf.math.log, input_shape=(None, 2))]),
    }
    task = ClassificationTask(networks, config(Path("d"), Path("r"), "supervised_hearnet", alpha=0.25, teacher_run="t"))
    inputs = {
        "spectrogram": tf.constant([[[[0.9, 0.1]], [[0.0, 0.0]]], [[[0.4, 0.6]], [[0.0, 0.0]]]]),
        LABELS: tf.constant([0, 0]),
        TEACHER_OUTPUTS: tf.constant([[1.0, 0.0], [0.5, 0.5]]),
    }
    losses = task.losses(inputs, tf.constant(False))
    hard = -(np.log(0.9) + np.log(0.4)) / 2
    soft = -(np.log(0.9) + 0.5 * np.log(0.4) + 0.5 * np.log(0.6)) / 2
    assert float(losses["task_loss"]) == pytest.approx(hard, rel=1e-5)
    assert float(losses["transfer_loss"]) == pytest.approx(soft, rel=1e-5)
    assert float(losses["loss"]) == pytest.approx(0.75 * hard + 0.25 * soft, rel=1e-5)
    accuracy, windows = task.accuracy(inputs)
    assert (float(accuracy), int(windows)) == (0.5, 2)


def test_a_sound_is_shown_the_next_video_of_another_recording() -> None:
    others, found = other_recordings(tf.constant([4, 4, 7, 4, 9]))
    assert others.numpy().tolist() == [2, 2, 3, 4, 0]
    assert found.numpy().tolist() == [1.0] * 5
    _, found = other_recordings(tf.constant([4, 4]))
    assert found.numpy().tolist() == [0.0, 0.0]


def test_an_undecided_network_has_the_entropy_of_two_answers() -> None:
    networks = build_networks("l3net", 0, NetworkOptions(input_reduction=16))
    networks["correspondence"].set_weights([np.zeros_like(array) for array in networks["correspondence"].get_weights()])
    task = CorrespondenceTask(networks, config(Path("d"), Path("r"), "l3net"))
    draw = np.random.default_rng(0)
    inputs = {
        "spectrogram": tf.constant(draw.normal(size=(3, 200, 1, 257)), tf.float32),
        "frames": tf.constant(draw.normal(size=(3, 1, 224, 298, 3)), tf.float32),
        IDENTITY: tf.constant([1, 1, 2]),
    }
    assert float(task.losses(inputs, tf.constant(False))["loss"]) == pytest.approx(np.log(2), rel=1e-5)
    accuracy, pairs = task.accuracy(inputs)
    assert (float(accuracy), float(pairs)) == (0.5, 6.0)


def test_the_best_weights_come_back(tmp_path: Path) -> None:
    networks = {"classifier": build_networks("supervised_hearnet", 0, NetworkOptions(num_classes=2))["classifier"]}
    wanted = weight_arrays(networks)
    save_best(tmp_path, networks)
    networks["classifier"].set_weights([np.zeros_like(array) for array in networks["classifier"].get_weights()])
    restore_best(tmp_path, networks)
    assert all(np.array_equal(wanted[name], array) for name, array in weight_arrays(networks).items())
    (tmp_path / "checkpoints/best.npz").write_bytes(b"damaged")
    with pytest.raises(AcousticImagesError, match=r"best\.npz"):
        restore_best(tmp_path, networks)
