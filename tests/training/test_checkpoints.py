from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from common.errors import AcousticImagesError
from models.saved_networks import Networks, build_networks, weight_arrays
from tests.training.small_networks import use_small_networks
from training.checkpoints import Position, restore_latest, save_checkpoint
from training.config import OPTIMIZERS, preset_config
from training.history import EpochRecord
from training.optimizers import Optimizer, trained_variables

RECORD = EpochRecord(0, "all", 3, 0.1 + 0.2, 0.1, 0.0, None, 1.5, 2.5)


@pytest.fixture(autouse=True)
def _small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_networks(monkeypatch)


def start(kind: str = "teacher", optimizer: str = "adam") -> tuple[Networks, Optimizer]:
    networks = build_networks(kind, seed=0)
    config = preset_config("paper", data_dir="d", run_dir="r", model=kind, optimizer=optimizer)
    return networks, Optimizer(config, networks)


def take_step(networks: Networks, optimizer: Optimizer) -> None:
    optimizer.apply([tf.ones_like(variable) for variable in trained_variables(networks)])


def position(step: int, epoch: int = 0) -> Position:
    return Position(0, step, epoch, step, {"loss": 1 / 3}, 0.5, (RECORD,))


@pytest.mark.parametrize("optimizer_name", OPTIMIZERS)
def test_weights_optimizer_and_position_come_back(tmp_path: Path, optimizer_name: str) -> None:
    networks, optimizer = start(optimizer=optimizer_name)
    take_step(networks, optimizer)
    save_checkpoint(tmp_path, networks, optimizer, position(1), "hash")
    other_networks, other_optimizer = start(optimizer=optimizer_name)
    assert restore_latest(tmp_path, other_networks, other_optimizer, "hash") == position(1)
    # The next step depends on all that the optimiser remembers.
    take_step(networks, optimizer)
    take_step(other_networks, other_optimizer)
    without_average = weight_arrays(networks)["resnet18/conv1/kernel"]
    optimizer.finish()
    averaged = not np.array_equal(without_average, weight_arrays(networks)["resnet18/conv1/kernel"])
    assert averaged == (optimizer_name == "adam_moving_average")
    other_optimizer.finish()
    wanted, found = weight_arrays(networks), weight_arrays(other_networks)
    assert all(np.array_equal(wanted[name], found[name]) for name in wanted)


def test_the_last_two_are_kept_and_a_damaged_newest_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    networks, optimizer = start()
    for step, epoch in ((2, 0), (3, 0), (3, 1)):
        newest = save_checkpoint(tmp_path, networks, optimizer, position(step, epoch), "hash")
    assert len(list((tmp_path / "checkpoints").iterdir())) == 4
    arrays = newest.with_suffix(".npz")
    arrays.write_bytes(arrays.read_bytes()[:-100])
    assert restore_latest(tmp_path, networks, optimizer, "hash") == position(3, 0)
    assert "warning" in capsys.readouterr().err
    for file in (tmp_path / "checkpoints").glob("*.json"):
        file.write_text("{")
    with pytest.raises(AcousticImagesError, match="no whole checkpoint"):
        restore_latest(tmp_path, networks, optimizer, "hash")


def test_no_checkpoint_is_no_error(tmp_path: Path) -> None:
    assert restore_latest(tmp_path, *start(), "hash") is None


def test_a_checkpoint_of_another_network_or_configuration_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, *start(), position(1), "hash")
    with pytest.raises(AcousticImagesError, match="another configuration"):
        restore_latest(tmp_path, *start(), "other")
    with pytest.raises(AcousticImagesError, match=r"another (network|optimiser)"):
        restore_latest(tmp_path, *start("student"), "hash")
