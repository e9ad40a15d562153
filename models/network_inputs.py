"""From a batch of stored windows to what the networks take."""

from collections.abc import Mapping

import tensorflow as tf

from models.spectrogram import normalise, spectrogram
from models.video_input import centre

# Fields of a stored window that each input is made of.
INPUT_FIELDS = {"acoustic_images": "acoustic_images", "spectrogram": "waveform", "frames": "video_frames"}


def network_inputs(
    windows: Mapping[str, tf.Tensor], spectrogram_mean: tf.Tensor | None, spectrogram_std: tf.Tensor | None
) -> dict[str, tf.Tensor]:
    """Return the inputs whose fields are there.

    Parameters
    ----------
    windows : mapping
        Parsed windows: `acoustic_images` [B, 24, 36, 48, 12], `waveform` [B, 44100], `video_frames`
        [B, n, 224, 298, 3] uint8; any of them may be missing.
    spectrogram_mean, spectrogram_std : tf.Tensor or None
        [257] over the training windows; needed with a waveform.

    Returns
    -------
    dict
        `acoustic_images`, `spectrogram` [B, 200, 1, 257] normalised, `frames` centred float32.
    """
    inputs = {}
    if "acoustic_images" in windows:
        inputs["acoustic_images"] = windows["acoustic_images"]
    if "waveform" in windows:
        inputs["spectrogram"] = normalise(spectrogram(windows["waveform"]), spectrogram_mean, spectrogram_std)
    if "video_frames" in windows:
        inputs["frames"] = centre(windows["video_frames"])
    return inputs
