"""The frozen teacher that is imitated, and what stands in its place in a control experiment."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from models.audio_visual import acoustic_map, audio_vector_from_map
from models.classification import class_logits, soft_predictions
from models.kinds import TEACHER_OF_KIND
from models.saved_networks import Networks, build_networks, load_networks
from training.config import TrainingConfig


def frozen_teacher(config: TrainingConfig) -> Callable[[tf.Tensor], tf.Tensor]:
    """Return a compiled function from acoustic images [B, 24, 36, 48, 12] to what is imitated.

    That is DualCamNet's audio vector [B, 128] or, for a supervised run, its soft predictions [B, classes].

    Raises
    ------
    AcousticImagesError
        No teacher is given, or its run is not finished.
    """
    networks = _teacher_networks(config)

    @tf.function(reduce_retracing=True)
    def outputs(images: tf.Tensor) -> tf.Tensor:
        if "classifier" in networks:
            return soft_predictions(class_logits(networks, {"acoustic_images": images}))
        return audio_vector_from_map(acoustic_map(networks["dualcamnet"], images, training=False))

    return outputs


def _teacher_networks(config: TrainingConfig) -> Networks:
    if config.teacher_control == "untrained":
        return build_networks("teacher", config.seed)
    return load_networks(str(config.teacher_run), TEACHER_OF_KIND[config.model])


def of_other_recordings(vectors: np.ndarray, recordings: np.ndarray, seed: int) -> np.ndarray:
    """Give the windows of every recording the vectors of another recording's windows.

    Windows of one recording still share one recording's vectors, so that the control differs from the teacher only in
    whose they are.

    Parameters
    ----------
    vectors : ndarray
        [windows, 128].
    recordings : ndarray
        [windows] recording of each; two at least.
    seed : int
        Decides which recording stands for which.
    """
    order = np.random.default_rng(seed).permutation(np.unique(recordings))
    shuffled = np.empty_like(vectors)
    for recording, other in zip(order, np.roll(order, 1), strict=True):
        own, others = np.flatnonzero(recordings == recording), np.flatnonzero(recordings == other)
        shuffled[own] = vectors[others[np.arange(len(own)) % len(others)]]
    return shuffled
