"""Distillation of the teacher into the student (paper 4.4)."""

import tensorflow as tf

from common.errors import AcousticImagesError
from models.audio_visual import unit
from models.distances import squared_distances


def transfer_distances(student: tf.Tensor, teacher_vectors: tf.Tensor) -> tf.Tensor:
    """Return squared distances [B, B] between student i and teacher j.

    Parameters
    ----------
    student : tf.Tensor
        [B, 128] HearNet's output as it is, without a ReLU (docs/fidelity.md).
    teacher_vectors : tf.Tensor
        [B, 128] unit audio vectors of the frozen teacher.
    """
    return squared_distances(unit(student), teacher_vectors)


def require_alpha(alpha: float) -> float:
    """Return alpha, or raise AcousticImagesError when it lies outside [0, 1]."""
    if not 0.0 <= alpha <= 1.0:
        raise AcousticImagesError(f"alpha: found {alpha}, wanted a number from 0 to 1")
    return alpha


def total_loss(
    triplet: tf.Tensor, transfer: tf.Tensor, alpha: float, regularisation: tf.Tensor | float = 0.0
) -> tf.Tensor:
    """Return alpha * transfer + (1 - alpha) * triplet (paper equation 2) + regularisation.

    Raises
    ------
    AcousticImagesError
        When alpha lies outside [0, 1].
    """
    alpha = require_alpha(alpha)
    return alpha * transfer + (1.0 - alpha) * triplet + regularisation
