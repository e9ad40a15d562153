"""Memory of beamforming one file, however long the recording."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import soundfile

from benchmarks.beamforming import PARAMETERS, draw_frames
from benchmarks.timing import Figures, peak_gigabytes
from data_prep.array_geometry import aperiodic_array
from data_prep.audio_files import open_audio
from data_prep.beamforming import Beamformer
from data_prep.image_file import beamform_recording

_FRAMES_WRITTEN_AT_ONCE = 96
# The frames that are drawn have 22 bits, the file has 16.
_SHIFT = 8


@dataclass(frozen=True)
class Size:
    """Minutes of the short and the long recording, and microphones."""

    minutes: tuple[float, ...] = (1.0, 10.0)
    microphones: int = 128
    threads: int = 2


def measure(size: Size) -> Figures:
    """Return the peak memory of a process that makes an image file of a recording of so many minutes.

    A peak is not a time: it is measured once.
    """
    figures: Figures = {}
    for minutes in size.minutes:
        with tempfile.TemporaryDirectory() as folder:
            _write_recording(Path(folder) / "recording.wav", minutes, size.microphones)
            figures[f"peak_gigabytes_{minutes:g}_minutes"] = peak_gigabytes(
                beamform_file, folder=folder, microphones=size.microphones, threads=size.threads
            )
    return figures


def beamform_file(folder: str, microphones: int, threads: int) -> None:
    """Beamform the recording in a folder, as the command does."""
    audio = open_audio(Path(folder) / "recording.wav", None, microphones)
    beamformer = Beamformer(aperiodic_array(microphones), PARAMETERS)
    beamform_recording(audio, Path(folder) / "images.npz", beamformer, PARAMETERS, threads)


def _write_recording(path: Path, minutes: float, microphones: int) -> None:
    """Write 16-bit sound, the same few seconds over and over."""
    frames = draw_frames(_FRAMES_WRITTEN_AT_ONCE, microphones) >> _SHIFT
    samples = frames.reshape(-1, microphones).astype("int16")
    left = round(minutes * 60 * PARAMETERS.sample_rate_hz)
    with soundfile.SoundFile(path, "w", PARAMETERS.sample_rate_hz, microphones, "PCM_16") as file:
        while left > 0:
            file.write(samples[:left])
            left -= len(samples)
