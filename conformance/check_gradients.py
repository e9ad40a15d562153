"""`gradients.json`: lengths of the total loss's gradient in every variable (training mode, seed 0)."""

import json
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf

from conformance.check_vectors import unmoved_statistics
from conformance.checks import GRADIENT_TOLERANCE, Check, relative_error, worst
from conformance.recipe import named_variables
from conformance.run_networks import Networks, forward, losses, networks_of_seed, teacher_vectors

_SEED = 0


def check_gradients(path: Path) -> Iterator[Check]:
    """Compare every norm that the file holds."""
    networks = networks_of_seed(_SEED)
    teacher = teacher_vectors(networks)
    for pair, wanted in json.loads(path.read_text(encoding="utf-8")).items():
        for stage in ("all", "hard"):
            norms = wanted.get(f"grad_l2_{stage}")
            if norms:
                found = _gradient_norms(networks, teacher, pair, stage == "hard", wanted.get("alpha"))
                errors = [relative_error(found[name], norms[name]) for name in norms]
                yield worst(f"gradients {pair} {stage}", errors, GRADIENT_TOLERANCE)


def _gradient_norms(
    networks: Networks, teacher: tf.Tensor, pair: str, hardest: bool, alpha: float | None
) -> dict[str, float]:
    sound = networks.dualcamnet if pair == "DR" else networks.hearnet
    variables = {
        f"{network.name}/{name}": variable
        for network in (networks.resnet18, sound)
        for name, variable in named_variables(network)
        if variable.trainable
    }
    trained = "DR" if pair == "DR" else "HR"
    with unmoved_statistics(networks.resnet18), tf.GradientTape() as tape:
        out = forward(networks, trained, training=True)
        figures = losses(networks, trained, out, hardest, alpha if pair == "transfer" else None, teacher)
    gradients = tape.gradient(figures["total"], list(variables.values()))
    return {name: float(tf.norm(gradient)) for name, gradient in zip(variables, gradients, strict=True)}
