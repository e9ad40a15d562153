"""Which kernels the weight decay pulls at: ResNet18's and L3-Net's, HearNet's conv1 to conv5 (docs/fidelity.md)."""

import tensorflow as tf

_DECAYED_HEARNET_LAYERS = ("conv1", "conv2", "conv3", "conv4", "conv5")
_DECAYED_NETWORKS = ("resnet18", "l3_audio", "l3_vision")


def weight_decay_kernels(model: tf.keras.Model) -> list[tf.Variable]:
    """Return the decayed kernels of a network; DualCamNet and linear layers have none."""
    convolutions = [layer for layer in model.layers if isinstance(layer, tf.keras.layers.Conv2D)]
    if model.name == "hearnet":
        convolutions = [layer for layer in convolutions if layer.name in _DECAYED_HEARNET_LAYERS]
    elif model.name not in _DECAYED_NETWORKS:
        convolutions = []
    return [layer.kernel for layer in convolutions]


def weight_decay(kernels: list[tf.Variable], factor: float) -> tf.Tensor:
    """Return factor times half the sum of squares of all kernels, a scalar."""
    return factor * tf.add_n([tf.nn.l2_loss(kernel) for kernel in kernels]) if kernels else tf.constant(0.0)
