"""What a kind of run does differently: its networks, what it reads, its losses. The loop is the same for all."""

from collections.abc import Mapping
from typing import Protocol

import tensorflow as tf

from models.saved_networks import Networks

Inputs = Mapping[str, tf.Tensor]
Losses = dict[str, tf.Tensor]

# Beside the network inputs of `models.network_inputs`, a step takes these.
IDENTITY = "identity"
LABELS = "labels"
TEACHER_OUTPUTS = "teacher_outputs"


class Task(Protocol):
    """What is trained, on what."""

    networks: Networks
    modalities: tuple[str, ...]
    # Whether the weights of the epoch with the best validation accuracy are the result, or the last.
    keeps_best: bool

    def losses(self, inputs: Inputs, hardest: tf.Tensor) -> Losses:
        """Return the losses of a batch in training, without weight decay.

        Parameters
        ----------
        inputs : mapping
            Network inputs; "identity" [B], the recording; "labels" [B], the class; where there is a teacher,
            "teacher_outputs" [B, n].
        hardest : tf.Tensor
            Scalar bool: only the hardest triplets; without a meaning where there are none.

        Returns
        -------
        dict
            "task_loss" and "transfer_loss" (zero without a teacher), and "loss", which they add up to; scalars.
        """

    def accuracy(self, inputs: Inputs) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the accuracy on a validation batch, and over how many cases; scalars."""
