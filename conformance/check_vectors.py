"""`vectors.npz`: whole vectors of 128 numbers."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf

from conformance.checks import VECTOR_TOLERANCE, Check, vector_error
from conformance.run_networks import forward, networks_of_seed, student_unit, teacher_vectors

_KEY = re.compile(r"(?P<pair>HR|DR|transfer)_seed(?P<seed>\d+)_(?P<mode>inference|training)_(?P<what>\w+)")


def check_vectors(path: Path) -> Iterator[Check]:
    """Compare every vector that the file holds."""
    cases: dict[tuple[str, int, str], dict[str, np.ndarray]] = {}
    with np.load(path, allow_pickle=False) as stored:
        for key in stored:
            if match := _KEY.fullmatch(key):
                case = (match["pair"], int(match["seed"]), match["mode"])
                cases.setdefault(case, {})[match["what"]] = stored[key]
    for (pair, seed, mode), wanted in cases.items():
        found = _found(pair, seed, mode == "training")
        for what, vectors in wanted.items():
            name = f"vectors {pair} seed {seed} {mode} {what}"
            yield Check(name, vector_error(found[what], vectors), VECTOR_TOLERANCE)


def _found(pair: str, seed: int, training: bool) -> dict[str, np.ndarray]:
    networks = networks_of_seed(seed)
    if pair == "transfer":
        return {
            "teacher_vector": teacher_vectors(networks).numpy(),
            "hearnet_unit_no_relu": student_unit(networks).numpy(),
        }
    # Training mode moves ResNet18's statistics, which the next case must find unmoved.
    with unmoved_statistics(networks.resnet18):
        out = forward(networks, pair, training)
    diagonal = tf.transpose(tf.linalg.diag_part(tf.transpose(out["av"], [2, 0, 1])))
    return {name: value.numpy() for name, value in {**out, "av_diag": diagonal}.items()}


class unmoved_statistics:  # noqa: N801 - reads as a statement
    """Put a network's moving statistics back when the block ends."""

    def __init__(self, network: tf.keras.Model) -> None:
        self._variables = network.non_trainable_variables

    def __enter__(self) -> None:
        self._before = [variable.numpy() for variable in self._variables]

    def __exit__(self, *_: object) -> None:
        for variable, value in zip(self._variables, self._before, strict=True):
            variable.assign(value)
