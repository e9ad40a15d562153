"""Audio-visual correspondence, which trains L3-Net (Arandjelovic and Zisserman, ICCV 2017).

Each sound of a batch is shown its own video frame, and one of another recording; the network tells them apart.
"""

import tensorflow as tf

from models.kinds import modalities_of
from models.l3net import spectrogram_image
from models.saved_networks import Networks
from training.config import TrainingConfig
from training.distribution import gathered
from training.mining import same_identity
from training.task import IDENTITY, Inputs, Losses


class CorrespondenceTask:
    """The two subnetworks of L3-Net and their fusion."""

    keeps_best = False

    def __init__(self, networks: Networks, config: TrainingConfig) -> None:
        self.networks, self.modalities = networks, modalities_of(config.model)

    def losses(self, inputs: Inputs, hardest: tf.Tensor) -> Losses:
        """Return the cross-entropy of both answers, averaged over the pairs."""
        logits, together, counted = self._pairs(inputs, training=True)
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=together, logits=logits)
        loss = tf.math.divide_no_nan(tf.reduce_sum(entropy * counted), tf.reduce_sum(counted))
        return {"loss": loss, "task_loss": loss, "transfer_loss": tf.zeros(())}

    def accuracy(self, inputs: Inputs) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the share of right answers, and the number of pairs."""
        logits, together, counted = self._pairs(inputs, training=False)
        right = tf.cast(tf.argmax(logits, axis=-1, output_type=tf.int32) == together, tf.float32)
        pairs = tf.reduce_sum(counted)
        return tf.math.divide_no_nan(tf.reduce_sum(right * counted), pairs), pairs

    def _pairs(self, inputs: Inputs, training: bool) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Return logits [2 B, 2], answers [2 B] int32, and 1.0 for the pairs that count [2 B]."""
        audio = gathered(self.networks["l3_audio"](spectrogram_image(inputs["spectrogram"]), training=training))
        vision = gathered(self.networks["l3_vision"](inputs["frames"][:, 0], training=training))
        others, found = other_recordings(gathered(inputs[IDENTITY]))
        pairs = [tf.concat([audio, audio], 0), tf.concat([vision, tf.gather(vision, others)], 0)]
        logits = self.networks["correspondence"](pairs, training=training)
        together = tf.repeat([1, 0], tf.shape(audio)[0])
        return logits, together, tf.concat([tf.ones_like(found), found], 0)


def other_recordings(identity: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return for each window of a batch the next one (in a circle) of another recording.

    Parameters
    ----------
    identity : tf.Tensor
        [B] recording of each window.

    Returns
    -------
    tuple of tf.Tensor
        [B] int32 positions, and [B] float32, 1 where there is such a window.
    """
    size = tf.shape(identity)[0]
    circle = (tf.range(size)[:, tf.newaxis] + tf.range(size)[tf.newaxis]) % size
    is_other = tf.cast(~tf.gather(same_identity(identity), circle, batch_dims=1), tf.int32)
    others = tf.gather(circle, tf.argmax(is_other, axis=1, output_type=tf.int32), batch_dims=1)
    return others, tf.cast(tf.reduce_max(is_other, axis=1), tf.float32)
