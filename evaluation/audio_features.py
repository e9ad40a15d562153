"""Features of sounds in a line of Python, also as a step of a scikit-learn pipeline.

from evaluation.audio_features import AudioFeatures, embed
windows = embed("dog.wav", "pretrained/student")                                       # [windows, 128]
sounds = AudioFeatures("pretrained/student").fit().transform(["dog.wav", "rain.ogg"])  # [2, 128]
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from evaluation.sound_features import FEATURE_NAMES, sound_features
from evaluation.sound_windows import Sound
from models.hearing import EMBEDDING_SIZE, Hearing, load_hearing


def embed(sound: Sound, model: Path | str | Hearing, hop_seconds: float = 2.0, channel: int = 0) -> np.ndarray:
    """Return the features of a sound's windows of two seconds, [windows, 128] float32 of unit length.

    Parameters
    ----------
    sound : Path, str or (ndarray, int)
        A file, WAV, FLAC, OGG or MP3 of any rate and length; or samples [n] and their rate in Hz. Windows of digital
        silence are left out; `evaluation.sound_features` tells when each of the others begins.
    model : Path, str or Hearing
        Run folder of a student; or what `models.hearing.load_hearing` made of one, to load it once for many sounds.
    hop_seconds : float
        From one window's start to the next.
    channel : int
        Of a file with several channels, from 0.

    Raises
    ------
    AcousticImagesError
        A sound or a model that cannot be used.
    """
    hearing = model if isinstance(model, Hearing) else load_hearing(model)
    return sound_features(sound, hearing, hop_seconds, channel).vectors


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

    def transform(self, sounds: Sequence[Sound]) -> np.ndarray:
        """Return [sounds, 128] float32 of files, or of pairs of samples [n] and rate in Hz.

        Raises
        ------
        AcousticImagesError
            A sound that cannot be used; names it.
        """
        if not hasattr(self, "hearing_"):
            self.fit()
        means = [embed(sound, self.hearing_, self.hop_seconds, self.channel).mean(axis=0) for sound in sounds]
        return np.stack(means) if means else np.zeros((0, EMBEDDING_SIZE), np.float32)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return f0 to f127, the columns of `set_output(transform="pandas")`."""
        return np.array(FEATURE_NAMES, dtype=object)
