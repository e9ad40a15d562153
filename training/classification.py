"""Learning from labels and, with a teacher, from its soft predictions (supervised transfer, paper reference 28)."""

import tensorflow as tf

from models.classification import class_logits, window_logits
from models.kinds import modalities_of
from models.saved_networks import Networks
from training.config import TrainingConfig
from training.distillation import total_loss
from training.distribution import gathered
from training.task import LABELS, TEACHER_OUTPUTS, Inputs, Losses


class ClassificationTask:
    """One network under a linear classifier, by cross-entropy."""

    keeps_best = True

    def __init__(self, networks: Networks, config: TrainingConfig) -> None:
        self.networks, self.modalities = networks, modalities_of(config.model)
        self._alpha = config.alpha

    def losses(self, inputs: Inputs, hardest: tf.Tensor) -> Losses:
        """Return the cross-entropies to the labels and to the teacher's predictions [B, classes], and their sum.

        They are weighted by 1 - alpha and alpha.
        """
        logits = gathered(window_logits(class_logits(self.networks, inputs, training=True)))
        labels = gathered(inputs[LABELS])
        hard = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        soft = tf.zeros(())
        if TEACHER_OUTPUTS in inputs:
            predictions = tf.stop_gradient(gathered(inputs[TEACHER_OUTPUTS]))
            soft = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=predictions, logits=logits))
        return {"loss": total_loss(hard, soft, self._alpha), "task_loss": hard, "transfer_loss": soft}

    def accuracy(self, inputs: Inputs) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the share of windows whose class is found, and the number of windows."""
        found = tf.argmax(window_logits(class_logits(self.networks, inputs)), axis=-1, output_type=tf.int64)
        right = tf.cast(found == tf.cast(inputs[LABELS], tf.int64), tf.float32)
        return tf.reduce_mean(right), tf.size(right)
