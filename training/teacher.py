"""The frozen teacher that a student imitates, and what stands in its place in a control experiment."""

import numpy as np
import tensorflow as tf

from models.saved_networks import build_networks, load_networks
from training.config import TrainingConfig


def frozen_dualcamnet(config: TrainingConfig) -> tf.keras.Model:
    """Return the network whose vectors are imitated.

    Raises
    ------
    AcousticImagesError
        No teacher is given, or its run is not finished.
    """
    if config.teacher_control == "untrained":
        return build_networks("teacher", config.seed)["dualcamnet"]
    return load_networks(str(config.teacher_run), "teacher")["dualcamnet"]


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
