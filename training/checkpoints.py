"""Checkpoints: all that a run needs to go on as if it had not stopped.

`checkpoints/epoch-0001-step-00000123.npz` holds the weights and the optimiser's variables, a `.json` of the same
name the position in
the run and the SHA-256 of the arrays. The JSON file is written last: a checkpoint without one is not there.
"""

import math
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json, write_sealed_json
from models.array_files import read_arrays, write_arrays
from models.saved_networks import assign_weights, weight_arrays
from training.history import EpochRecord
from training.optimizers import Optimizer

CHECKPOINT_FORMAT_VERSION = 1
CHECKPOINT_FOLDER = "checkpoints"
_KEPT = 2
_OPTIMIZER_PREFIX = "optimizer/"


@dataclass(frozen=True)
class Position:
    """Where a run stands.

    Attributes
    ----------
    seed : int
        With epoch and step this is the whole random state: every draw is a function of them.
    step : int
        Steps taken in all.
    epoch, batch : int
        The next batch: position in the plan of the epoch.
    loss_sums : dict of str to float
        Sums over this epoch's batches so far.
    epoch_seconds : float
        Time spent in this epoch so far.
    history : tuple of EpochRecord
        The finished epochs.
    """

    seed: int
    step: int
    epoch: int
    batch: int
    loss_sums: dict[str, float]
    epoch_seconds: float
    history: tuple[EpochRecord, ...]


def save_checkpoint(
    run_dir: Path | str,
    networks: Mapping[str, tf.keras.Model],
    optimizer: Optimizer,
    position: Position,
    configuration_hash: str,
) -> Path:
    """Write a checkpoint atomically, and delete all but the last two.

    Returns
    -------
    Path
        The JSON file of the checkpoint.
    """
    stem = Path(run_dir) / CHECKPOINT_FOLDER / f"epoch-{position.epoch:04d}-step-{position.step:08d}"
    state = {f"{_OPTIMIZER_PREFIX}{i:04d}": value.numpy() for i, value in enumerate(optimizer.state())}
    sha256 = write_arrays(stem.with_suffix(".npz"), {**weight_arrays(networks), **state})
    description = {
        "format_version": CHECKPOINT_FORMAT_VERSION,
        "configuration_hash": configuration_hash,
        "arrays_sha256": sha256,
        "position": asdict(position),
    }
    write_sealed_json(stem.with_suffix(".json"), description)
    _delete_old(stem.parent)
    return stem.with_suffix(".json")


def restore_latest(
    run_dir: Path | str,
    networks: Mapping[str, tf.keras.Model],
    optimizer: Optimizer,
    configuration_hash: str,
) -> Position | None:
    """Set networks and optimiser to the newest whole checkpoint.

    A damaged checkpoint is told on standard error and passed over for the one before it.

    Returns
    -------
    Position or None
        None when the run has no checkpoint yet.

    Raises
    ------
    AcousticImagesError
        All checkpoints are damaged, or the newest whole one belongs to another network or configuration.
    """
    files = _descriptions(Path(run_dir) / CHECKPOINT_FOLDER)
    damage = ""
    for path in reversed(files):
        try:
            description = _read_description(path)
            arrays = read_arrays(path.with_suffix(".npz"), description["arrays_sha256"])
        except AcousticImagesError as error:
            damage = str(error)
            print(f"warning: {damage}; trying the checkpoint before it", file=sys.stderr)
            continue
        _require_configuration(path, description, configuration_hash)
        _assign(path, networks, optimizer, arrays)
        return _position_from(description["position"])
    if damage:
        raise AcousticImagesError(f"{run_dir}: found no whole checkpoint ({damage}); delete the folder to start anew")
    return None


def _descriptions(folder: Path) -> list[Path]:
    return sorted(folder.glob("epoch-*.json"))


def _delete_old(folder: Path) -> None:
    kept = {path.stem for path in _descriptions(folder)[-_KEPT:]}
    for path in sorted(folder.glob("epoch-*")):
        if path.stem not in kept:
            path.unlink()


def _read_description(path: Path) -> dict[str, Any]:
    description = read_sealed_json(path, "the file is damaged, delete it")
    try:
        version, sha256 = int(description["format_version"]), description["arrays_sha256"]
        _position_from(description["position"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise AcousticImagesError(f"{path}: found an unreadable checkpoint ({error!r})") from error
    if version > CHECKPOINT_FORMAT_VERSION or not isinstance(sha256, str):
        raise AcousticImagesError(f"{path}: found format {version}, wanted at most {CHECKPOINT_FORMAT_VERSION}")
    return description


def _require_configuration(path: Path, description: Mapping[str, Any], configuration_hash: str) -> None:
    if description.get("configuration_hash") != configuration_hash:
        raise AcousticImagesError(f"{path}: found a checkpoint of another configuration; name another run folder")


def _assign(
    path: Path,
    networks: Mapping[str, tf.keras.Model],
    optimizer: Optimizer,
    arrays: Mapping[str, np.ndarray],
) -> None:
    state = optimizer.state()
    names = [f"{_OPTIMIZER_PREFIX}{i:04d}" for i in range(len(state))]
    weights = {name: array for name, array in arrays.items() if not name.startswith(_OPTIMIZER_PREFIX)}
    if len(arrays) - len(weights) != len(state) or any(
        arrays[name].shape != tuple(variable.shape) for name, variable in zip(names, state, strict=True)
    ):
        raise AcousticImagesError(f"{path}: found the state of another optimiser; name another run folder")
    assign_weights(networks, weights, path)
    for name, variable in zip(names, state, strict=True):
        variable.assign(arrays[name])


def _position_from(fields: Mapping[str, Any]) -> Position:
    """Return the position that a checkpoint tells of; raises ValueError, KeyError or TypeError for another thing."""
    position = Position(**{**fields, "history": tuple(EpochRecord(**record) for record in fields["history"])})
    counts = (position.seed, position.step, position.epoch, position.batch)
    if not all(type(count) is int and 0 <= count < 2**63 for count in counts):
        raise ValueError(f"seed, step, epoch, batch {counts}")
    values = (item for record in position.history for item in asdict(record).items())
    told = [value for name, value in values if name != "mining" and value is not None]
    if not all(map(math.isfinite, (position.epoch_seconds, *position.loss_sums.values(), *told))):
        raise ValueError("losses or times that are not finite")
    return position
