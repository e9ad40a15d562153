"""Acoustic images of one recording, from its audio file to an NPZ file."""

from pathlib import Path

import numpy as np

from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.progress import Progress
from data_prep.audio_files import AudioFile, clipped_samples, read_blocks
from data_prep.beamforming import FRAMES_PER_BLOCK, AcousticImages, Beamformer
from data_prep.signal_parameters import SignalParameters


def beamform_recording(
    audio: AudioFile, beamformer: Beamformer, parameters: SignalParameters, threads: int = 1
) -> tuple[AcousticImages, int]:
    """Form one image for every whole frame of a recording; frames follow each other without gaps.

    Parameters
    ----------
    audio : AudioFile
        Opened with `open_audio`.
    beamformer : Beamformer
        Of the recording's array.
    parameters : SignalParameters
        The frame's length.
    threads : int
        Blocks of frames that are worked on at once.

    Returns
    -------
    tuple
        The images, and how many samples are clipped.

    Raises
    ------
    AcousticImagesError
        A recording shorter than a frame, silence, samples that are no numbers, a file that ends early.
    """
    num_frames = audio.num_samples // parameters.frame_length
    if num_frames < 1:
        raise AcousticImagesError(
            f"{audio.path}: found {audio.num_samples} samples, wanted at least one frame of {parameters.frame_length}"
        )
    parts: list[AcousticImages] = []
    num_clipped, loudest = 0, 0.0
    with Progress("beamform", num_frames, "frame") as progress:
        at_once = FRAMES_PER_BLOCK * threads
        for start in range(0, num_frames, at_once):
            count = min(at_once, num_frames - start)
            block = next(read_blocks(audio, parameters.frame_length * count, 1, start * parameters.frame_length))
            if not np.isfinite(block).all():
                raise AcousticImagesError(f"{audio.path}: found samples that are not finite, wanted numbers")
            num_clipped += clipped_samples(block, audio.full_scale)
            loudest = max(loudest, float(np.abs(block).max()))
            parts.append(beamformer.images(block.reshape(count, parameters.frame_length, -1), threads))
            progress.advance(count)
    if loudest == 0:
        raise AcousticImagesError(f"{audio.path}: found silence, wanted sound")
    images = AcousticImages(
        np.concatenate([part.mfcc for part in parts]), np.concatenate([part.energy for part in parts])
    )
    return images, num_clipped


def write_images(path: Path, images: AcousticImages, parameters: SignalParameters) -> None:
    """Write `mfcc` [frames, 36, 48, 12], `energy` [frames, 36, 48], `azimuth_deg` and `elevation_deg` [36, 48]."""
    if path.suffix != ".npz":
        raise AcousticImagesError(f"{path}: found the suffix {path.suffix or '(none)'}, wanted .npz")
    azimuth, elevation = parameters.grid.azimuth_elevation_deg()
    with atomic_path(path) as partial:
        np.savez(
            partial,
            mfcc=images.mfcc,
            energy=images.energy,
            azimuth_deg=azimuth.astype(np.float32),
            elevation_deg=elevation.astype(np.float32),
        )
