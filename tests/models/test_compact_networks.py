"""Networks at half their size give the same features to a thousandth, and are refused when damaged."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json, write_sealed_json
from models.compact_networks import save_compact
from models.saved_networks import (
    ROUNDED_FROM,
    build_networks,
    load_networks,
    read_network_description,
    save_networks,
)


def test_features_stay_and_the_size_halves(tmp_path: Path) -> None:
    networks = build_networks("student", 3)
    save_networks(tmp_path / "run", networks, kind="student", seed=3, configuration_hash="c")
    write_sealed_json(
        tmp_path / "run/config.json", {"configuration": {"data_dir": "/far/away/data", "teacher_run": None}}
    )
    (tmp_path / "run/measured").mkdir()
    for name in ("run.json", "history.csv", "measured/data.json", "else.json"):
        (tmp_path / "run" / name).write_text(name, encoding="utf-8")
    size = save_compact(tmp_path / "run", tmp_path / "small")
    assert size < 0.51 * (tmp_path / "run/weights.npz").stat().st_size
    sound = np.random.default_rng(0).normal(size=(4, 200, 1, 257)).astype(np.float32)
    wanted, found = (each["hearnet"](sound).numpy() for each in (networks, load_networks(tmp_path / "small")))
    cosines = (wanted * found).sum(axis=1) / np.linalg.norm(wanted, axis=1) / np.linalg.norm(found, axis=1)
    assert cosines.min() > 0.9999
    settings = read_sealed_json(tmp_path / "small/config.json", "train again")["configuration"]
    assert settings == {"data_dir": "data", "teacher_run": None}
    files = {str(path.relative_to(tmp_path / "small")) for path in (tmp_path / "small").rglob("*.*")}
    described = {"config.json", "network.json", "weights.npz"}
    assert files == described | {"run.json", "history.csv", "measured/data.json"}
    of_run, of_small = (read_network_description(tmp_path / name) for name in ("run", "small"))
    assert of_small[ROUNDED_FROM] == of_run["weights_sha256"] != of_small["weights_sha256"]
    (tmp_path / "small/weights.npz").write_bytes(b"")
    with pytest.raises(AcousticImagesError, match="damaged"):
        load_networks(tmp_path / "small")
    with pytest.raises(AcousticImagesError, match="the run itself"):
        save_compact(tmp_path / "run", tmp_path / "run")
