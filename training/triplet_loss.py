"""Triplet loss across two embedding spaces, from a matrix of squared distances (paper equation 1).

Row i of the matrix is anchored on audio i, column j belongs to video j (or, in the transfer loss, to the teacher's
window j). The mean instead of the paper's sum is the authors' code's; see docs/fidelity.md.
"""

import tensorflow as tf

from training.mining import hardest_negative, hardest_positive, has_negative, valid_triplets

# A triplet contributes when its loss is above this.
CONTRIBUTES_ABOVE = 1e-16


def triplet_loss(distances: tf.Tensor, same: tf.Tensor, margin: float, hardest: tf.Tensor | bool) -> tf.Tensor:
    """Return the loss of the curriculum's stage: the hardest triplets, or all that contribute.

    Parameters
    ----------
    distances : tf.Tensor
        [B, B] squared distances.
    same : tf.Tensor
        [B, B] bool, see `training.mining.same_identity`.
    margin : float
        Margin m.
    hardest : bool or scalar bool tensor
        Which stage.

    Returns
    -------
    tf.Tensor
        Scalar; 0 when the batch has no negative.
    """
    return tf.cond(
        tf.convert_to_tensor(hardest),
        lambda: hardest_triplets_loss(distances, same, margin),
        lambda: all_triplets_loss(distances, same, margin),
    )


def all_triplets_loss(distances: tf.Tensor, same: tf.Tensor, margin: float) -> tf.Tensor:
    """Return the mean of max(d_ap - d_an + margin, 0) over the valid triplets where it is above 1e-16."""
    losses = _losses_of_all_triplets(distances, same, margin)
    contributing = tf.cast(losses > CONTRIBUTES_ABOVE, losses.dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(losses), tf.reduce_sum(contributing))


def hardest_triplets_loss(distances: tf.Tensor, same: tf.Tensor, margin: float) -> tf.Tensor:
    """Return the mean over anchors of max(hardest positive - hardest negative + margin, 0).

    Anchors without a negative are left out of the mean.
    """
    losses = tf.nn.relu(hardest_positive(distances, same) - hardest_negative(distances, same) + margin)
    counted = tf.cast(has_negative(same), losses.dtype)
    return tf.math.divide_no_nan(tf.reduce_sum(losses * counted), tf.reduce_sum(counted))


def triplet_accuracy(distances: tf.Tensor, same: tf.Tensor, margin: float) -> tf.Tensor:
    """Return 1 - (triplets with a positive loss) / (valid triplets), a scalar; 1 when there is no triplet."""
    losses = _losses_of_all_triplets(distances, same, margin)
    positive = tf.math.count_nonzero(losses > CONTRIBUTES_ABOVE, dtype=losses.dtype)
    valid = tf.math.count_nonzero(valid_triplets(same), dtype=losses.dtype)
    return 1.0 - tf.math.divide_no_nan(positive, valid)


def _losses_of_all_triplets(distances: tf.Tensor, same: tf.Tensor, margin: float) -> tf.Tensor:
    losses = tf.nn.relu(distances[:, :, tf.newaxis] - distances[:, tf.newaxis] + margin)
    return tf.where(valid_triplets(same), losses, tf.zeros_like(losses))
