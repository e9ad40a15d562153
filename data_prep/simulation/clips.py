"""Real sounds in place of procedural ones: a folder per class, a file per clip."""

from pathlib import Path

import numpy as np
import soundfile
import soxr

from common.errors import AcousticImagesError
from data_prep.simulation.synthesis import Generator, normalised

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aiff")
# Ends of a repeated clip overlap by this much.
_CROSSFADE_S = 0.05


def clip_files(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return the clips of every class, both in alphabetical order.

    Raises
    ------
    AcousticImagesError
        No such folder, no class in it, or a class without clips.
    """
    if not folder.is_dir():
        raise AcousticImagesError(f"{folder}: found no such folder, wanted one with a folder of clips for each class")
    classes = {
        path.name: tuple(sorted(clip for clip in path.iterdir() if clip.suffix.lower() in SUFFIXES))
        for path in sorted(folder.iterdir())
        if path.is_dir()
    }
    empty = [name for name, clips in classes.items() if not clips]
    if not classes or empty:
        what = f"no clip in {empty[0]}" if empty else "no folder"
        raise AcousticImagesError(f"{folder}: found {what}, wanted a folder of {', '.join(SUFFIXES)} for each class")
    return classes


def clip_sound(path: Path, num_samples: int, sample_rate_hz: int, generator: Generator) -> np.ndarray:
    """Return a stretch [num_samples] of a clip, mono, unit deviation; a short clip is repeated, ends crossfaded.

    Raises
    ------
    AcousticImagesError
        A file that cannot be read, or that is silent.
    """
    try:
        samples, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AcousticImagesError(f"{path}: found no readable audio ({error}); wanted a sound file") from error
    mono = soxr.resample(samples.mean(axis=1), rate, sample_rate_hz, quality="HQ").astype(np.float64)
    if not np.isfinite(mono).all() or mono.std() <= 1e-6:
        raise AcousticImagesError(f"{path}: found {len(mono)} samples of silence or no numbers, wanted sound")
    if len(mono) < num_samples:
        mono = _repeated(mono, num_samples, int(_CROSSFADE_S * sample_rate_hz))
    start = generator.integers(0, len(mono) - num_samples + 1)
    return normalised(mono[start : start + num_samples])


def _repeated(sound: np.ndarray, num_samples: int, overlap: int) -> np.ndarray:
    overlap = min(overlap, len(sound) // 2)
    fade = np.linspace(0, 1, overlap)
    period = len(sound) - overlap
    repeats = -(-(num_samples + overlap) // max(period, 1))
    shaped = sound.copy()
    shaped[:overlap] *= fade
    shaped[len(shaped) - overlap :] *= fade[::-1]
    out = np.zeros(repeats * period + overlap)
    for repeat in range(repeats):
        out[repeat * period : repeat * period + len(shaped)] += shaped
    return out[overlap : overlap + num_samples]
