"""The optimisers, behind one interface; the only module that knows tensorflow-addons, imported when asked for.

tensorflow-addons is at the end of its life: what replaces its two optimisers is said in `docs/dependencies.md`.
"""

from collections.abc import Sequence

import tensorflow as tf

from training.config import TrainingConfig

# What the authors' TensorFlow 1.14 took by default; Keras has 1e-7.
_ADAM_EPSILON = 1e-8
_AVERAGE_DECAY = 0.99


class Optimizer:
    """Updates a fixed list of variables.

    Parameters
    ----------
    config : TrainingConfig
        `optimizer`, `learning_rate` and, for "adamw", `weight_decay`.
    variables : sequence of tf.Variable
        What is trained.
    decayed : sequence of tf.Variable
        The kernels under weight decay, for "adamw".
    """

    def __init__(
        self, config: TrainingConfig, variables: Sequence[tf.Variable], decayed: Sequence[tf.Variable]
    ) -> None:
        self._variables, self._decayed = list(variables), list(decayed)
        self._kind = config.optimizer
        self._optimizer = _make_optimizer(config)
        if self._kind == "adam":
            self._optimizer.build(self._variables)
        else:
            # The legacy optimisers of tensorflow-addons make their variables at first use; a checkpoint is
            # restored before that.
            self._optimizer._create_all_weights(self._variables)

    @property
    def decays_weights(self) -> bool:
        """Whether weight decay happens here, so that it must not be part of the loss."""
        return self._kind == "adamw"

    def apply(self, gradients: Sequence[tf.Tensor]) -> None:
        """Take one step; gradients in the order of the variables."""
        pairs = list(zip(gradients, self._variables, strict=True))
        if self._kind == "adamw":
            self._optimizer.apply_gradients(pairs, decay_var_list=self._decayed)
        else:
            self._optimizer.apply_gradients(pairs)

    def state(self) -> list[tf.Variable]:
        """Return all that the optimiser remembers, in a fixed order."""
        # The addons' moving average counts its inner optimiser's variables among its weights only.
        return list(self._optimizer.variables if self._kind == "adam" else self._optimizer.weights)

    def finish(self) -> None:
        """Set the trained variables to their moving averages, where the optimiser keeps them."""
        if self._kind == "adam_moving_average":
            self._optimizer.assign_average_vars(self._variables)


def _make_optimizer(config: TrainingConfig) -> tf.keras.optimizers.Optimizer:
    if config.optimizer == "adam":
        return tf.keras.optimizers.Adam(config.learning_rate, epsilon=_ADAM_EPSILON, jit_compile=False)
    import tensorflow_addons as tfa

    if config.optimizer == "adamw":
        # Its decay is not scaled by the learning rate by itself, as the published AdamW's is.
        decay = config.weight_decay * config.learning_rate
        return tfa.optimizers.AdamW(decay, config.learning_rate, epsilon=_ADAM_EPSILON)
    adam = tf.keras.optimizers.legacy.Adam(config.learning_rate, epsilon=_ADAM_EPSILON)
    return tfa.optimizers.MovingAverage(adam, average_decay=_AVERAGE_DECAY)
