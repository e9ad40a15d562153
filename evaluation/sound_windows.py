"""Any sound file as windows of two seconds of one channel at 22,050 Hz."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from common.errors import AcousticImagesError
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
    """

    waveforms: np.ndarray
    starts_s: np.ndarray


def read_windows(path: Path | str, hop_seconds: float = 2.0, channel: int = 0) -> SoundWindows:
    """Read a sound file (WAV, FLAC, OGG, MP3; any rate, any length).

    A sound shorter than two seconds is followed by silence; of a longer one, windows that fit in whole are taken.

    Raises
    ------
    AcousticImagesError
        A file that cannot be read, is empty or silent, has no such channel, or holds samples that are no numbers.
    """
    try:
        samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AcousticImagesError(f"{path}: found no readable sound ({error}); wanted WAV, FLAC, OGG or MP3") from error
    if not 0 <= channel < samples.shape[1]:
        raise AcousticImagesError(f"{path}: found {samples.shape[1]} channels, wanted channel {channel} (from 0)")
    try:
        return cut_windows(samples[:, channel], rate, hop_seconds)
    except AcousticImagesError as error:
        raise AcousticImagesError(f"{path}: {error}") from error


def cut_windows(samples: np.ndarray, sample_rate_hz: int, hop_seconds: float = 2.0) -> SoundWindows:
    """Cut the samples [n] of one channel into windows; see `read_windows`."""
    hop = round(hop_seconds * SAMPLE_RATE_HZ)
    if hop < 1 or sample_rate_hz < 1:
        raise AcousticImagesError(f"found hop {hop_seconds} s at {sample_rate_hz} Hz, wanted both above 0")
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
    return SoundWindows(waveforms[loud], starts[loud] / SAMPLE_RATE_HZ)
