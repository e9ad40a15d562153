"""Video frames as ResNet18 takes them."""

import tensorflow as tf

IMAGENET_MEAN_RGB = (123.68, 116.78, 103.94)


def centre(frames: tf.Tensor) -> tf.Tensor:
    """Return uint8 RGB frames [..., 3] as float32 minus the ImageNet mean of each channel.

    The authors' code subtracts the means in RGB order from BGR frames; here each channel loses its own
    (docs/fidelity.md).
    """
    return tf.cast(frames, tf.float32) - tf.constant(IMAGENET_MEAN_RGB)
