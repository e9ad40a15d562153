"""Which triplets a batch has: positives of one recording, negatives of the others (paper 4.3)."""

import tensorflow as tf


def same_identity(recordings: tf.Tensor) -> tf.Tensor:
    """Return [B, B] bool: windows i and j come from one recording (i = j included), for ids [B]."""
    return tf.equal(recordings[:, tf.newaxis], recordings[tf.newaxis])


def valid_triplets(same: tf.Tensor) -> tf.Tensor:
    """Return [B, B, B] bool over (anchor, positive, negative)."""
    return tf.logical_and(same[:, :, tf.newaxis], tf.logical_not(same)[:, tf.newaxis])


def hardest_positive(distances: tf.Tensor, same: tf.Tensor) -> tf.Tensor:
    """Return the largest distance [B] to a positive of each anchor; its own pair is one."""
    return tf.reduce_max(tf.where(same, distances, tf.zeros_like(distances)), axis=1)


def hardest_negative(distances: tf.Tensor, same: tf.Tensor) -> tf.Tensor:
    """Return the smallest distance [B] to a negative of each anchor.

    An anchor without a negative gets its row's maximum more than any of its distances; such anchors are to be
    left out (`has_negative`).
    """
    row_maximum = tf.reduce_max(distances, axis=1, keepdims=True)
    return tf.reduce_min(tf.where(same, distances + row_maximum, distances), axis=1)


def has_negative(same: tf.Tensor) -> tf.Tensor:
    """Return [B] bool: the batch holds another recording than the anchor's."""
    return tf.reduce_any(tf.logical_not(same), axis=1)
