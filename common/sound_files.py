"""Samples of a sound file: as many as there are, whatever its head says."""

from pathlib import Path

import numpy as np
import soundfile

from common.errors import AcousticImagesError
from common.foreign_files import parsing

# Resampling from a rate that a head states makes room for as many times the samples as it is lower.
RATES_HZ = (1_000, 2_000_000)
# Room is made for this much at once, on the head's word: of samples, and of samples times channels.
_SAMPLES_AT_ONCE, _VALUES_AT_ONCE = 2**16, 2**23


def read_sound(path: Path | str) -> tuple[np.ndarray, int]:
    """Read a whole file that is to be resampled.

    Returns
    -------
    samples : ndarray
        [samples, channels] float32; none where the file holds none.
    rate_hz : int
        Within `RATES_HZ`.

    Raises
    ------
    AcousticImagesError
        No readable sound file, or one of another rate.
    """
    with parsing(path, "sound", "wanted WAV, FLAC, OGG or MP3"), soundfile.SoundFile(str(path)) as file:
        samples, rate_hz = read_samples(file, None, "float32"), file.samplerate
    lowest, highest = RATES_HZ
    if not lowest <= rate_hz <= highest:
        raise AcousticImagesError(f"{path}: found {rate_hz} Hz, wanted {lowest} to {highest} Hz; resample the file")
    return samples, rate_hz


def read_samples(file: soundfile.SoundFile, most_samples: int | None, dtype: str) -> np.ndarray:
    """Read on from where the file stands.

    libsndfile believes the number of samples in the head of a compressed file; making room for them all at once
    would let a file of a hundred bytes ask for any amount of memory.

    Parameters
    ----------
    file : soundfile.SoundFile
        Open for reading.
    most_samples : int or None
        Fewer come when the file ends before; None for all there are.
    dtype : str
        "int16", "int32" or "float32".

    Returns
    -------
    ndarray
        [samples, channels].
    """
    parts: list[np.ndarray] = []
    count = 0
    at_once = min(_SAMPLES_AT_ONCE, _VALUES_AT_ONCE // file.channels)
    while most_samples is None or count < most_samples:
        wanted = at_once if most_samples is None else min(at_once, most_samples - count)
        parts.append(file.read(wanted, dtype=dtype, always_2d=True))
        count += len(parts[-1])
        if len(parts[-1]) < wanted:
            break
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
