"""`models.json`: samples of every layer's output, losses, moving statistics."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from conformance.check_vectors import unmoved_statistics
from conformance.checks import LOSS_TOLERANCE, VECTOR_TOLERANCE, Check, relative_error, vector_error, worst
from conformance.recipe import named_variables
from conformance.run_networks import PAIRS, Networks, forward, losses, networks_of_seed, student_unit, teacher_vectors

Outputs = dict[str, dict[str, tf.Tensor]]
_PREFIX_OF_NETWORK = {"hearnet": "spectrogram", "dualcamnet": "acoustic_images", "resnet18": "frames"}
# Sampled entries are judged against the whole map's scale: its largest sampled entry or four deviations.
_DEVIATIONS = 4.0


def check_models(path: Path) -> Iterator[Check]:
    """Compare every seed, mode, feature and loss that the file holds."""
    content = json.loads(path.read_text(encoding="utf-8"))
    yield from _weight_checks(content)
    for key, of_seed in content.items():
        if key.startswith("seed"):
            networks = networks_of_seed(int(key.removeprefix("seed")))
            for mode in ("inference", "training"):
                if mode in of_seed:
                    yield from _mode_checks(networks, f"models {key} {mode}", mode == "training", of_seed[mode])
            if statistics := of_seed.get("moving_statistics_after_one_training_step"):
                yield _moving_statistics(networks, f"models {key} moving statistics", statistics)


def _weight_checks(content: dict[str, Any]) -> Iterator[Check]:
    for key, wanted in content.items():
        if key.startswith("weights_check_seed"):
            networks = networks_of_seed(int(key.removeprefix("weights_check_seed")))
            errors = [
                vector_error(_head(variable), wanted[network][name])
                for network in wanted
                for name, variable in named_variables(getattr(networks, network))
            ]
            yield worst(f"models {key}", errors, VECTOR_TOLERANCE)


def _head(variable: tf.Variable) -> list[float]:
    values = variable.numpy().astype(np.float64)
    return [float(values.sum()), *values.reshape(-1)[:3].tolist()]


def _mode_checks(networks: Networks, name: str, training: bool, wanted: dict[str, Any]) -> Iterator[Check]:
    with unmoved_statistics(networks.resnet18):
        outputs = {pair: forward(networks, pair, training) for pair in PAIRS}
        found = _features(networks, outputs, training, set(wanted.get("features", {})))
        for feature, summary in wanted.get("features", {}).items():
            if feature in found:
                yield Check(f"{name} {feature}", _summary_error(found[feature], summary), VECTOR_TOLERANCE)
            else:
                yield Check(f"{name} {feature}", float("inf"), VECTOR_TOLERANCE, "not known here")
        yield from _loss_checks(networks, outputs, found["teacher_vector"], name, wanted.get("losses", {}))


def _features(networks: Networks, outputs: Outputs, training: bool, names: set[str]) -> dict[str, np.ndarray]:
    found: dict[str, tf.Tensor] = {}
    for network, input_name in _PREFIX_OF_NETWORK.items():
        value = networks.inputs[input_name]
        if network == "resnet18":
            value = value.reshape(-1, *value.shape[2:])
        found |= _layer_outputs(getattr(networks, network), value, training, names)
    if "resnet18_map_frames" in found:
        found["resnet18_map"] = tf.reduce_mean(tf.reshape(found["resnet18_map_frames"], [6, 2, 12, 16, 128]), 1)
    found["teacher_map"] = tf.reshape(networks.dualcamnet(networks.inputs["acoustic_images"]), [-1, 12, 16, 128])
    found["teacher_vector"] = teacher_vectors(networks)
    found["hearnet_unit_no_relu"] = student_unit(networks)
    for pair, out in outputs.items():
        found[f"audio_visual_{pair}"] = out["av"]
        found[f"audio_vector_tiled_{pair}"] = tf.repeat(out["audio"][:, tf.newaxis], 6, axis=1)
    return {name: np.asarray(value) for name, value in found.items()}


def _layer_outputs(network: tf.keras.Model, value: np.ndarray, training: bool, names: set[str]) -> dict[str, tf.Tensor]:
    """Run one network once and return the outputs that the fixtures name."""
    aliases = {f"{network.name}_{name}": _tensor(network, name) for name in _feature_names(network)}
    wanted = {name: tensor for name, tensor in aliases.items() if name in names or name.endswith("map_frames")}
    outputs = tf.keras.Model(network.input, wanted)(value, training=training)
    if "hearnet_fc1" in outputs:
        outputs["hearnet_fc1"] = tf.reshape(outputs["hearnet_fc1"], [len(value), -1])
    if "dualcamnet_map" in outputs:
        outputs["dualcamnet_map"] = tf.reshape(outputs["dualcamnet_map"], [-1, 12, 16, 128])
    return outputs


def _feature_names(network: tf.keras.Model) -> list[str]:
    if network.name == "hearnet":
        return ["conv1", "pool1", "conv2", "pool2", "conv3", "pool3", "conv4", "conv5", "fc1", "output"]
    if network.name == "dualcamnet":
        return ["conv1", "conv2", "pool2", "map"]
    units = [f"block{block}/unit{unit}" for block in (1, 2, 3) for unit in (1, 2)]
    return ["conv1", "pool1", *units, "block1", "block2", "block3", "map_frames"]


def _tensor(network: tf.keras.Model, feature: str) -> tf.Tensor:
    if feature in ("output", "map", "map_frames"):
        return network.output
    if network.name == "resnet18" and feature == "conv1":
        # The fixture's conv1 is behind normalisation and ReLU: what the pooling takes.
        return network.get_layer("pool1").input
    if network.name == "resnet18" and feature.startswith("block"):
        unit = feature if "/" in feature else f"{feature}/unit2"
        return network.get_layer(f"{unit}/output").output
    return network.get_layer(feature).output


def _summary_error(found: np.ndarray, summary: dict[str, Any]) -> float:
    """Compare sampled entries against the map's scale, and its moments relatively."""
    if list(found.shape) != summary["shape"]:
        return float("inf")
    flat = found.reshape(-1).astype(np.float64)
    sampled = np.concatenate([flat[:8], flat[:: max(1, flat.size // 16)][:16]])
    wanted = np.concatenate([summary["first8"], summary["strided16"]])
    scale = max(np.abs(wanted).max(), _DEVIATIONS * summary["std"]) or 1.0
    length = relative_error(float(np.sqrt((flat**2).sum())), summary["l2"])
    return float(max(np.abs(sampled - wanted).max() / scale, length))


def _loss_checks(
    networks: Networks, outputs: Outputs, teacher: np.ndarray, name: str, wanted: dict[str, Any]
) -> Iterator[Check]:
    for stage, of_stage in wanted.items():
        if stage not in ("all", "hard"):
            continue
        for pair, of_pair in of_stage.items():
            cases = of_pair.items() if pair == "transfer" else [("", of_pair)]
            for case, figures in cases:
                alpha = float(case.removeprefix("alpha=")) if case else None
                student = "HR" if alpha is not None else pair
                found = losses(networks, student, outputs[student], stage == "hard", alpha, teacher)
                errors = [relative_error(found[figure], figures[figure]) for figure in figures]
                yield worst(f"{name} loss {stage} {pair} {case}".rstrip(), errors, LOSS_TOLERANCE)


def _moving_statistics(networks: Networks, name: str, wanted: dict[str, Any]) -> Check:
    with unmoved_statistics(networks.resnet18):
        forward(networks, "HR", training=True)
        errors = []
        for key, variable in named_variables(networks.resnet18):
            if key in wanted:
                values = variable.numpy().astype(np.float64).reshape(-1)
                errors.append(relative_error(float(np.linalg.norm(values)), wanted[key]["l2"]))
                errors.append(vector_error(values[:4], wanted[key]["first4"]))
    return worst(name, errors, VECTOR_TOLERANCE)
