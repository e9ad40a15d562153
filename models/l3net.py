"""L3-Net: does this sound belong to this picture? (Arandjelovic and Zisserman, Look, Listen and Learn, ICCV 2017)

Two subnetworks of one shape, one for a spectrogram, one for a video frame, each end in 512 numbers; two linear layers
on both tell whether they belong together. It is the baseline of the paper's tables 1 to 4.
"""

import tensorflow as tf

from models.normalisation import batch_normalisation
from models.resnet18 import FIRST_FILTERS

FEATURE_SIZE = 512
_NUM_BLOCKS = 4
_FUSION_SIZE = 128


def build_l3_vision(input_reduction: int = 1, first_filters: int = FIRST_FILTERS) -> tf.keras.Model:
    """Build the vision subnetwork: [batch, height, width, 3] to [batch, 512].

    Parameters
    ----------
    input_reduction : int
        Squares of so many pixels are averaged first; 1 is the original. The cost falls with its square.
    first_filters : int
        Filters of the first block, which the second and third double; 64 is the original. The last block has 512.
    """
    return _subnetwork("l3_vision", 3, input_reduction, first_filters)


def build_l3_audio(input_reduction: int = 1, first_filters: int = FIRST_FILTERS) -> tf.keras.Model:
    """Build the audio subnetwork: a spectrogram as a picture, [batch, 257, 200, 1], to [batch, 512]."""
    return _subnetwork("l3_audio", 1, input_reduction, first_filters)


def build_correspondence() -> tf.keras.Model:
    """Build the fusion: audio and vision features, [batch, 512] each, to logits of "apart", "together" [batch, 2]."""
    layers = tf.keras.layers
    audio = tf.keras.Input([FEATURE_SIZE], name="audio")
    vision = tf.keras.Input([FEATURE_SIZE], name="vision")
    x = layers.Concatenate()([audio, vision])
    x = layers.Dense(_FUSION_SIZE, activation="relu", name="fc1")(x)
    logits = layers.Dense(2, dtype="float32", name="fc2")(x)
    return tf.keras.Model([audio, vision], logits, name="correspondence")


def spectrogram_image(spectrogram: tf.Tensor) -> tf.Tensor:
    """Return HearNet's input [B, 200, 1, 257] as a picture of one channel, [B, 257, 200, 1]."""
    return tf.transpose(spectrogram, [0, 3, 1, 2])


def _subnetwork(name: str, channels: int, input_reduction: int, first_filters: int) -> tf.keras.Model:
    layers = tf.keras.layers
    picture = tf.keras.Input([None, None, channels], name="picture")
    x = layers.AveragePooling2D(input_reduction, name="reduction")(picture) if input_reduction > 1 else picture
    for number in range(1, _NUM_BLOCKS + 1):
        filters = first_filters * 2 ** (number - 1) if number < _NUM_BLOCKS else FEATURE_SIZE
        if number > 1:
            x = layers.MaxPool2D(2, name=f"pool{number - 1}")(x)
        for half in (1, 2):
            x = layers.Conv2D(filters, 3, padding="same", name=f"conv{number}_{half}")(x)
            x = batch_normalisation(f"conv{number}_{half}/norm")(x)
            x = layers.ReLU()(x)
    x = layers.GlobalMaxPooling2D(name="pool4")(x)
    return tf.keras.Model(picture, layers.Activation("linear", dtype="float32", name="features")(x), name=name)
