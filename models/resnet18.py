"""ResNet18, cut after its third block: a video frame to a map of 12 x 16 x 128 (paper 4.2, figure 3)."""

import tensorflow as tf

from models.normalisation import batch_normalisation

FRAME_SHAPE = (224, 298, 3)
FIRST_FILTERS = 64
_BLOCK_STRIDES = (1, 2, 2)
MAP_DEPTH = 128


def build_resnet18(first_filters: int = FIRST_FILTERS) -> tf.keras.Model:
    """Build the video network with 3,180,992 parameters, 3,176,256 of them trainable.

    Parameters
    ----------
    first_filters : int
        Filters of the first block, which the later ones double; 64 is the original.

    Returns
    -------
    tf.keras.Model
        [batch, 224, 298, 3] to [batch, 12, 16, 128]. Layers are named conv1, block1/unit1/conv1, ...,
        conv_map; each convolution's normalisation carries its name and `/norm`.
    """
    layers = tf.keras.layers
    frames = tf.keras.Input(FRAME_SHAPE, name="frames")
    x = layers.ReLU()(_convolve(frames, first_filters, 7, 2, "conv1"))
    x = layers.MaxPool2D(3, 2, padding="same", name="pool1")(x)
    for number, stride in enumerate(_BLOCK_STRIDES, start=1):
        filters = first_filters * 2 ** (number - 1)
        x = _unit(x, filters, stride, f"block{number}/unit1")
        x = _unit(x, filters, 1, f"block{number}/unit2")
    x = layers.ReLU()(_convolve(x, MAP_DEPTH, (3, 4), 1, "conv_map", padding="valid"))
    video_map = layers.Activation("linear", dtype="float32", name="map")(x)
    return tf.keras.Model(frames, video_map, name="resnet18")


def _unit(x: tf.Tensor, filters: int, stride: int, name: str) -> tf.Tensor:
    layers = tf.keras.layers
    changes_depth = x.shape[-1] != filters
    shortcut = _convolve(x, filters, 1, stride, f"{name}/shortcut") if changes_depth else x
    y = layers.ReLU()(_convolve(x, filters, 3, stride, f"{name}/conv1"))
    y = _convolve(y, filters, 3, 1, f"{name}/conv2")
    return layers.ReLU(name=f"{name}/output")(layers.Add()([y, shortcut]))


def _convolve(
    x: tf.Tensor, filters: int, size: int | tuple[int, int], stride: int, name: str, padding: str = "same"
) -> tf.Tensor:
    """Convolve without bias, then normalise over the batch.

    With a stride the zeros are the same number on every side, which Keras's "same" would not give.
    """
    layers = tf.keras.layers
    if stride > 1 and isinstance(size, int) and size > 1:
        x = layers.ZeroPadding2D(size // 2)(x)
        padding = "valid"
    start = tf.keras.initializers.VarianceScaling(2.0, "fan_in", "truncated_normal")
    x = layers.Conv2D(filters, size, stride, padding, use_bias=False, kernel_initializer=start, name=name)(x)
    return batch_normalisation(f"{name}/norm")(x)
