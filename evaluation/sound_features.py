"""What a student hears in one sound: 128 numbers a window, and when each begins."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evaluation.sound_windows import Sound, sound_windows
from models.hearing import EMBEDDING_SIZE, Hearing

FEATURE_NAMES = tuple(f"f{number}" for number in range(EMBEDDING_SIZE))


@dataclass(frozen=True)
class SoundFeatures:
    """Features of one sound.

    Attributes
    ----------
    vectors : ndarray
        [windows, 128] float32 of unit length; at least one.
    starts_s : ndarray
        [windows] start of each, seconds.
    num_silent : int
        Windows of digital silence, which are left out.
    rest_s : float
        Seconds at the end that fill no window.
    """

    vectors: np.ndarray
    starts_s: np.ndarray
    num_silent: int
    rest_s: float


def sound_features(
    sound: Sound,
    hearing: Hearing,
    hop_seconds: float = 2.0,
    channel: int = 0,
    on_heard: Callable[[int], object] | None = None,
) -> SoundFeatures:
    """Return the features of a sound, read and heard piece by piece.

    Parameters
    ----------
    sound, hop_seconds, channel
        As of `sound_windows`, which says what it raises.
    hearing : Hearing
        The student.
    on_heard : callable or None
        Called with the number of windows that are done, silent ones too, since it was called before.
    """
    vectors, starts_s, num_silent, rest_s = [], [], 0, 0.0
    for batch in sound_windows(sound, hop_seconds, channel):
        num_silent, rest_s = num_silent + batch.num_silent, rest_s + batch.rest_s
        if len(batch.starts_s):
            vectors.append(hearing(batch.waveforms).numpy())
            starts_s.append(batch.starts_s)
        if on_heard is not None:
            on_heard(len(batch.starts_s) + batch.num_silent)
    return SoundFeatures(np.concatenate(vectors), np.concatenate(starts_s), num_silent, rest_s)
