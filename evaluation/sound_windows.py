"""Any sound file as windows of two seconds of one channel at 22,050 Hz."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from common.errors import AcousticImagesError
from common.sound_files import RATES_HZ, read_sound
from models.hearing import SAMPLE_RATE_HZ, WINDOW_SAMPLES


@dataclass(frozen=True)
class SoundWindows:
    """Windows of one sound.

    Attributes
    ----------
    waveforms : ndarray
        [windows, 44100] float32.
    starts_s : ndarray
        [windows] start of each, seconds.
    num_silent : int
        Windows of digital silence, which are left out.
    rest_s : float
        Seconds at the end that fill no window.
    """

    waveforms: np.ndarray
    starts_s: np.ndarray
    num_silent: int
    rest_s: float


def read_windows(path: Path | str, hop_seconds: float = 2.0, channel: int = 0) -> SoundWindows:
    """Read a sound file (WAV, FLAC, OGG, MP3; any rate, any length).

    A sound shorter than two seconds is followed by silence; of a longer one, windows that fit in whole and hold a sound
    are taken.

    Raises
    ------
    AcousticImagesError
        A file that cannot be read, is empty or silent, has no such channel, or holds samples that are no numbers.
    """
    samples, rate = read_sound(path)
    if not 0 <= channel < samples.shape[1]:
        raise AcousticImagesError(f"{path}: found {samples.shape[1]} channels, wanted channel {channel} (from 0)")
    try:
        return cut_windows(samples[:, channel], rate, hop_seconds)
    except AcousticImagesError as error:
        raise AcousticImagesError(f"{path}: {error}") from error


def cut_windows(samples: np.ndarray, sample_rate_hz: int, hop_seconds: float = 2.0) -> SoundWindows:
    """Cut the samples [n] of one channel into windows; see `read_windows`."""
    hop = round(hop_seconds * SAMPLE_RATE_HZ)
    lowest, highest = RATES_HZ
    if hop < 1 or not lowest <= sample_rate_hz <= highest:
        raise AcousticImagesError(
            f"found hop {hop_seconds} s at {sample_rate_hz} Hz, wanted a hop above 0 at {lowest} to {highest} Hz"
        )
    if not np.isfinite(samples).all():
        raise AcousticImagesError(
            f"found {int((~np.isfinite(samples)).sum())} samples that are not finite, wanted none"
        )
    if not np.any(samples):
        raise AcousticImagesError(f"found {len(samples)} samples of silence, wanted sound")
    sound = soxr.resample(samples.astype(np.float32), sample_rate_hz, SAMPLE_RATE_HZ, quality="HQ")
    sound = np.pad(sound, (0, max(0, WINDOW_SAMPLES - len(sound))))
    starts = np.arange(0, len(sound) - WINDOW_SAMPLES + 1, hop)
    waveforms = np.stack([sound[start : start + WINDOW_SAMPLES] for start in starts])
    loud = np.abs(waveforms).max(axis=1) > 0
    rest = len(sound) - (starts[-1] + WINDOW_SAMPLES)
    return SoundWindows(
        waveforms[loud], starts[loud] / SAMPLE_RATE_HZ, int((~loud).sum()), float(rest / SAMPLE_RATE_HZ)
    )
