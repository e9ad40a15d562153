"""Clips as a slower array hears them: all that its sample rate cannot carry is gone."""

from pathlib import Path

import soundfile
import soxr

from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.progress import Progress
from common.sound_files import read_sound
from data_prep.clip_folders import clip_files


def resample_clips(input_dir: Path, output_dir: Path, sample_rate_hz: int) -> int:
    """Write every clip at another rate, as a WAV file of float32, into the same folders of classes.

    Parameters
    ----------
    input_dir : Path
        A folder of sound files for each class.
    output_dir : Path
        Another folder; files in it that have a clip's name are replaced.
    sample_rate_hz : int
        Of the array.

    Returns
    -------
    int
        How many clips were written.

    Raises
    ------
    AcousticImagesError
        No clips, one that cannot be read, or a rate that is no rate.
    """
    if sample_rate_hz < 1:
        raise AcousticImagesError(f"rate_hz: found {sample_rate_hz}, wanted at least 1")
    if output_dir.resolve() == input_dir.resolve():
        raise AcousticImagesError(f"output: found {output_dir}, the clips themselves, wanted another folder")
    clips = [clip for of_class in clip_files(input_dir).values() for clip in of_class]
    with Progress("resample", len(clips), "clip") as progress:
        for clip in clips:
            samples, rate_hz = read_sound(clip)
            resampled = soxr.resample(samples, rate_hz, sample_rate_hz, quality="HQ")
            with atomic_path(output_dir / clip.parent.name / f"{clip.stem}.wav") as partial:
                soundfile.write(partial, resampled, sample_rate_hz, subtype="FLOAT")
            progress.advance()
    return len(clips)
