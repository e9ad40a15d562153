"""Squared Euclidean distances between embeddings."""

import tensorflow as tf


def squared_distances(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Return |x_i - y_j|^2 as [A, B] for x [A, D] and y [B, D]; never below 0."""
    squares_x = tf.reduce_sum(tf.square(x), axis=-1)[:, tf.newaxis]
    squares_y = tf.reduce_sum(tf.square(y), axis=-1)[tf.newaxis]
    return tf.maximum(squares_x - 2.0 * tf.matmul(x, y, transpose_b=True) + squares_y, 0.0)


def pair_squared_distances(audio: tf.Tensor, audio_visual: tf.Tensor) -> tf.Tensor:
    """Return |audio_i - audio_visual_ij|^2 as [A, V]: row i is anchored on audio i.

    Parameters
    ----------
    audio : tf.Tensor
        [A, D].
    audio_visual : tf.Tensor
        [A, V, D]: audio i with video j.
    """
    return tf.reduce_sum(tf.math.squared_difference(audio_visual, audio[:, tf.newaxis]), axis=-1)
