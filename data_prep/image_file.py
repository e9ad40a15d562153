"""Acoustic images of one recording, from its audio file to an NPZ file; neither is ever held as a whole."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.progress import Progress
from data_prep.audio_files import AudioFile, clipped_samples, read_blocks
from data_prep.beamforming import FRAMES_PER_BLOCK, Beamformer
from data_prep.signal_parameters import SignalParameters

# What the NPZ file holds, all float32: name to shape, unit and meaning (docs/reference.md lists them).
ARRAYS = {
    "mfcc": ("frames x 36 x 48 x 12", "cepstral coefficient", "what each direction sounds like: the acoustic image"),
    "energy": ("frames x 36 x 48", "squared sample value", "power from each direction, summed over the band"),
    "azimuth_deg": ("36 x 48", "degree", "direction of each pixel, positive to the right"),
    "elevation_deg": ("36 x 48", "degree", "direction of each pixel, positive upwards"),
}


@dataclass(frozen=True)
class RecordingSummary:
    """What there is to say of a recording.

    Attributes
    ----------
    num_frames : int
        Images that were formed.
    num_clipped : int
        Samples at either end of the converter's range.
    energy : ndarray
        [height, width] float64, acoustic energy summed over all frames.
    """

    num_frames: int
    num_clipped: int
    energy: np.ndarray


def beamform_recording(
    audio: AudioFile, path: Path, beamformer: Beamformer, parameters: SignalParameters, threads: int = 1
) -> RecordingSummary:
    """Form one image for every whole frame of a recording and write them; frames follow each other without gaps.

    The file holds the arrays of `ARRAYS`.

    Parameters
    ----------
    audio : AudioFile
        Opened with `open_audio`.
    path : Path
        NPZ file to write; it appears when it is whole.
    beamformer : Beamformer
        Of the recording's array.
    parameters : SignalParameters
        The frame's length.
    threads : int
        Blocks of frames that are worked on at once.

    Returns
    -------
    RecordingSummary

    Raises
    ------
    AcousticImagesError
        Another suffix than .npz, a recording shorter than a frame, silence, samples that are no numbers, a file that
        ends early.
    """
    if path.suffix != ".npz":
        raise AcousticImagesError(f"{path}: found the suffix {path.suffix or '(none)'}, wanted .npz")
    num_frames = audio.num_samples // parameters.frame_length
    if num_frames < 1:
        raise AcousticImagesError(
            f"{audio.path}: found {audio.num_samples} samples, wanted at least one frame of {parameters.frame_length}"
        )
    image = (parameters.image_height, parameters.image_width)
    total, num_clipped = np.zeros(image), 0
    # An archive takes one array at a time, so the energies wait in a file without a name.
    with (
        atomic_path(path) as partial,
        tempfile.TemporaryFile(dir=path.parent) as energies,
        zipfile.ZipFile(partial, "w") as archive,
    ):
        with _array_member(archive, "mfcc", (num_frames, *image, parameters.num_coefficients)) as member:
            for samples in _blocks_of_frames(audio, num_frames, FRAMES_PER_BLOCK * threads, parameters):
                images = beamformer.images(samples, threads)
                _append(member, images.mfcc)
                _append(energies, images.energy)
                total += images.energy.sum(axis=0)
                num_clipped += clipped_samples(samples, audio.full_scale)
        energies.seek(0)
        with _array_member(archive, "energy", (num_frames, *image)) as member:
            shutil.copyfileobj(energies, member)
        for name, angles in zip(("azimuth_deg", "elevation_deg"), parameters.grid.azimuth_elevation_deg(), strict=True):
            with _array_member(archive, name, image) as member:
                _append(member, angles)
    return RecordingSummary(num_frames, num_clipped, total)


def _blocks_of_frames(
    audio: AudioFile, num_frames: int, at_once: int, parameters: SignalParameters
) -> Iterator[np.ndarray]:
    """Yield samples [frames, frame_length, microphones], checked; complain of silence after the last."""
    loudest = 0.0
    with Progress("beamform", num_frames, "frame") as progress:
        for start in range(0, num_frames, at_once):
            count = min(at_once, num_frames - start)
            block = next(read_blocks(audio, parameters.frame_length * count, 1, start * parameters.frame_length))
            if not np.isfinite(block).all():
                raise AcousticImagesError(f"{audio.path}: found samples that are not finite, wanted numbers")
            loudest = max(loudest, float(np.abs(block).max()))
            yield block.reshape(count, parameters.frame_length, -1)
            progress.advance(count)
    if loudest == 0:
        raise AcousticImagesError(f"{audio.path}: found silence, wanted sound")


def _array_member(archive: zipfile.ZipFile, name: str, shape: tuple[int, ...]) -> IO[bytes]:
    """Open an array of float32 in an NPZ file, to be followed by its values; without a date, as NumPy writes it."""
    member = archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True)
    np.lib.format.write_array_header_1_0(member, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return member


def _append(file: IO[bytes], values: np.ndarray) -> None:
    file.write(np.ascontiguousarray(values, "<f4").data)
