"""A run's folder of a few kilobytes: configuration, two checkpoints, best weights, final weights, history."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tensorflow as tf

from models.saved_networks import NetworkOptions, Networks, save_networks
from training.best_weights import save_best
from training.checkpoints import Position, save_checkpoint
from training.config import TrainingConfig
from training.history import EpochRecord, write_history
from training.optimizers import Optimizer
from training.run_folder import claim_run_folder, run_identity, write_run_description

CONFIGURATION_HASH = "hash"


@dataclass(frozen=True)
class SmallRun:
    """The folder and what was written there; `newest` is the description of the newest checkpoint."""

    folder: Path
    config: TrainingConfig
    identity: dict[str, Any]
    networks: Networks
    optimizer: Optimizer
    newest: Path


_DATA = {
    "manifest_hash": "0" * 64,
    "classes": ["bell", "horn"],
    "recordings": {"train": 2, "validation": 1, "test": 0},
    "hours": {"train": 0.2, "validation": 0.1, "test": 0.0},
    "sample_rates_hz": {"microphones": 12288},
    "source_is_known": True,
}


def write_small_run(folder: Path) -> SmallRun:
    """Write a finished run whose one network has two layers."""
    config = TrainingConfig("unused", str(folder), "student")
    identity = run_identity(config, "0" * 64)
    claim_run_folder(config, identity)
    networks = {"hearnet": _two_layers()}
    optimizer = Optimizer(config, networks)
    history = (EpochRecord(0, "hard", 2, 1.0, 0.5, 0.5, 0.25, 3.0, 10.0),)
    for step in (1, 2):
        networks["hearnet"].layers[-1].kernel.assign_add(tf.ones([2, 2]))
        position = Position(0, step, 0, step, {"loss": 1.0}, 0.5, history)
        newest = save_checkpoint(folder, networks, optimizer, position, CONFIGURATION_HASH)
    save_best(folder, networks)
    options = NetworkOptions(2)
    save_networks(folder, networks, kind=config.model, seed=0, configuration_hash=CONFIGURATION_HASH, options=options)
    write_history(folder, history)
    write_run_description(config, identity, _DATA, finished=True, validation_accuracy=0.25)
    return SmallRun(folder, config, identity, networks, optimizer, newest)


def _two_layers() -> tf.keras.Model:
    sound = tf.keras.Input([3])
    hidden = tf.keras.layers.Dense(2, name="fc1")(sound)
    return tf.keras.Model(sound, tf.keras.layers.Dense(2, name="fc2")(hidden), name="hearnet")
