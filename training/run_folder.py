"""A run's folder describes itself: which configuration, which data, which code, finished or not."""

import dataclasses
import subprocess
from pathlib import Path
from typing import Any

import tensorflow as tf

from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json, write_sealed_json
from models.saved_networks import CONFIG_FILE, RUN_FILE, read_network_description
from training.config import TrainingConfig, hash_of


def run_identity(config: TrainingConfig, manifest_hash: str) -> dict[str, Any]:
    """Return all that decides the result: the configuration's values, the data's hash and the teacher's.

    Raises
    ------
    AcousticImagesError
        The teacher's run is not finished, or is no teacher's.
    """
    teacher = None
    if config.alpha > 0 and config.teacher_run:
        teacher = read_network_description(config.teacher_run, config.teacher_kind)["weights_sha256"]
    return {**config.result_fields(), "manifest_hash": manifest_hash, "teacher_weights_sha256": teacher}


def claim_run_folder(config: TrainingConfig, identity: dict[str, Any]) -> None:
    """Write `config.json` into a new run folder, or check that an old one is of the same configuration.

    Raises
    ------
    AcousticImagesError
        The folder belongs to another configuration; every value that differs is named.
    """
    path = Path(config.run_dir) / CONFIG_FILE
    if not path.exists():
        write_sealed_json(path, {"configuration": dataclasses.asdict(config), "identity": identity})
        return
    stored = _read(path).get("identity", {})
    differing = sorted(name for name in {*identity, *stored} if identity.get(name) != stored.get(name))
    if differing:
        changes = ", ".join(f"{name} {stored.get(name)} (now {identity.get(name)})" for name in differing)
        raise AcousticImagesError(f"{path}: found a run with {changes}; name another run folder or delete this one")


def is_finished(run_dir: Path | str) -> bool:
    """Return whether the run has reached its end."""
    path = Path(run_dir) / RUN_FILE
    return path.is_file() and _read(path).get("finished") is True


def write_run_description(
    config: TrainingConfig,
    identity: dict[str, Any],
    data: dict[str, Any],
    *,
    finished: bool,
    validation_accuracy: float | None,
) -> None:
    """Write `run.json`: revision of the code, the data and their hash, seed, whether finished."""
    description = {
        "model": config.model,
        "seed": config.seed,
        "configuration_hash": hash_of(identity),
        "manifest_hash": identity["manifest_hash"],
        "data": data,
        "git_revision": _git_revision(),
        "tensorflow_version": tf.__version__,
        "finished": finished,
        "validation_accuracy": validation_accuracy,
    }
    write_sealed_json(Path(config.run_dir) / RUN_FILE, description)


def _read(path: Path) -> dict[str, Any]:
    return read_sealed_json(path, "delete the run folder")


def _git_revision() -> str | None:
    """Return the commit of the code, or None outside of a git checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
