"""The student's input: amplitude spectrogram of two seconds of one microphone (paper 4.1)."""

import tensorflow as tf

PEAK = 256.0
FRAME_LENGTH = 440
# 219, not 220: 44,100 samples then give exactly the paper's 200 frames.
FRAME_STEP = 219
FFT_LENGTH = 512
NUM_FRAMES = 200
NUM_BINS = 257
# Bins that vary less than this part of the liveliest hold no sound. Above the 6 kHz of an array at 12,288 Hz, 116 of
# 257 bins hold what side lobes and rounding leave of the others, a millionth: divided by their own deviation it would
# be as loud as sound, differ from one machine to the next, and deafen the network to recordings that hold more.
LEAST_RELATIVE_DEVIATION = 1e-3


def spectrogram(waveform: tf.Tensor) -> tf.Tensor:
    """Return magnitudes of the short-time Fourier transform, the waveform scaled to a peak of 256.

    Parameters
    ----------
    waveform : tf.Tensor
        [batch, 44100] float32 at 22,050 Hz; not silent.

    Returns
    -------
    tf.Tensor
        [batch, 200, 1, 257] float32: frequency is the channel axis.
    """
    peak = tf.reduce_max(tf.abs(waveform), axis=-1, keepdims=True)
    scaled = waveform / peak * PEAK
    return tf.abs(tf.signal.stft(scaled, FRAME_LENGTH, FRAME_STEP, FFT_LENGTH))[..., tf.newaxis, :]


def normalise(magnitudes: tf.Tensor, mean: tf.Tensor, deviation: tf.Tensor) -> tf.Tensor:
    """Return (magnitudes - mean) / deviation per bin; a bin in which nothing was heard gives 0.

    Parameters
    ----------
    magnitudes : tf.Tensor
        [..., 257].
    mean, deviation : tf.Tensor
        [257], over the training windows.
    """
    heard = deviation >= LEAST_RELATIVE_DEVIATION * tf.reduce_max(deviation)
    return tf.math.divide_no_nan(magnitudes - mean, tf.where(heard, deviation, 0.0))
