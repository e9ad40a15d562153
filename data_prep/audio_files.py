"""Multichannel audio files: WAV (through libsndfile) and HDF5, read block by block, never scaled."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import soundfile

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.sound_files import read_samples

HDF5_SUFFIXES = (".h5", ".hdf5")
# The data set and attribute that acoular writes.
_HDF5_DATA, _HDF5_RATE = "time_data", "sample_freq"
_HDF5_WANTED = f"wanted {_HDF5_DATA} [samples, channels] with the attribute {_HDF5_RATE}"
_BITS = {"PCM_16": 16, "PCM_24": 24, "PCM_32": 32}


@dataclass(frozen=True)
class AudioFile:
    """What the head of an audio file says; `full_scale` is the largest sample value that its type can hold."""

    path: Path
    sample_rate_hz: int
    num_samples: int
    num_channels: int
    full_scale: float


def open_audio(path: Path, sample_rate_hz: int | None, num_channels: int | None, whose: str = "") -> AudioFile:
    """Read the head of an audio file and compare it with what is configured.

    Parameters
    ----------
    path : Path
        WAV, or HDF5 with a data set `time_data` [samples, channels] that has the attribute `sample_freq`.
    sample_rate_hz : int or None
        The rate it must have; None for any.
    num_channels : int or None
        The channels it must have; None for any.
    whose : str
        Where the number of channels comes from, for the message.

    Raises
    ------
    AcousticImagesError
        A missing or unreadable file, another rate, another number of channels.
    """
    if not path.is_file():
        raise AcousticImagesError(f"{path}: found no such file, wanted the recording's audio")
    audio = _hdf5_head(path) if path.suffix.lower() in HDF5_SUFFIXES else _sound_head(path)
    if sample_rate_hz is not None and audio.sample_rate_hz != sample_rate_hz:
        raise AcousticImagesError(
            f"{path}: found {audio.sample_rate_hz} Hz, wanted {sample_rate_hz} Hz as configured; "
            "correct sample_rate_hz or resample the file"
        )
    if num_channels is not None and audio.num_channels != num_channels:
        raise AcousticImagesError(
            f"{path}: found {audio.num_channels} channels, wanted {num_channels} as {whose} has microphones"
        )
    return audio


def read_blocks(
    audio: AudioFile, samples_per_block: int, num_blocks: int, first_sample: int = 0
) -> Iterator[np.ndarray]:
    """Read successive blocks [samples_per_block, channels] from `first_sample` on.

    Integers come as the converter gave them (24-bit samples within 24 bits), floats as they are.

    Raises
    ------
    AcousticImagesError
        When the file ends before its head says so, or cannot be read.
    """
    is_hdf5 = audio.path.suffix.lower() in HDF5_SUFFIXES
    read = _hdf5_blocks if is_hdf5 else _sound_blocks
    blocks = read(audio, samples_per_block, first_sample)
    for number in range(num_blocks):
        try:
            block = next(blocks)
        except (soundfile.LibsndfileError, OSError, ValueError, RuntimeError, StopIteration) as error:
            raise AcousticImagesError(
                f"{audio.path}: unreadable from sample {first_sample + number * samples_per_block} on"
            ) from error
        if len(block) != samples_per_block:
            end = first_sample + number * samples_per_block + len(block)
            raise AcousticImagesError(
                f"{audio.path}: found {end} samples, wanted {audio.num_samples} as its head says; copy the file again"
            )
        yield block


def full_scale(bits: int | None) -> float:
    """Return the largest value of a converter's samples; floats (None) clip at 1."""
    return 1.0 if bits is None else float(2 ** (bits - 1) - 1)


def clipped_samples(samples: np.ndarray, largest: float) -> int:
    """Count the samples at either end of the converter's range."""
    return int(np.count_nonzero((samples >= largest) | (samples <= -largest)))


def _sound_head(path: Path) -> AudioFile:
    with parsing(path, "audio", "wanted WAV or HDF5"):
        head = soundfile.info(str(path))
    scale = full_scale(_BITS.get(head.subtype))
    return AudioFile(path, int(head.samplerate), int(head.frames), int(head.channels), scale)


def _hdf5_head(path: Path) -> AudioFile:
    with parsing(path, "recording", _HDF5_WANTED), h5py.File(path, "r") as file:
        data = _own_data(file, path)
        num_samples, num_channels = data.shape
        scale = full_scale(8 * data.dtype.itemsize if data.dtype.kind == "i" else None)
        return AudioFile(path, int(data.attrs[_HDF5_RATE]), int(num_samples), int(num_channels), scale)


def _own_data(file: h5py.File, path: Path) -> h5py.Dataset:
    """Return the samples, if they are plain numbers that lie in the file itself."""
    data = file[_HDF5_DATA]
    is_linked = not isinstance(file.get(_HDF5_DATA, getlink=True), h5py.HardLink)
    if is_linked or data.external is not None or data.is_virtual or data.dtype.kind not in "if":
        raise AcousticImagesError(f"{path}: found {_HDF5_DATA} in another file or of other things, {_HDF5_WANTED}")
    return data


def _sound_blocks(audio: AudioFile, samples_per_block: int, first_sample: int) -> Iterator[np.ndarray]:
    with soundfile.SoundFile(str(audio.path)) as file:
        bits = _BITS.get(file.subtype)
        dtype = "float32" if bits is None else "int16" if bits == 16 else "int32"
        file.seek(first_sample)
        while True:
            block = read_samples(file, samples_per_block, dtype)
            # libsndfile shifts 24 bits to the top of 32.
            yield block >> 8 if bits == 24 else block


def _hdf5_blocks(audio: AudioFile, samples_per_block: int, first_sample: int) -> Iterator[np.ndarray]:
    with h5py.File(audio.path, "r") as file:
        data = _own_data(file, audio.path)
        for start in itertools.count(first_sample, samples_per_block):
            yield data[start : start + samples_per_block]
