"""The seeded weights and inputs that the fixtures' numbers were made with (fixtures' README)."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

_STREAM_OF_NETWORK = {"hearnet": 1, "dualcamnet": 2, "resnet18": 3}
# Draw order of a layer's variables, by the end of their names.
_KERNEL, _SHIFTS, _SCALE, _SPREAD = "kernel", ("bias", "beta", "moving_mean"), "gamma", "moving_variance"

BATCH = 6
LABELS = np.array([0, 0, 1, 1, 2, 0])
SCENARIOS = np.array([3, 3, 3, 5, 5, 4])


def identities(labels: np.ndarray, scenarios: np.ndarray) -> np.ndarray:
    """Return one number per (class, scenario) pair: a recording's name."""
    labels, scenarios = np.asarray(labels), np.asarray(scenarios)
    return labels * (scenarios.max() + 1) + scenarios


def named_variables(network: tf.keras.Model) -> Iterator[tuple[str, tf.Variable]]:
    """Yield (name, variable) in the recipe's order: layer by layer, a shortcut before its unit."""
    for layer in _layers_in_draw_order(network):
        name = layer.name.removesuffix("/norm")
        for variable in layer.weights:
            yield f"{name}/{variable.name.rsplit('/', 1)[-1].removesuffix(':0')}", variable


def draw_weights(network: tf.keras.Model, seed: int) -> None:
    """Give the network the recipe's weights for a seed."""
    generator = np.random.default_rng([seed, _STREAM_OF_NETWORK[network.name]])
    for name, variable in named_variables(network):
        normal = generator.standard_normal(variable.shape.as_list())
        variable.assign(_scaled(name.rsplit("/", 1)[-1], normal).astype(np.float32))


def draw_inputs(seed: int) -> dict[str, np.ndarray]:
    """Return `spectrogram`, `acoustic_images` and `frames` of six windows, float32."""
    generator = np.random.default_rng([seed, 11])
    pattern = generator.standard_normal([BATCH, 1, 1, 257])
    spectrogram = np.abs(generator.standard_normal([BATCH, 200, 1, 257])) * np.exp(pattern)
    generator = np.random.default_rng([seed, 12])
    pattern = generator.standard_normal([BATCH, 1, 36, 48, 12])
    images = generator.standard_normal([BATCH, 24, 36, 48, 12]) + 2.0 * pattern
    generator = np.random.default_rng([seed, 13])
    pattern = generator.standard_normal([BATCH, 1, 28, 38, 3])
    noise = generator.standard_normal([BATCH, 2, 224, 298, 3])
    pattern = pattern.repeat(8, axis=2).repeat(8, axis=3)[:, :, :224, :298]
    inputs = {"spectrogram": spectrogram, "acoustic_images": images, "frames": noise + 2.0 * pattern}
    return {name: value.astype(np.float32) for name, value in inputs.items()}


def draw_embeddings(seed: int, batch: int) -> dict[str, np.ndarray]:
    """Return unit vectors `av` [B, B, 128], `audio` and `transfer` [B, 128], and `identity` [B]."""
    generator = np.random.default_rng([seed, 21])
    drawn = {
        name: unit_rows(generator.standard_normal(shape))
        for name, shape in (("av", [batch, batch, 128]), ("audio", [batch, 128]), ("transfer", [batch, 128]))
    }
    labels, scenarios = generator.integers(0, 3, size=batch), generator.integers(0, 2, size=batch)
    return {**drawn, "identity": identities(labels, scenarios)}


def unit_rows(x: np.ndarray) -> np.ndarray:
    """Return float32 rows of unit length along the last axis."""
    return (x / np.linalg.norm(x, axis=-1, keepdims=True)).astype(np.float32)


def _layers_in_draw_order(network: tf.keras.Model) -> list[tf.keras.layers.Layer]:
    weighted = [layer for layer in network.layers if layer.weights]
    names = [layer.name.removesuffix("/norm") for layer in weighted]
    # Keras orders parallel branches by depth; the recipe has convolution, norm; shortcut, conv1, conv2.
    part = {"shortcut": 0, "conv1": 1, "conv2": 2}
    unit_start: dict[str, int] = {}
    for position, name in enumerate(names):
        unit_start.setdefault(name.rsplit("/", 1)[0], position)

    def key(position: int) -> tuple[int, int, bool]:
        unit, _, tail = names[position].rpartition("/")
        start = unit_start[unit] if unit else unit_start[names[position]]
        return start, part.get(tail, 0) if unit else 0, weighted[position].name.endswith("/norm")

    return [weighted[position] for position in sorted(range(len(weighted)), key=key)]


def _scaled(kind: str, normal: np.ndarray) -> np.ndarray:
    if kind == _KERNEL:
        return normal * np.sqrt(2.0 / np.prod(normal.shape[:-1]))
    if kind in _SHIFTS:
        return 0.1 * normal
    return 1.0 + 0.1 * normal if kind == _SCALE else 1.0 + 0.5 * np.abs(normal)
