"""The training step: samples a second, memory, and how much of the machine its convolutions use."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from benchmarks.timing import Figures, gemm_gflops, median_seconds, peak_gigabytes
from models.audio_visual import (
    acoustic_map,
    audio_vector_from_hearnet,
    audio_vector_from_map,
    hearnet_map,
    own_pair_vectors,
    unit,
    video_map,
)
from models.saved_networks import Networks, build_networks
from training.config import TrainingConfig, preset_config
from training.optimizers import Optimizer
from training.steps import make_task, make_train_step
from training.task import TEACHER_OUTPUTS

# What is trained, and whether a teacher is imitated.
SYSTEMS = {"teacher": ("teacher", 0.0), "student": ("student", 0.0), "student_with_transfer": ("student", 0.5)}
_SOUND_NETWORK = {"teacher": ("dualcamnet", "acoustic_images"), "student": ("hearnet", "spectrogram")}
_FRAMES_PER_WINDOW = 2
# A gradient takes one pass backwards to the weights and one to the inputs, each as large as the pass forwards.
_PASSES = 3


@dataclass(frozen=True)
class Size:
    """Windows a step, what is measured, and the batch whose memory is."""

    batches: tuple[int, ...] = (16, 64)
    systems: tuple[str, ...] = tuple(SYSTEMS)
    memory_batch: int = 64


def measure(size: Size) -> Figures:
    """Return samples a second, shares of what bounds them, peak memory, and what bfloat16 gains and changes."""
    figures: Figures = {}
    peak_gflops = gemm_gflops()
    for system in size.systems:
        operations = _PASSES * convolution_operations(SYSTEMS[system][0])
        for batch in size.batches:
            name = f"{system}_{batch}"
            float32_s, bfloat16_s = (step_seconds(system, batch, mixed) for mixed in (False, True))
            figures[f"{name}_float32_samples_per_second"] = batch / float32_s
            figures[f"{name}_bfloat16_samples_per_second"] = batch / bfloat16_s
            figures[f"{name}_bfloat16_over_float32"] = float32_s / bfloat16_s
            figures[f"{name}_share_of_gemm_peak"] = operations * batch / float32_s / 1e9 / peak_gflops
        memory = peak_gigabytes(one_step, system=system, batch=size.memory_batch)
        figures[f"{system}_{size.memory_batch}_float32_peak_gigabytes"] = memory
        if not SYSTEMS[system][1]:
            # The transfer changes neither the networks nor what bfloat16 does to them.
            step_s = size.batches[0] / figures[f"{system}_{size.batches[0]}_float32_samples_per_second"]
            figures |= _network_figures(system, size.batches[0], step_s)
    return figures


def _network_figures(system: str, batch: int, step_s: float) -> Figures:
    """Return which part of a step the networks' passes are, and what bfloat16 does to their vectors."""
    passes_s = {kind: _passes_seconds(system, batch, kind) for kind in ("video", "sound")}
    return {
        **{f"{system}_{batch}_{kind}_network_share": seconds / step_s for kind, seconds in passes_s.items()},
        f"{system}_{batch}_speed_over_passes_alone": sum(passes_s.values()) / step_s,
        **{f"{system}_bfloat16_{name}": value for name, value in _cosines(system, batch).items()},
    }


def step_seconds(system: str, batch: int, mixed_precision: bool) -> float:
    """Return the median time of a step."""
    step, inputs = _step(system, batch, mixed_precision)
    return median_seconds(lambda: step(inputs, tf.constant(True))["loss"].numpy())


def one_step(system: str, batch: int) -> None:
    """Take one step in float32, for its memory."""
    step, inputs = _step(system, batch, mixed_precision=False)
    step(inputs, tf.constant(True))["loss"].numpy()


def convolution_operations(model: str) -> float:
    """Return the additions and multiplications of all convolutions in one pass forwards of one window."""
    networks = build_networks(model, 0)
    sound = _SOUND_NETWORK[model][0]
    return _operations(networks[sound]) + _FRAMES_PER_WINDOW * _operations(networks["resnet18"])


def _operations(network: tf.keras.Model) -> float:
    layers = [layer for layer in network.layers if isinstance(layer, tf.keras.layers.Conv2D | tf.keras.layers.Conv3D)]
    outputs = tf.keras.Model(network.input, [layer.output for layer in layers])(tf.zeros([1, *network.input_shape[1:]]))
    return sum(
        2.0 * np.prod(output.shape) * np.prod(layer.kernel.shape[:-1])
        for layer, output in zip(layers, outputs, strict=True)
    )


def _step(system: str, batch: int, mixed_precision: bool) -> tuple[Callable[..., dict[str, tf.Tensor]], dict]:
    model, alpha = SYSTEMS[system]
    config: TrainingConfig = preset_config(
        "paper",
        data_dir="",
        run_dir="",
        model=model,
        mixed_precision=mixed_precision,
        alpha=alpha,
        teacher_run="none" if alpha else None,
    )
    networks = build_networks(model, 0, mixed_precision=mixed_precision)
    optimizer = Optimizer(config, networks)
    return make_train_step(make_task(networks, config), optimizer, config), _inputs(system, batch)


def _inputs(system: str, batch: int) -> dict[str, tf.Tensor]:
    model, alpha = SYSTEMS[system]
    draw = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"frames": (_FRAMES_PER_WINDOW, 224, 298, 3)}
    shapes |= {"acoustic_images": (24, 36, 48, 12)} if model == "teacher" else {"spectrogram": (200, 1, 257)}
    inputs = {name: tf.constant(draw.standard_normal((batch, *shape), np.float32)) for name, shape in shapes.items()}
    inputs["identity"] = tf.range(batch, dtype=tf.int64) // 2
    if alpha:
        inputs[TEACHER_OUTPUTS] = unit(tf.constant(draw.standard_normal((batch, 128)), tf.float32))
    return inputs


def _passes_seconds(system: str, batch: int, kind: str) -> float:
    """Return the time of one network's pass forwards and backwards, and of nothing else."""
    model, _ = SYSTEMS[system]
    name, field = _SOUND_NETWORK[model] if kind == "sound" else ("resnet18", "frames")
    network, inputs = build_networks(model, 0)[name], _inputs(system, batch)[field]
    if kind == "video":
        inputs = tf.reshape(inputs, [-1, *inputs.shape[2:]])

    @tf.function
    def passes() -> tf.Tensor:
        with tf.GradientTape() as tape:
            total = tf.reduce_sum(network(inputs, training=True))
        gradients = tape.gradient(total, network.trainable_variables)
        return tf.add_n([tf.reduce_sum(gradient) for gradient in gradients])

    return median_seconds(lambda: passes().numpy())


def _cosines(system: str, batch: int) -> Figures:
    """Return how far bfloat16 turns the vectors of networks with the same weights: smallest cosine over the batch."""
    model, _ = SYSTEMS[system]
    inputs = _inputs(system, batch)
    exact, rounded = (
        _vectors(model, build_networks(model, 0, mixed_precision=mixed), inputs) for mixed in (False, True)
    )
    return {
        f"smallest_cosine_{name}": float(tf.reduce_min(tf.reduce_sum(exact[name] * rounded[name], -1)))
        for name in exact
    }


def _vectors(model: str, networks: Networks, inputs: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    videos = video_map(networks["resnet18"], inputs["frames"])
    if model == "teacher":
        maps = acoustic_map(networks["dualcamnet"], inputs["acoustic_images"])
        audio = audio_vector_from_map(maps)
    else:
        raw = networks["hearnet"](inputs["spectrogram"])
        maps, audio = hearnet_map(raw), audio_vector_from_hearnet(raw)
    return {"audio": audio, "audio_visual": own_pair_vectors(maps, videos)}
