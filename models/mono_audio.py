"""One microphone at 22,050 Hz: what the student hears (paper 4.1)."""

import numpy as np
import soxr

from common.errors import AcousticImagesError

# The resampler may round its length by this much; any other difference is a mistake upstream.
MOST_ROUNDING_SAMPLES = 2


def mono_waveform(samples: np.ndarray, sample_rate_hz: int, wanted_rate_hz: int, wanted_samples: int) -> np.ndarray:
    """Resample one window of one microphone.

    Parameters
    ----------
    samples : ndarray
        [samples] of any real type; not scaled.
    sample_rate_hz, wanted_rate_hz : int
        Rate of the samples, and of the result.
    wanted_samples : int
        Length of the result.

    Returns
    -------
    ndarray
        [wanted_samples] float32 in the unit of `samples`.

    Raises
    ------
    AcousticImagesError
        When the samples are not as long as the window.
    """
    resampled = soxr.resample(samples.astype(np.float32), sample_rate_hz, wanted_rate_hz, quality="HQ")
    missing = wanted_samples - len(resampled)
    if abs(missing) > MOST_ROUNDING_SAMPLES:
        raise AcousticImagesError(
            f"found {len(samples)} samples at {sample_rate_hz} Hz, wanted a window of "
            f"{wanted_samples / wanted_rate_hz:g} s"
        )
    return np.pad(resampled, (0, max(missing, 0)))[:wanted_samples].astype(np.float32)
