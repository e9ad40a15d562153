"""Batch normalisation, over the batches of all replicas where networks are trained on several."""

from typing import Any

import tensorflow as tf

# Of the moving statistics, in the authors' code: a memory of some 300 updates.
NORM_MOMENTUM = 0.997
_EPSILON = 1e-5


def batch_normalisation(name: str) -> tf.keras.layers.BatchNormalization:
    """Return the layer; in the scope of a `tf.distribute` strategy one whose statistics are those of all replicas."""
    # Rank 4 takes the fused kernel, whose moving variance is the unbiased one, as in the authors' code.
    kind = SynchronisedNormalisation if tf.distribute.has_strategy() else tf.keras.layers.BatchNormalization
    return kind(momentum=NORM_MOMENTUM, epsilon=_EPSILON, name=name)


class SynchronisedNormalisation(tf.keras.layers.BatchNormalization):
    """Batch normalisation of [batch, ..., channels] by the statistics of the batches of all replicas together.

    Keras's own (`synchronized=True`) keeps the biased moving variance, and takes it as a difference of two large
    numbers; this one does what the fused kernel does on one device.
    """

    def add_weight(self, *arguments: Any, **options: Any) -> tf.Variable:
        """Make a variable; of moving statistics, which are the same everywhere, the first replica's is read."""
        if options.get("synchronization") == tf.VariableSynchronization.ON_READ:
            options["aggregation"] = tf.VariableAggregation.ONLY_FIRST_REPLICA
        return super().add_weight(*arguments, **options)

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        """Return the normalised inputs; in training the moving statistics follow."""
        if not training:
            return super().call(inputs, training=False)
        x = tf.cast(inputs, tf.float32)
        axes = list(range(x.shape.rank - 1))
        count = _sum_over_replicas(tf.cast(tf.size(x) / x.shape[-1], tf.float32))
        mean = _sum_over_replicas(tf.reduce_sum(x, axes)) / count
        variance = _sum_over_replicas(tf.reduce_sum(tf.square(x - mean), axes)) / count
        self._follow(self.moving_mean, mean)
        self._follow(self.moving_variance, variance * count / (count - 1.0))
        y = tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)
        return tf.cast(y, inputs.dtype)

    def _follow(self, moving: tf.Variable, value: tf.Tensor) -> None:
        moving.assign(moving * self.momentum + tf.stop_gradient(value) * (1.0 - self.momentum))


def _sum_over_replicas(value: tf.Tensor) -> tf.Tensor:
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, value)
