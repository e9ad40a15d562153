"""A linear classifier on one network: the supervised rows of the paper's tables 2 to 4 (docs/fidelity.md)."""

from collections.abc import Mapping

import tensorflow as tf

from models.audio_visual import MAP_SHAPE
from models.l3net import FEATURE_SIZE, spectrogram_image

# The size of what each network gives the classifier.
VECTOR_SIZES = {
    "dualcamnet": MAP_SHAPE[-1],
    "hearnet": MAP_SHAPE[-1],
    "resnet18": MAP_SHAPE[-1],
    "l3_audio": FEATURE_SIZE,
    "l3_vision": FEATURE_SIZE,
}


def build_classifier(vector_size: int, num_classes: int) -> tf.keras.Model:
    """Build a linear layer: [batch, frames, vector_size] to logits [batch, frames, num_classes]."""
    vectors = tf.keras.Input([None, vector_size], name="vectors")
    start = tf.keras.initializers.TruncatedNormal(stddev=0.01)
    logits = tf.keras.layers.Dense(num_classes, kernel_initializer=start, dtype="float32", name="linear")(vectors)
    return tf.keras.Model(vectors, logits, name="classifier")


def frame_vectors(
    networks: Mapping[str, tf.keras.Model], inputs: Mapping[str, tf.Tensor], training: bool = False
) -> tf.Tensor:
    """Return what the classifier sees of each frame, [B, frames, vector_size].

    DualCamNet's maps are summed over their places, ResNet18's averaged; HearNet's output goes through a ReLU. Sound
    alone counts as one frame, and L3-Net sees the first video frame only.
    """
    name = next(name for name in networks if name != "classifier")
    network = networks[name]
    if name == "dualcamnet":
        return tf.reduce_sum(network(inputs["acoustic_images"], training=training), axis=[2, 3])
    if name == "resnet18":
        frames = inputs["frames"]
        maps = network(tf.reshape(frames, [-1, *frames.shape[2:]]), training=training)
        return tf.reshape(tf.reduce_mean(maps, axis=[1, 2]), [-1, tf.shape(frames)[1], MAP_SHAPE[-1]])
    if name == "l3_vision":
        return network(inputs["frames"][:, 0], training=training)[:, tf.newaxis]
    if name == "l3_audio":
        return network(spectrogram_image(inputs["spectrogram"]), training=training)[:, tf.newaxis]
    return tf.nn.relu(network(inputs["spectrogram"], training=training))[:, tf.newaxis]


def class_logits(
    networks: Mapping[str, tf.keras.Model], inputs: Mapping[str, tf.Tensor], training: bool = False
) -> tf.Tensor:
    """Return the logits of each frame, [B, frames, classes]."""
    return networks["classifier"](frame_vectors(networks, inputs, training), training=training)


def window_logits(frame_logits: tf.Tensor) -> tf.Tensor:
    """Return the mean over a window's frames, [B, frames, classes] to [B, classes]."""
    return tf.reduce_mean(frame_logits, axis=1)


def soft_predictions(frame_logits: tf.Tensor) -> tf.Tensor:
    """Return the softmax (temperature 1) averaged over a window's frames, [B, classes]."""
    return tf.reduce_mean(tf.nn.softmax(frame_logits), axis=1)
