"""HearNet, the student: a spectrogram of one microphone to 128 numbers (paper 4.2, figure 3)."""

import tensorflow as tf

from models.spectrogram import NUM_BINS, NUM_FRAMES

EMBEDDING_SIZE = 128


def build_hearnet() -> tf.keras.Model:
    """Build HearNet with 3,188,840 parameters.

    Returns
    -------
    tf.keras.Model
        [batch, 200, 1, 257] to [batch, 128], linear.
    """
    spectrogram = tf.keras.Input([NUM_FRAMES, 1, NUM_BINS], name="spectrogram")
    x = _convolve_and_pool(spectrogram, 128, 11, "conv1")
    x = _convolve_and_pool(x, 256, 5, "conv2")
    x = _convolve_and_pool(x, 256, 3, "conv3")
    x = _convolve(x, 1024, 1, "conv4")
    x = _convolve(x, 1024, 1, "conv5")
    x = _fully_connected(x, 1000, "relu", "fc1")
    x = _fully_connected(x, EMBEDDING_SIZE, None, "fc2")
    # Whatever the precision of the layers, the embedding is float32.
    output = tf.keras.layers.Reshape([x.shape[-1]], dtype="float32", name="embedding")(x)
    return tf.keras.Model(spectrogram, output, name="hearnet")


def _convolve(x: tf.Tensor, filters: int, length: int, name: str) -> tf.Tensor:
    return tf.keras.layers.Conv2D(filters, (length, 1), padding="same", activation="relu", name=name)(x)


def _convolve_and_pool(x: tf.Tensor, filters: int, length: int, name: str) -> tf.Tensor:
    return tf.keras.layers.MaxPool2D((5, 1), name=f"pool{name[-1]}")(_convolve(x, filters, length, name))


def _fully_connected(x: tf.Tensor, size: int, activation: str | None, name: str) -> tf.Tensor:
    start = tf.keras.initializers.TruncatedNormal(stddev=0.01)
    return tf.keras.layers.Conv2D(size, 1, activation=activation, kernel_initializer=start, name=name)(x)
