"""What teacher and student do differently: their networks, inputs and distances. The loop is the same.

Paper sections 4.3 (fusion and triplet loss) and 4.4 (transfer).
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import tensorflow as tf

from models.audio_visual import (
    acoustic_map,
    audio_vector_from_hearnet,
    audio_vector_from_map,
    pair_vectors,
    pair_vectors_from_vector,
    video_map,
)
from models.distances import pair_squared_distances
from models.saved_networks import Networks
from models.weight_decay import weight_decay, weight_decay_kernels
from training.config import TrainingConfig
from training.distillation import total_loss, transfer_distances
from training.mining import same_identity, valid_triplets
from training.optimizers import Optimizer
from training.triplet_loss import triplet_accuracy, triplet_loss

Inputs = Mapping[str, tf.Tensor]
TrainStep = Callable[[Inputs, tf.Tensor], dict[str, tf.Tensor]]
ValidationStep = Callable[[Inputs], tuple[tf.Tensor, tf.Tensor]]

# Beside the network inputs of `models.network_inputs`, a step takes these two.
IDENTITY = "identity"
TEACHER_VECTORS = "teacher_vectors"


class Task(Protocol):
    """What is trained, on what."""

    networks: Networks

    @property
    def modalities(self) -> tuple[str, ...]:
        """What of each window is read."""

    def distances(self, inputs: Inputs, training: bool) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Return the audio to audio-visual distances [B, B], and the transfer distances [B, B] or None."""


class TeacherTask:
    """DualCamNet and ResNet18, by the triplet loss alone."""

    modalities = ("acoustic_images", "video")

    def __init__(self, networks: Networks) -> None:
        self.networks = networks

    def distances(self, inputs: Inputs, training: bool) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Return distances [B, B] float32 of acoustic image i to the pair (i, video j), and None."""
        audio_maps = acoustic_map(self.networks["dualcamnet"], inputs["acoustic_images"], training)
        videos = video_map(self.networks["resnet18"], inputs["frames"], training)
        audio = audio_vector_from_map(audio_maps)
        return pair_squared_distances(audio, pair_vectors(audio_maps, videos)), None


class StudentTask:
    """HearNet and ResNet18, by the triplet loss and, with teacher vectors, the transfer loss."""

    modalities = ("waveform", "video")

    def __init__(self, networks: Networks) -> None:
        self.networks = networks

    def distances(self, inputs: Inputs, training: bool) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Return distances [B, B] of sound i to the pair (i, video j), and those to the teacher's vectors.

        The second are None where the inputs hold no "teacher_vectors" [B, 128].
        """
        raw = self.networks["hearnet"](inputs["spectrogram"], training=training)
        videos = video_map(self.networks["resnet18"], inputs["frames"], training)
        fused = pair_vectors_from_vector(raw, videos)
        pairs = pair_squared_distances(audio_vector_from_hearnet(raw), fused)
        if TEACHER_VECTORS not in inputs:
            return pairs, None
        return pairs, transfer_distances(raw, tf.stop_gradient(inputs[TEACHER_VECTORS]))


def make_task(model: str, networks: Networks) -> Task:
    """Return the task of "teacher" or "student"."""
    return TeacherTask(networks) if model == "teacher" else StudentTask(networks)


def trained_variables(networks: Networks) -> list[tf.Variable]:
    """Return the variables that gradients change, in a fixed order."""
    return [variable for name in sorted(networks) for variable in networks[name].trainable_variables]


def decayed_kernels(networks: Networks) -> list[tf.Variable]:
    """Return the kernels under weight decay (docs/fidelity.md)."""
    return [kernel for name in sorted(networks) for kernel in weight_decay_kernels(networks[name])]


def make_train_step(task: Task, optimizer: Optimizer, config: TrainingConfig) -> TrainStep:
    """Return a compiled step: inputs and "only the hardest triplets" (bool tensor) to the losses of this batch.

    Inputs hold the network inputs, "identity" [B] (the recording) and, for the transfer, "teacher_vectors" [B, 128].
    The losses are "loss" (with weight decay), "triplet_loss" and "transfer_loss", before the update.
    """
    variables = trained_variables(task.networks)
    kernels = [] if optimizer.decays_weights else decayed_kernels(task.networks)

    @tf.function(reduce_retracing=True)
    def step(inputs: Inputs, hardest: tf.Tensor) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            losses = _losses(task, inputs, kernels, config, hardest)
        gradients = tape.gradient(losses["loss"], variables, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        optimizer.apply(gradients)
        return losses

    return step


def make_validation_step(task: Task, config: TrainingConfig) -> ValidationStep:
    """Return a compiled function: inputs to (triplet accuracy of the batch, number of valid triplets)."""

    @tf.function(reduce_retracing=True)
    def step(inputs: Inputs) -> tuple[tf.Tensor, tf.Tensor]:
        same = same_identity(inputs[IDENTITY])
        pairs, _ = task.distances(inputs, training=False)
        valid = tf.math.count_nonzero(valid_triplets(same))
        return triplet_accuracy(pairs, same, config.margin), valid

    return step


def _losses(
    task: Task, inputs: Inputs, kernels: list[tf.Variable], config: TrainingConfig, hardest: tf.Tensor
) -> dict[str, tf.Tensor]:
    same = same_identity(inputs[IDENTITY])
    pairs, transfers = task.distances(inputs, training=True)
    triplet = triplet_loss(pairs, same, config.margin, hardest)
    transfer = tf.zeros(()) if transfers is None else triplet_loss(transfers, same, config.margin, hardest)
    total = total_loss(triplet, transfer, config.alpha, weight_decay(kernels, config.weight_decay))
    return {"loss": total, "triplet_loss": triplet, "transfer_loss": transfer}
