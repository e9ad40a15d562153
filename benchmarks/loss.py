"""The loss of a batch: the contraction over places against the paper's text to the letter, which holds all pairs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from benchmarks.timing import Figures, gigabytes_added, in_own_process, median_seconds
from models.audio_visual import pair_vectors, unit
from models.distances import pair_squared_distances
from training.mining import same_identity
from training.triplet_loss import triplet_loss

MARGIN = 0.2
Pairs = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


@dataclass(frozen=True)
class Size:
    """Windows of the batch."""

    batch: int = 64


def measure(size: Size) -> Figures:
    """Return how much faster and smaller the contraction is, loss and gradient."""
    direct_s, contracted_s = (
        median_seconds(_loss_and_gradient(pairs, size.batch)) for pairs in (_direct_pairs, pair_vectors)
    )
    direct, contracted = (
        in_own_process(gigabytes_held, formulation=name, batch=size.batch)[0] or 0.0 for name in _FORMULATIONS
    )
    return {
        "speed_over_direct": direct_s / contracted_s,
        "contracted_milliseconds": 1e3 * contracted_s,
        "direct_gigabytes": direct,
        "contracted_gigabytes": contracted,
        "memory_over_direct": contracted / direct,
    }


def gigabytes_held(formulation: str, batch: int) -> float:
    """Return the memory that the loss and its gradient need beside the maps, after a call that is not counted.

    That call is of two windows: it loads what TensorFlow loads once.
    """
    pairs = _FORMULATIONS[formulation]
    _loss_and_gradient(pairs, 2)()
    return gigabytes_added(_loss_and_gradient(pairs, batch))


def _direct_pairs(sounds: tf.Tensor, videos: tf.Tensor) -> tf.Tensor:
    """Similarity maps of all pairs, weighted by the video maps, summed over places (paper 4.3)."""
    similarity = sounds[:, tf.newaxis] * videos[tf.newaxis]
    return unit(tf.reduce_sum(similarity * videos[tf.newaxis], axis=[2, 3]))


_FORMULATIONS: dict[str, Pairs] = {"direct": _direct_pairs, "contracted": pair_vectors}


def _maps(batch: int) -> tuple[tf.Tensor, tf.Tensor]:
    draw = np.random.default_rng(0)
    sounds, videos = np.abs(draw.standard_normal((2, batch, 12, 16, 128), np.float32))
    return tf.constant(sounds), tf.constant(videos)


def _loss_and_gradient(pairs: Pairs, batch: int) -> Callable[[], np.ndarray]:
    sounds, videos = _maps(batch)
    same = same_identity(tf.range(batch) // 2)

    @tf.function
    def work_out() -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch((sounds, videos))
            audio = unit(tf.reduce_sum(sounds, [1, 2]))
            loss = triplet_loss(pair_squared_distances(audio, pairs(sounds, videos)), same, MARGIN, True)
        return tf.add_n([tf.reduce_sum(gradient) for gradient in tape.gradient(loss, (sounds, videos))])

    return lambda: work_out().numpy()
