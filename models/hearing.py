"""A trained student as anybody uses it: a waveform in, 128 numbers out; no array, no video, no dataset."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from common.errors import AcousticImagesError
from models.audio_visual import audio_vector_from_hearnet
from models.saved_networks import load_networks, read_network_description
from models.spectrogram import normalise, spectrogram

SAMPLE_RATE_HZ = 22050
WINDOW_SAMPLES = 44100
EMBEDDING_SIZE = 128


class Hearing(tf.Module):
    """HearNet with its front end: scaling, spectrogram, normalisation, network, unit length.

    Parameters
    ----------
    hearnet : tf.keras.Model
        [B, 200, 1, 257] to [B, 128].
    mean, deviation : array-like
        [257] of the spectrogram over the training split.
    """

    def __init__(self, hearnet: tf.keras.Model, mean: np.ndarray, deviation: np.ndarray) -> None:
        super().__init__(name="hearing")
        self.hearnet = hearnet
        # NumPy arrays become constants of the graph; tensors would become inputs of it when it is exported.
        self._mean, self._deviation = np.asarray(mean, np.float32), np.asarray(deviation, np.float32)

    @tf.function(input_signature=[tf.TensorSpec([None, WINDOW_SAMPLES], tf.float32, name="waveform")])
    def __call__(self, waveform: tf.Tensor) -> tf.Tensor:
        """Return the unit audio vectors [B, 128] of windows [B, 44100] at 22,050 Hz, of any loudness but silence."""
        inputs = normalise(spectrogram(waveform), tf.constant(self._mean), tf.constant(self._deviation))
        return audio_vector_from_hearnet(self.hearnet(inputs, training=False))


def load_hearing(run_dir: Path | str) -> Hearing:
    """Load the student of a finished run.

    Raises
    ------
    AcousticImagesError
        No finished run, a teacher's, damaged weights, or a run without the spectrogram's statistics.
    """
    description = read_network_description(run_dir, "student")
    mean, deviation = description.get("spectrogram_mean"), description.get("spectrogram_std")
    if mean is None or deviation is None:
        raise AcousticImagesError(f"{run_dir}: found no spectrogram statistics, wanted them; train the student again")
    return Hearing(load_networks(run_dir, "student")["hearnet"], np.array(mean), np.array(deviation))
