from pathlib import Path

import numpy as np
import pytest

from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json, write_sealed_json
from models.saved_networks import (
    assign_weights,
    build_networks,
    load_networks,
    named_weights,
    save_networks,
    weight_arrays,
)
from tests.training.small_networks import use_small_networks


@pytest.fixture(autouse=True)
def _small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    use_small_networks(monkeypatch)


def save(folder: Path, kind: str = "teacher") -> dict[str, np.ndarray]:
    networks = build_networks(kind, seed=5)
    save_networks(folder, networks, kind=kind, seed=5, configuration_hash="c")
    return weight_arrays(networks)


def test_weights_come_back_bit_for_bit(tmp_path: Path) -> None:
    saved = save(tmp_path)
    loaded = weight_arrays(load_networks(tmp_path, "teacher"))
    assert set(loaded) == set(saved)
    assert all(np.array_equal(loaded[name], saved[name]) for name in saved)


def test_names_are_network_layer_and_weight() -> None:
    names = set(named_weights(build_networks("student", seed=0)))
    assert {"hearnet/fc2/kernel", "resnet18/conv1/kernel", "resnet18/conv1/norm/moving_variance"} <= names


def test_the_seed_decides_the_weights() -> None:
    first, again, other = (weight_arrays(build_networks("teacher", seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["resnet18/conv1/kernel"], other["resnet18/conv1/kernel"])


@pytest.mark.parametrize("options", [{"first_filters": 10**9}, {"num_classes": "10"}, {"input_reduction": 0}, {"x": 1}])
def test_options_that_no_run_has_are_refused(tmp_path: Path, options: dict[str, object]) -> None:
    save(tmp_path)
    path = tmp_path / "network.json"
    description = read_sealed_json(path, "train again")
    write_sealed_json(path, {**description, "options": {**description["options"], **options}})
    with pytest.raises(AcousticImagesError, match="unreadable description"):
        load_networks(tmp_path)


def test_missing_and_extra_weights_are_both_listed(tmp_path: Path) -> None:
    arrays = save(tmp_path)
    arrays["resnet18/other/kernel"] = arrays.pop("resnet18/conv1/kernel")
    networks = build_networks("teacher", seed=0)
    before = weight_arrays(networks)
    with pytest.raises(AcousticImagesError, match=r"missing: resnet18/conv1/kernel; extra: resnet18/other/kernel"):
        assign_weights(networks, arrays, "file.npz")
    assert all(np.array_equal(array, before[name]) for name, array in weight_arrays(networks).items())


def test_a_weight_of_another_shape_is_refused(tmp_path: Path) -> None:
    arrays = save(tmp_path)
    arrays["resnet18/conv1/kernel"] = arrays["resnet18/conv1/kernel"][..., :64]
    with pytest.raises(AcousticImagesError, match=r"resnet18/conv1/kernel of shape"):
        assign_weights(build_networks("teacher", seed=0), arrays, "file.npz")


def test_another_kind_of_run_is_refused(tmp_path: Path) -> None:
    save(tmp_path, "student")
    with pytest.raises(AcousticImagesError, match="found a run of a student, wanted a teacher"):
        load_networks(tmp_path, "teacher")


def test_damage_a_later_format_and_no_run_are_told(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match="wanted a finished run"):
        load_networks(tmp_path)
    save(tmp_path)
    weights = tmp_path / "weights.npz"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(AcousticImagesError, match="damaged"):
        load_networks(tmp_path)
    description = read_sealed_json(tmp_path / "network.json", "")
    write_sealed_json(tmp_path / "network.json", {**description, "format_version": 99})
    with pytest.raises(AcousticImagesError, match="format 99"):
        load_networks(tmp_path)
