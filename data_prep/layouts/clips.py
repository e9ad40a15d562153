"""Sound files alone, a folder per class, such as ESC-10: no array, no video, any sample rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.sound_files import read_samples
from data_prep.array_geometry import ArrayGeometry
from data_prep.audio_files import AudioFile, open_audio, read_blocks
from data_prep.clip_folders import SUFFIXES, clip_files, clip_source
from data_prep.recordings import RawDataset, RawWindow, Recording, WindowRequest, set_aside_short
from data_prep.signal_parameters import SignalParameters

# Quieter than this, of full scale, is what short clips are filled up with, at their ends or between two sounds.
_PADDING_BELOW = 1e-4


@dataclass(frozen=True)
class ClipDataset(RawDataset):
    """Clips; the waveform is the mean of a clip's channels."""

    def windows(self, recording: Recording, request: WindowRequest) -> Iterator[RawWindow]:
        """Read the windows of a clip that hold a sound."""
        audio = open_audio(recording.sources[0], None, None)
        samples_per_window = audio.sample_rate_hz * self.parameters.window_seconds
        for block in read_blocks(audio, samples_per_window, audio.num_samples // samples_per_window):
            mono = block.astype(np.float32).mean(axis=1)
            if np.abs(mono).max() <= _PADDING_BELOW * audio.full_scale:
                continue
            yield RawWindow(mono=mono, mono_rate_hz=audio.sample_rate_hz, full_scale=audio.full_scale)


def detect(root: Path) -> bool:
    """Tell whether a folder holds nothing but folders of sound files, beside texts."""
    folders = [path for path in root.iterdir() if path.is_dir()]
    return bool(folders) and all(
        any(file.suffix.lower() in SUFFIXES for file in folder.iterdir() if file.is_file()) for folder in folders
    )


def open_dataset(root: Path, parameters: SignalParameters, geometry: ArrayGeometry | None) -> ClipDataset:
    """Open the clips of all folders, in alphabetical order; see `layouts.open_dataset`.

    A window without a sound is left out. Clips of one source ("1-1234-A", "1-1234-B") never
    fall into two splits.
    """
    if geometry is not None:
        raise AcousticImagesError(f"{root}: found a geometry ({geometry.name}), wanted none: there is no array")
    clips = clip_files(root)
    recordings = [
        _open_clip(clip, class_index, class_name, parameters)
        for class_index, (class_name, files) in enumerate(clips.items())
        for clip in files
    ]
    return ClipDataset("clips", tuple(clips), *set_aside_short(recordings), parameters, None, ())


def _open_clip(clip: Path, class_index: int, class_name: str, parameters: SignalParameters) -> Recording:
    audio = open_audio(clip, None, None)
    return Recording(
        name=f"{class_name}/{clip.stem}",
        class_index=class_index,
        num_windows=_windows_with_sound(audio, audio.sample_rate_hz * parameters.window_seconds),
        split_group=f"{class_name}/{clip_source(clip)}",
        sources=(clip,),
        modalities=("waveform",),
    )


def _windows_with_sound(audio: AudioFile, samples_per_window: int) -> int:
    """Return how many whole windows hold a sound."""
    whole = audio.num_samples // samples_per_window
    with parsing(audio.path, "audio", "wanted a sound file"), soundfile.SoundFile(str(audio.path)) as file:
        samples = read_samples(file, None, "float32")
    mono = samples[: whole * samples_per_window].mean(axis=1).reshape(whole, samples_per_window)
    return int((np.abs(mono).max(axis=1) > _PADDING_BELOW).sum()) if whole else 0
