"""How often L3-Net tells right whether a sound and a video frame belong together (paper 5.1)."""

import numpy as np
import tensorflow as tf


def correspondence_answers(
    network: tf.keras.Model, sounds: np.ndarray, videos: np.ndarray, recordings: np.ndarray
) -> np.ndarray:
    """Ask about every sound twice: with its own video, and with one drawn from another recording.

    Parameters
    ----------
    network : tf.keras.Model
        The fusion of `models.l3net`.
    sounds, videos : ndarray
        [N, 512] outputs of the subnetworks.
    recordings : ndarray
        [N] recording of each.

    Returns
    -------
    ndarray
        [N, 2] bool, whether the answers are right; the draw is the same for every run.
    """
    others = other_recording_windows(recordings)
    together = network([sounds, videos]).numpy().argmax(axis=1) == 1
    apart = network([sounds, videos[others]]).numpy().argmax(axis=1) == 0
    return np.stack([together, apart], axis=1)


def other_recording_windows(recordings: np.ndarray) -> np.ndarray:
    """Return for each window another recording's, [N] positions; the window itself where there is no other."""
    draw = np.random.default_rng(0)
    candidates = {one: np.flatnonzero(recordings != one) for one in np.unique(recordings)}
    return np.array(
        [draw.choice(candidates[one]) if len(candidates[one]) else position for position, one in enumerate(recordings)]
    )
