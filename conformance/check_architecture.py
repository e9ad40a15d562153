"""`architecture.json`: shapes and numbers of parameters of the networks."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf

from conformance.checks import Check
from models.dualcamnet import build_dualcamnet
from models.hearnet import build_hearnet
from models.resnet18 import build_resnet18
from models.weight_decay import weight_decay_kernels

_BUILDERS = {"hearnet": build_hearnet, "dualcamnet": build_dualcamnet, "resnet18": build_resnet18}


def check_architecture(path: Path) -> Iterator[Check]:
    """Compare the three networks with the variables that the file lists; each difference counts 1."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for name, build in _BUILDERS.items():
        if name in content:
            differences = _differences(build(), content[name])
            yield Check(f"architecture {name}", len(differences), 0, "; ".join(differences))


def _differences(network: tf.keras.Model, wanted: dict[str, Any]) -> list[str]:
    found = {
        "parameters": network.count_params(),
        "trainable": sum(int(tf.size(variable)) for variable in network.trainable_variables),
        "kernels under weight decay": len(weight_decay_kernels(network)),
        "shapes": Counter(tuple(variable.shape) for variable in network.variables),
    }
    expected = {
        "parameters": wanted["parameters"],
        "trainable": wanted["trainable"],
        "kernels under weight decay": len(wanted["l2_on"]),
        "shapes": Counter(tuple(variable[1]) for variable in wanted["variables"]),
    }
    return [f"{what}: found {found[what]}, wanted {expected[what]}" for what in found if found[what] != expected[what]]
