"""Features of sounds in three lines of Python, also as a step of a scikit-learn pipeline.

from evaluation.audio_features import AudioFeatures
features = AudioFeatures("runs/student").transform(["dog.wav", "rain.ogg"])
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from evaluation.sound_windows import SoundWindows, cut_windows, read_windows
from models.hearing import EMBEDDING_SIZE, Hearing, load_hearing

_WINDOWS_AT_ONCE = 64


class AudioFeatures(TransformerMixin, BaseEstimator):
    """Turns sounds into the mean of their windows' features, [sounds, 128].

    Parameters
    ----------
    model : Path or str
        Run folder of a student.
    hop_seconds : float
        From one window's start to the next.
    channel : int
        Of files with several channels.
    """

    def __init__(self, model: Path | str, hop_seconds: float = 2.0, channel: int = 0) -> None:
        self.model = model
        self.hop_seconds = hop_seconds
        self.channel = channel

    def fit(self, sounds: Any = None, labels: Any = None) -> "AudioFeatures":
        """Load the model; nothing is learned."""
        self.hearing_: Hearing = load_hearing(self.model)
        return self

    def transform(self, sounds: Sequence[Path | str | tuple[np.ndarray, int]]) -> np.ndarray:
        """Return [sounds, 128] float32; a sound is a file or a pair of samples [n] and rate in Hz.

        Raises
        ------
        AcousticImagesError
            A sound that cannot be used; names it.
        """
        if not len(sounds):
            return np.zeros((0, EMBEDDING_SIZE), np.float32)
        return np.stack([self.windows_of(sound)[1].mean(axis=0) for sound in sounds])

    def windows_of(self, sound: Path | str | tuple[np.ndarray, int]) -> tuple[SoundWindows, np.ndarray]:
        """Return the windows of one sound and their features [windows, 128] float32, unit length."""
        if not hasattr(self, "hearing_"):
            self.fit()
        if isinstance(sound, tuple):
            windows = cut_windows(*sound, self.hop_seconds)
        else:
            windows = read_windows(sound, self.hop_seconds, self.channel)
        starts = range(0, len(windows.waveforms), _WINDOWS_AT_ONCE)
        parts = [self.hearing_(windows.waveforms[start : start + _WINDOWS_AT_ONCE]).numpy() for start in starts]
        return windows, np.concatenate(parts)
