"""The frozen teacher that is imitated, and what stands in its place in a control experiment."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from models.audio_visual import acoustic_map, audio_vector_from_hearnet, audio_vector_from_map
from models.classification import class_logits, soft_predictions
from models.kinds import SUPERVISED_KINDS
from models.saved_networks import Networks, build_networks, load_networks
from training.config import TrainingConfig
from training.task import Inputs

# Seeds a random HearNet of other weights than the student's own first ones, which the run's seed gives.
_OTHER_WEIGHTS = 1_000_003


@dataclass(frozen=True)
class FrozenTeacher:
    """What is imitated.

    Attributes
    ----------
    modality : str
        What it hears of a window.
    outputs : callable
        Network inputs to DualCamNet's audio vectors [B, 128] or, of a supervised run, soft predictions [B, classes];
        compiled.
    """

    modality: str
    outputs: Callable[[Inputs], tf.Tensor]


def frozen_teacher(config: TrainingConfig) -> FrozenTeacher:
    """Return the teacher of a run, or what its control puts in its place.

    Raises
    ------
    AcousticImagesError
        No teacher is given, or its run is not finished.
    """
    networks = _teacher_networks(config)

    def outputs(inputs: Inputs) -> tf.Tensor:
        if config.model in SUPERVISED_KINDS:
            return soft_predictions(class_logits(networks, inputs))
        if "hearnet" in networks:
            return audio_vector_from_hearnet(networks["hearnet"](inputs["spectrogram"], training=False))
        return audio_vector_from_map(acoustic_map(networks["dualcamnet"], inputs["acoustic_images"], training=False))

    modality = "waveform" if "hearnet" in networks else "acoustic_images"
    return FrozenTeacher(modality, tf.function(outputs, reduce_retracing=True))


def _teacher_networks(config: TrainingConfig) -> Networks:
    if config.teacher_control == "untrained":
        return build_networks("teacher", config.seed)
    if config.teacher_control == "one_microphone":
        return build_networks("student", config.seed + _OTHER_WEIGHTS)
    return load_networks(str(config.teacher_run), config.teacher_kind)


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
