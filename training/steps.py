"""The compiled steps of a run: one update of the weights, and the accuracy on a validation batch."""

from collections.abc import Callable

import tensorflow as tf

from models.saved_networks import Networks
from models.weight_decay import weight_decay
from training.classification import ClassificationTask
from training.config import TrainingConfig
from training.correspondence import CorrespondenceTask
from training.distribution import ALONE, Replicas
from training.optimizers import Optimizer, decayed_kernels, trained_variables
from training.self_supervision import StudentTask, TeacherTask
from training.task import Inputs, Losses, Task

TrainStep = Callable[[Inputs, tf.Tensor], Losses]
ValidationStep = Callable[[Inputs], tuple[tf.Tensor, tf.Tensor]]
_TASKS: dict[str, Callable[[Networks, TrainingConfig], Task]] = {
    "teacher": TeacherTask,
    "student": StudentTask,
    "l3net": CorrespondenceTask,
}


def make_task(networks: Networks, config: TrainingConfig) -> Task:
    """Return the task of the configuration's kind of run."""
    return _TASKS.get(config.model, ClassificationTask)(networks, config)


def make_train_step(task: Task, optimizer: Optimizer, config: TrainingConfig, replicas: Replicas = ALONE) -> TrainStep:
    """Return a compiled step: inputs and "only the hardest triplets" (bool tensor) to the losses of this batch.

    The losses are the task's, with weight decay in "loss", from before the update. Of several replicas each takes its
    part of this worker's inputs, and the losses are those of the whole batch.
    """
    variables = trained_variables(task.networks)
    kernels = [] if optimizer.decays_weights else decayed_kernels(task.networks)

    def step(inputs: Inputs, hardest: tf.Tensor) -> Losses:
        with tf.GradientTape() as tape:
            losses = task.losses(inputs, hardest)
            losses["loss"] += weight_decay(kernels, config.weight_decay)
            share = replicas.share_of_loss(losses["loss"])
        gradients = tape.gradient(share, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        optimizer.apply(gradients)
        return losses

    return replicas.compile(step)


def make_validation_step(task: Task) -> ValidationStep:
    """Return a compiled function: inputs to (accuracy of the batch, number of cases)."""

    @tf.function(reduce_retracing=True)
    def step(inputs: Inputs) -> tuple[tf.Tensor, tf.Tensor]:
        return task.accuracy(inputs)

    return step
