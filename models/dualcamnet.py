"""DualCamNet, the teacher: 24 acoustic images to 24 maps of 12 x 16 x 128 (paper 4.2, figure 3)."""

import tensorflow as tf

FRAMES_PER_GROUP = 12
IMAGE_SHAPE = (36, 48, 12)
NUM_FRAMES = 24


def build_dualcamnet() -> tf.keras.Model:
    """Build DualCamNet with 113,180 parameters.

    The convolution over time sees one second (12 frames) at a time, padded with zeros at its ends.

    Returns
    -------
    tf.keras.Model
        [batch, 24, 36, 48, 12] to [batch, 24, 12, 16, 128].
    """
    layers = tf.keras.layers
    images = tf.keras.Input([NUM_FRAMES, *IMAGE_SHAPE], name="acoustic_images")
    x = layers.Lambda(lambda t: tf.reshape(t, [-1, FRAMES_PER_GROUP, *IMAGE_SHAPE]), name="seconds")(images)
    x = layers.Conv3D(12, (7, 1, 1), padding="same", activation="relu", kernel_initializer=_start(), name="conv1")(x)
    x = layers.Lambda(lambda t: tf.reshape(t, [-1, *IMAGE_SHAPE]), name="frames")(x)
    x = layers.Conv2D(32, 5, padding="same", activation="relu", kernel_initializer=_start(), name="conv2")(x)
    x = layers.MaxPool2D(3, name="pool2")(x)
    x = layers.Conv2D(128, 5, padding="same", activation="relu", kernel_initializer=_start(), name="conv3")(x)
    maps = layers.Lambda(
        lambda t: tf.cast(tf.reshape(t, [-1, NUM_FRAMES, 12, 16, 128]), tf.float32), dtype="float32", name="maps"
    )(x)
    return tf.keras.Model(images, maps, name="dualcamnet")


def _start() -> tf.keras.initializers.Initializer:
    return tf.keras.initializers.TruncatedNormal(stddev=0.01)
