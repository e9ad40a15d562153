"""The training step: samples a second in float32 and bfloat16, and the loss against its direct formulation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from benchmarks.timing import Figures, median_seconds
from models.audio_visual import pair_vectors, unit
from models.distances import pair_squared_distances
from models.saved_networks import Networks, build_networks
from training.config import preset_config
from training.mining import same_identity
from training.optimizers import Optimizer
from training.steps import decayed_kernels, make_task, make_train_step, trained_variables
from training.triplet_loss import triplet_loss

MARGIN = 0.2


@dataclass(frozen=True)
class Size:
    """Windows a step, and windows of the loss alone."""

    batch: int = 16
    loss_batch: int = 64
    models: tuple[str, ...] = ("teacher", "student")


def measure(size: Size) -> Figures:
    """Return samples a second, and what bfloat16 and the contraction over places gain."""
    figures: Figures = {}
    for model in size.models:
        inputs = _inputs(model, size.batch)
        float32_s, bfloat16_s = (_step_seconds(model, inputs, mixed) for mixed in (False, True))
        figures[f"{model}_float32_samples_per_second"] = size.batch / float32_s
        figures[f"{model}_bfloat16_samples_per_second"] = size.batch / bfloat16_s
        figures[f"{model}_bfloat16_over_float32"] = float32_s / bfloat16_s
    passes_s = _resnet18_passes_seconds(size.batch)
    figures["resnet18_passes_alone_samples_per_second"] = size.batch / passes_s
    if "student" in size.models:
        figures["student_step_over_resnet18_passes"] = (
            figures["student_float32_samples_per_second"] * passes_s / size.batch
        )
    direct_s, contracted_s = (_loss_seconds(pairs, size.loss_batch) for pairs in (_direct_pairs, pair_vectors))
    figures["loss_speed_over_direct"] = direct_s / contracted_s
    return figures


def _step_seconds(model: str, inputs: dict[str, tf.Tensor], mixed_precision: bool) -> float:
    alpha = {"alpha": 0.5, "teacher_run": "none"} if model == "student" else {}
    config = preset_config("paper", data_dir="", run_dir="", model=model, mixed_precision=mixed_precision, **alpha)
    networks = build_networks(model, 0, mixed_precision=mixed_precision)
    optimizer = Optimizer(config, trained_variables(networks), decayed_kernels(networks))
    step = make_train_step(make_task(model, networks), optimizer, config)
    return median_seconds(lambda: step(inputs, tf.constant(True))["loss"].numpy())


def _inputs(model: str, batch: int) -> dict[str, tf.Tensor]:
    draw = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"frames": (2, 224, 298, 3)}
    shapes |= {"acoustic_images": (24, 36, 48, 12)} if model == "teacher" else {"spectrogram": (200, 1, 257)}
    inputs = {name: tf.constant(draw.standard_normal((batch, *shape)), tf.float32) for name, shape in shapes.items()}
    inputs["identity"] = tf.range(batch, dtype=tf.int64) // 2
    if model == "student":
        inputs["teacher_vectors"] = unit(tf.constant(draw.standard_normal((batch, 128)), tf.float32))
    return inputs


def _resnet18_passes_seconds(batch: int) -> float:
    networks: Networks = build_networks("student", 0)
    resnet18 = networks["resnet18"]
    frames = tf.constant(np.random.default_rng(0).standard_normal((2 * batch, 224, 298, 3)), tf.float32)

    @tf.function
    def passes() -> tf.Tensor:
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(resnet18(frames, training=True))
        gradients = tape.gradient(total, resnet18.trainable_variables)
        return tf.add_n([tf.reduce_sum(gradient) for gradient in gradients])

    return median_seconds(lambda: passes().numpy())


def _direct_pairs(sounds: tf.Tensor, videos: tf.Tensor) -> tf.Tensor:
    """The paper's text to the letter: similarity maps of all pairs, weighted by the video maps, summed over places."""
    similarity = sounds[:, tf.newaxis] * videos[tf.newaxis]
    return unit(tf.reduce_sum(similarity * videos[tf.newaxis], axis=[2, 3]))


def _loss_seconds(pairs: Callable[[tf.Tensor, tf.Tensor], tf.Tensor], batch: int) -> float:
    draw = np.random.default_rng(0)
    sounds, videos = (tf.constant(np.abs(draw.standard_normal((batch, 12, 16, 128))), tf.float32) for _ in range(2))
    same = same_identity(tf.range(batch) // 2)

    @tf.function
    def loss_and_gradient() -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch((sounds, videos))
            audio = unit(tf.reduce_sum(sounds, [1, 2]))
            loss = triplet_loss(pair_squared_distances(audio, pairs(sounds, videos)), same, MARGIN, False)
        return tf.add_n([tf.reduce_sum(gradient) for gradient in tape.gradient(loss, (sounds, videos))])

    return median_seconds(lambda: loss_and_gradient().numpy())
