"""Real sounds in place of procedural ones: clips one after the other."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soxr

from common.errors import AcousticImagesError
from common.sound_files import read_sound
from data_prep.simulation.synthesis import Generator, normalised

# Ends of clips that follow each other overlap by this much.
_CROSSFADE_S = 0.05
# Of the largest sample: below this is what a lossy coder makes of digital silence.
_PADDING_BELOW = 1e-3


def clips_sound(clips: Sequence[Path], num_samples: int, sample_rate_hz: int, generator: Generator) -> np.ndarray:
    """Return a stretch [num_samples] of clips one after the other, mono, unit deviation.

    Each clip is brought to the same level, and ends are crossfaded; what is too short is repeated.

    Raises
    ------
    AcousticImagesError
        A file that cannot be read, or that is silent.
    """
    overlap = int(_CROSSFADE_S * sample_rate_hz)
    joined = _joined([_read_clip(clip, sample_rate_hz) for clip in clips], overlap)
    if len(joined) < num_samples:
        joined = _repeated(joined, num_samples, overlap)
    start = generator.integers(0, len(joined) - num_samples + 1)
    return normalised(joined[start : start + num_samples])


def _read_clip(path: Path, sample_rate_hz: int) -> np.ndarray:
    samples, rate = read_sound(path)
    mono = soxr.resample(samples.mean(axis=1), rate, sample_rate_hz, quality="HQ").astype(np.float64)
    if not len(mono) or not np.isfinite(mono).all() or mono.std() <= 1e-6:
        raise AcousticImagesError(f"{path}: found {len(mono)} samples of silence or no numbers, wanted sound")
    return normalised(_without_padding(mono))


def _without_padding(sound: np.ndarray) -> np.ndarray:
    """Return the sound without the silence that short clips are filled up with at their ends."""
    heard = np.flatnonzero(np.abs(sound) > _PADDING_BELOW * np.abs(sound).max())
    return sound[heard[0] : heard[-1] + 1]


def _joined(sounds: Sequence[np.ndarray], overlap: int) -> np.ndarray:
    """Return the sounds one after the other, each fading into the next over `overlap` samples."""
    joined = sounds[0]
    for sound in sounds[1:]:
        shared = min(overlap, len(joined), len(sound))
        fade = np.linspace(0, 1, shared)
        seam = joined[len(joined) - shared :] * (1 - fade) + sound[:shared] * fade
        joined = np.concatenate([joined[: len(joined) - shared], seam, sound[shared:]])
    return joined


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
