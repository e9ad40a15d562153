"""The weights of the epoch with the best validation accuracy, kept beside the checkpoints until the run's end."""

from collections.abc import Mapping
from pathlib import Path

import tensorflow as tf

from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json, write_sealed_json
from models.array_files import read_arrays, write_arrays
from models.saved_networks import assign_weights, weight_arrays
from training.checkpoints import CHECKPOINT_FOLDER

_STEM = "best"


def save_best(run_dir: Path | str, networks: Mapping[str, tf.keras.Model]) -> None:
    """Write the weights in place of those that were the best until now."""
    stem = Path(run_dir) / CHECKPOINT_FOLDER / _STEM
    sha256 = write_arrays(stem.with_suffix(".npz"), weight_arrays(networks))
    write_sealed_json(stem.with_suffix(".json"), {"arrays_sha256": sha256})


def restore_best(run_dir: Path | str, networks: Mapping[str, tf.keras.Model]) -> None:
    """Set the networks to the best weights.

    Raises
    ------
    AcousticImagesError
        The weights are damaged.
    """
    path = Path(run_dir) / CHECKPOINT_FOLDER / f"{_STEM}.json"
    advice = "delete the run folder to start anew"
    sha256 = read_sealed_json(path, advice).get("arrays_sha256")
    if not isinstance(sha256, str):
        raise AcousticImagesError(f"{path}: found no hash of the best weights; {advice}")
    assign_weights(networks, read_arrays(path.with_suffix(".npz"), sha256), path)
