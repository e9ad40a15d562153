"""SpecAugment masks, an option of the student's training; the only module that knows tensorflow-io.

Off in the paper's setting. tensorflow-io is at the end of its life: what replaces the two masks is said in
`docs/dependencies.md`.
"""

import tensorflow as tf

_LARGEST_FREQUENCY_MASK_BINS = 24
_LARGEST_TIME_MASK_FRAMES = 20


def mask_spectrograms(spectrograms: tf.Tensor, seed: int, step: int) -> tf.Tensor:
    """Blank one band of frequencies and one stretch of time in each spectrogram.

    Parameters
    ----------
    spectrograms : tensor [batch, 200, 1, 257]
        Normalised, so that the zeros of a mask are the mean.
    seed, step : int
        Together they decide the masks, so that a resumed run draws the same ones.

    Returns
    -------
    tensor [batch, 200, 1, 257]
    """
    import tensorflow_io as tfio

    # The masks draw from TensorFlow's global generator, which restarts with the global seed. Nothing else in the
    # loop draws from it.
    tf.random.set_seed(seed * 1_000_003 + step)
    masked = [
        tfio.audio.time_mask(
            tfio.audio.freq_mask(spectrogram[:, 0, :], _LARGEST_FREQUENCY_MASK_BINS), _LARGEST_TIME_MASK_FRAMES
        )
        for spectrogram in tf.unstack(spectrograms)
    ]
    return tf.stack(masked)[:, :, tf.newaxis, :]
