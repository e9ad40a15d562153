"""The optimisers, behind one interface; the only module that knows tensorflow-addons, imported when asked for.

tensorflow-addons is at the end of its life: what replaces its two optimisers is said in `docs/dependencies.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from models.saved_networks import Networks
from models.weight_decay import weight_decay_kernels
from training.config import TrainingConfig

# What the authors' TensorFlow 1.14 took by default; Keras has 1e-7.
_ADAM_EPSILON = 1e-8
_AVERAGE_DECAY = 0.99


class Optimizer:
    """Updates the weights of networks: ResNet18's by a step size of their own where the configuration has one.

    Parameters
    ----------
    config : TrainingConfig
        `optimizer`, `learning_rate`, `video_learning_rate` and, for "adamw", `weight_decay`.
    networks : dict of str to tf.keras.Model
        What is trained.
    """

    def __init__(self, config: TrainingConfig, networks: Networks) -> None:
        self._variables, self._decayed = trained_variables(networks), decayed_kernels(networks)
        self._kind = config.optimizer
        rates = {name: _learning_rate(config, name) for name in sorted(networks)}
        self._groups = [
            _Group(
                _make_optimizer(config, rate),
                trained_variables({name: networks[name] for name in networks if rates[name] == rate}),
            )
            for rate in dict.fromkeys(rates.values())
        ]
        for group in self._groups:
            if self._kind == "adam":
                group.optimizer.build(group.variables)
            else:
                # The legacy optimisers of tensorflow-addons make their variables at first use; a checkpoint is
                # restored before that.
                group.optimizer._create_all_weights(group.variables)

    @property
    def decays_weights(self) -> bool:
        """Whether weight decay happens here, so that it must not be part of the loss."""
        return self._kind == "adamw"

    def apply(self, gradients: Sequence[tf.Tensor]) -> None:
        """Take one step; gradients in the order of the variables, summed over the replicas where there are several."""
        gradient_of = {variable.ref(): gradient for variable, gradient in zip(self._variables, gradients, strict=True)}
        for group in self._groups:
            pairs = [(gradient_of[variable.ref()], variable) for variable in group.variables]
            if self._kind == "adamw":
                group.optimizer.apply_gradients(pairs, decay_var_list=self._decayed)
            elif self._kind == "adam":
                # A sum over replicas stays in TensorFlow's registry until the process ends, and the step's graph with
                # it, even where there is one replica only.
                is_alone = tf.distribute.get_strategy().num_replicas_in_sync == 1
                group.optimizer.apply_gradients(pairs, skip_gradients_aggregation=is_alone)
            else:
                group.optimizer.apply_gradients(pairs)

    def state(self) -> list[tf.Variable]:
        """Return all that the optimiser remembers, in a fixed order."""
        # The addons' moving average counts its inner optimiser's variables among its weights only.
        return [
            variable
            for group in self._groups
            for variable in (group.optimizer.variables if self._kind == "adam" else group.optimizer.weights)
        ]

    def finish(self) -> None:
        """Set the trained variables to their moving averages, where the optimiser keeps them."""
        if self._kind == "adam_moving_average":
            for group in self._groups:
                group.optimizer.assign_average_vars(group.variables)


def trained_variables(networks: Networks) -> list[tf.Variable]:
    """Return the variables that gradients change, in a fixed order."""
    return [variable for name in sorted(networks) for variable in networks[name].trainable_variables]


def decayed_kernels(networks: Networks) -> list[tf.Variable]:
    """Return the kernels under weight decay (docs/fidelity.md)."""
    return [kernel for name in sorted(networks) for kernel in weight_decay_kernels(networks[name])]


@dataclass(frozen=True)
class _Group:
    """Variables of one step size and what updates them."""

    optimizer: tf.keras.optimizers.Optimizer
    variables: list[tf.Variable]


def _learning_rate(config: TrainingConfig, network: str) -> float:
    own = config.video_learning_rate if network == "resnet18" else None
    return config.learning_rate if own is None else own


def _make_optimizer(config: TrainingConfig, learning_rate: float) -> tf.keras.optimizers.Optimizer:
    if config.optimizer == "adam":
        return tf.keras.optimizers.Adam(learning_rate, epsilon=_ADAM_EPSILON, jit_compile=False)
    import tensorflow_addons as tfa

    if config.optimizer == "adamw":
        # Its decay is not scaled by the learning rate by itself, as the published AdamW's is.
        decay = config.weight_decay * learning_rate
        return tfa.optimizers.AdamW(decay, learning_rate, epsilon=_ADAM_EPSILON)
    adam = tf.keras.optimizers.legacy.Adam(learning_rate, epsilon=_ADAM_EPSILON)
    return tfa.optimizers.MovingAverage(adam, average_decay=_AVERAGE_DECAY)
