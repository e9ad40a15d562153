"""Networks that are trained in no time."""

from collections.abc import Sequence

import pytest
import tensorflow as tf

from models import saved_networks
from models.normalisation import batch_normalisation


def use_small_networks(monkeypatch: pytest.MonkeyPatch, names: Sequence[str] | None = None) -> None:
    """Put networks of the same inputs and outputs, but almost no work, in the place of the paper's.

    Of all of them, or of `names`.
    """
    small = {
        "dualcamnet": _small_dualcamnet,
        "hearnet": _small_hearnet,
        "resnet18": _small_resnet18,
        "l3_audio": lambda: _small_l3("l3_audio", 1),
        "l3_vision": lambda: _small_l3("l3_vision", 3),
    }
    for name in small if names is None else names:
        monkeypatch.setitem(saved_networks._BUILDERS, name, lambda options, build=small[name]: build())


def _small_dualcamnet() -> tf.keras.Model:
    layers = tf.keras.layers
    images = tf.keras.Input([24, 36, 48, 12])
    pooled = layers.AveragePooling3D((1, 3, 3))(images)
    maps = layers.Dense(128, activation="relu", name="conv3", dtype="float32")(pooled)
    return tf.keras.Model(images, maps, name="dualcamnet")


def _small_hearnet() -> tf.keras.Model:
    spectrogram = tf.keras.Input([200, 1, 257])
    pooled = tf.keras.layers.GlobalAveragePooling2D()(spectrogram)
    return tf.keras.Model(spectrogram, tf.keras.layers.Dense(128, name="fc2", dtype="float32")(pooled), name="hearnet")


def _small_resnet18() -> tf.keras.Model:
    layers = tf.keras.layers
    frames = tf.keras.Input([224, 298, 3])
    pooled = layers.AveragePooling2D((18, 18))(frames)
    x = layers.Conv2D(128, 1, use_bias=False, name="conv1")(pooled)
    maps = layers.ReLU(dtype="float32")(batch_normalisation("conv1/norm")(x))
    return tf.keras.Model(frames, maps, name="resnet18")


def _small_l3(name: str, channels: int) -> tf.keras.Model:
    layers = tf.keras.layers
    picture = tf.keras.Input([None, None, channels])
    x = layers.Conv2D(512, 1, name="conv1_1")(layers.AveragePooling2D(16)(picture))
    return tf.keras.Model(picture, layers.GlobalMaxPooling2D()(x), name=name)
