"""Any sound as windows of two seconds of one channel at 22,050 Hz; of a long one some seconds are held at a time."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.sound_files import RATES_HZ, read_samples
from models.hearing import SAMPLE_RATE_HZ, WINDOW_SAMPLES

# A file, or the samples [n] of one channel and their rate in Hz.
Sound = Path | str | tuple[np.ndarray, int]

_WANTED_FILE = "wanted WAV, FLAC, OGG or MP3"
_SAMPLES_AT_ONCE = 2**16
_WINDOWS_AT_ONCE = 64
# The network's arithmetic takes smaller numbers for zero.
_QUIETEST = np.finfo(np.float32).tiny


@dataclass(frozen=True)
class WindowBatch:
    """Successive windows of one sound.

    Attributes
    ----------
    waveforms : ndarray
        [windows, 44100] float32; at most 64, and none where all are silent.
    starts_s : ndarray
        [windows] start of each, seconds.
    num_silent : int
        Windows of digital silence, which are left out.
    rest_s : float
        Seconds at the sound's end that fill no window; 0 but in its last batch.
    """

    waveforms: np.ndarray
    starts_s: np.ndarray
    num_silent: int
    rest_s: float = 0.0


def sound_windows(sound: Sound, hop_seconds: float = 2.0, channel: int = 0) -> Iterator[WindowBatch]:
    """Yield the windows of a sound of any rate and any length.

    A sound shorter than two seconds is followed by silence; of a longer one, windows that fit in whole and hold a sound
    are taken.

    Parameters
    ----------
    sound : Path, str or (ndarray, int)
        WAV, FLAC, OGG or MP3; or samples [n] of any real type and their rate in Hz.
    hop_seconds : float
        From one window's start to the next.
    channel : int
        Of a file with several channels, from 0.

    Raises
    ------
    AcousticImagesError
        A file that cannot be read or has no such channel, samples that are not [n], a rate or a hop that is none; after
        batches that were good: samples that are not finite, or no window at all that holds a sound.
    """
    hop = _hop_samples(hop_seconds)
    if not isinstance(sound, Path | str):
        samples, rate_hz = _pair(sound)
        yield from _windows("samples", _blocks_of_array(samples), rate_hz, hop)
        return
    with parsing(sound, "sound", _WANTED_FILE):
        file = soundfile.SoundFile(str(sound))
    with file:
        yield from _windows(str(sound), _blocks_of_file(file, sound, channel), file.samplerate, hop)


def expected_windows(path: Path | str, hop_seconds: float) -> int:
    """Return how many windows a file has if its head is right, for the progress; 0 where it has none that can be read.

    Raises
    ------
    AcousticImagesError
        A hop that is none.
    """
    hop = _hop_samples(hop_seconds)
    if not Path(path).is_file():
        return 0
    try:
        with parsing(path, "sound", _WANTED_FILE):
            duration_s = soundfile.info(str(path)).duration
    except AcousticImagesError:
        return 0
    return max(0, int(duration_s * SAMPLE_RATE_HZ) - WINDOW_SAMPLES) // hop + 1


def _hop_samples(hop_seconds: float) -> int:
    if not math.isfinite(hop_seconds) or round(hop_seconds * SAMPLE_RATE_HZ) < 1:
        raise AcousticImagesError(f"hop_seconds: found {hop_seconds}, wanted seconds above 0")
    return round(hop_seconds * SAMPLE_RATE_HZ)


def _pair(sound: object) -> tuple[np.ndarray, int]:
    if not isinstance(sound, tuple) or len(sound) != 2:
        raise AcousticImagesError(f"sound: found {type(sound).__name__}, wanted a file or the pair (samples, rate_hz)")
    return np.asarray(sound[0]), sound[1]


def _blocks_of_array(samples: np.ndarray) -> Iterator[np.ndarray]:
    if samples.ndim != 1 or samples.dtype.kind not in "iuf":
        raise AcousticImagesError(
            f"samples: found {samples.dtype} {list(samples.shape)}, wanted real numbers [n]; give one channel"
        )
    for start in range(0, len(samples), _SAMPLES_AT_ONCE):
        yield samples[start : start + _SAMPLES_AT_ONCE].astype(np.float32)


def _blocks_of_file(file: soundfile.SoundFile, path: Path | str, channel: int) -> Iterator[np.ndarray]:
    if not 0 <= channel < file.channels:
        raise AcousticImagesError(f"{path}: found {file.channels} channels, wanted channel {channel} (from 0)")
    num_samples = _SAMPLES_AT_ONCE
    while num_samples == _SAMPLES_AT_ONCE:
        with parsing(path, "sound", _WANTED_FILE):
            samples = read_samples(file, _SAMPLES_AT_ONCE, "float32")
        num_samples = len(samples)
        yield np.ascontiguousarray(samples[:, channel])


def _windows(name: str, blocks: Iterable[np.ndarray], rate_hz: int, hop: int) -> Iterator[WindowBatch]:
    """Yield batches of the windows of blocks; `name` is what the messages call the sound."""
    cutter, cut, num_silent, num_heard = _Cutter(hop), [], 0, 0
    for piece in _resampled(name, blocks, rate_hz):
        for window in cutter.add(piece):
            cut.append(window)
            if len(cut) == _WINDOWS_AT_ONCE:
                batch, cut = _batch(cut), []
                num_silent, num_heard = num_silent + batch.num_silent, num_heard + len(batch.starts_s)
                yield batch
    batch = replace(_batch([*cut, *cutter.finish()]), rest_s=cutter.num_rest / SAMPLE_RATE_HZ)
    if num_heard + len(batch.starts_s) == 0:
        count, rest_s = num_silent + batch.num_silent, batch.rest_s
        raise AcousticImagesError(
            f"{name}: found silence in all windows ({count}; {rest_s:.1f} s after them fill none), wanted sound"
        )
    yield batch


def _resampled(name: str, blocks: Iterable[np.ndarray], rate_hz: int) -> Iterator[np.ndarray]:
    """Yield the sound at 22,050 Hz piece by piece; together they are what resampling it at once gives."""
    lowest, highest = RATES_HZ
    if not lowest <= rate_hz <= highest:
        raise AcousticImagesError(f"{name}: found {rate_hz} Hz, wanted {lowest} to {highest} Hz")
    stream = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="float32", quality="HQ")
    num_done = 0
    for block, is_last in (*((block, False) for block in blocks), (np.zeros(0, np.float32), True)):
        piece = stream.resample_chunk(block, last=is_last)
        if not np.isfinite(piece).all():
            at_s = (num_done + int(np.flatnonzero(~np.isfinite(piece))[0])) / SAMPLE_RATE_HZ
            raise AcousticImagesError(f"{name}: found samples that are not finite at {at_s:.2f} s, wanted none")
        num_done += len(piece)
        yield piece


class _Cutter:
    """Cuts windows out of pieces that follow each other; holds what the next window begins with."""

    def __init__(self, hop: int) -> None:
        self._hop, self._start = hop, 0
        self._held, self._first = np.zeros(0, np.float32), 0

    @property
    def num_rest(self) -> int:
        """Samples after the last window that was cut."""
        return self._first + len(self._held) - (self._start - self._hop + WINDOW_SAMPLES)

    def add(self, piece: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """Yield first sample and samples of the windows that are whole now."""
        self._held = np.concatenate([self._held, piece])
        while self._start + WINDOW_SAMPLES <= self._first + len(self._held):
            offset = self._start - self._first
            yield self._start, self._held[offset : offset + WINDOW_SAMPLES]
            self._start += self._hop
        num_over = min(self._start - self._first, len(self._held))
        self._held, self._first = self._held[num_over:], self._first + num_over

    def finish(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the window of a sound that is shorter than one, followed by silence."""
        if self._start == 0:
            yield from self.add(np.zeros(WINDOW_SAMPLES - len(self._held), np.float32))


def _batch(cut: Sequence[tuple[int, np.ndarray]]) -> WindowBatch:
    waveforms = np.stack([window for _, window in cut]) if cut else np.zeros((0, WINDOW_SAMPLES), np.float32)
    is_loud = np.abs(waveforms).max(axis=1, initial=0.0) >= _QUIETEST
    starts = np.array([start for start, _ in cut], np.int64)[is_loud]
    return WindowBatch(waveforms[is_loud], starts / SAMPLE_RATE_HZ, int((~is_loud).sum()))
