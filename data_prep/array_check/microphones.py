"""Which microphones are dead or noisy, and when each of them hears a sound, without asking where it should be."""

from dataclasses import dataclass

import numpy as np
import scipy.fft

_DEAD_DB, _NOISY_DB = -20.0, 10.0
_QUIET_PERCENTILE = 20
_LOWEST_HZ, _HIGHEST_PART_OF_RATE = 300.0, 0.45
_FINER = 8
_ROUNDS = 2


@dataclass(frozen=True)
class Levels:
    """Level of each microphone against the median one, dB: over all, and in the quiet parts; -inf is silence."""

    overall_db: np.ndarray
    quiet_db: np.ndarray

    @property
    def dead(self) -> np.ndarray:
        """[microphones] bool: silent, or 20 dB below the others."""
        return self.overall_db < _DEAD_DB

    @property
    def noisy(self) -> np.ndarray:
        """[microphones] bool: 10 dB above the others, over all or where they are quiet."""
        return (self.overall_db > _NOISY_DB) | ((self.quiet_db > _NOISY_DB) & ~self.dead)


def measure_levels(channels: np.ndarray) -> Levels:
    """Return levels of [hops, microphones] power."""
    overall = channels.mean(axis=0, dtype=np.float64)
    quiet = np.percentile(channels, _QUIET_PERCENTILE, axis=0)
    return Levels(_against_median_db(overall), _against_median_db(quiet))


def arrival_delays(clips: np.ndarray, sample_rate_hz: int, longest_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Measure how much later each microphone hears a sound than the others, by GCC-PHAT.

    The first reference is the microphone of the median level; then the mean of all, brought into line, stands in for
    it, so that no single one matters. The geometry is not used.

    Parameters
    ----------
    clips : ndarray
        [moments, samples, microphones] around the moments.
    sample_rate_hz : int
        Rate.
    longest_s : float
        Longest delay that is looked for.

    Returns
    -------
    delays_s, likeness : ndarray
        [moments, microphones] seconds (the median of each moment is 0), and the height of the correlation's peak:
        1 where a microphone hears nothing but the delayed sound, near 0 where it hears something else.
    """
    measured = [_delays_of_clip(clip, sample_rate_hz, longest_s) for clip in clips]
    shape = (len(clips), clips.shape[2])
    delays, likeness = (np.array([pair[n] for pair in measured], np.float64).reshape(shape) for n in (0, 1))
    return delays - np.median(delays, axis=1, keepdims=True), likeness


def _against_median_db(power: np.ndarray) -> np.ndarray:
    # A median of zero (most microphones silent) leaves nothing to compare with but silence itself.
    reference = np.median(power) or power.max() or 1.0
    with np.errstate(divide="ignore"):
        return 10 * np.log10(power / reference)


def _delays_of_clip(clip: np.ndarray, rate: int, longest_s: float) -> tuple[np.ndarray, np.ndarray]:
    window = np.sin(np.pi * (np.arange(len(clip)) + 0.5) / len(clip)) ** 0.5
    length = scipy.fft.next_fast_len(2 * len(clip), real=True)
    spectra = scipy.fft.rfft(clip * window[:, None], length, axis=0)
    hertz = scipy.fft.rfftfreq(length, 1 / rate)
    band = (hertz >= _LOWEST_HZ) & (hertz <= _HIGHEST_PART_OF_RATE * rate)
    phases = np.where(band[:, None], spectra / np.maximum(np.abs(spectra), 1e-20), 0)
    power = np.square(clip).sum(axis=0)
    reference = phases[:, np.argsort(power)[len(power) // 2]]
    delays, peaks = _peaks(phases, reference, band, length, rate, longest_s)
    for _ in range(_ROUNDS):
        aligned = phases * np.exp(2j * np.pi * hertz[:, None] * delays) * np.maximum(peaks, 0)
        # A microphone is not compared with itself.
        others = aligned.sum(axis=1, keepdims=True) - aligned
        delays, peaks = _peaks(phases, others, band, length, rate, longest_s)
    return delays, peaks


def _peaks(
    phases: np.ndarray, reference: np.ndarray, band: np.ndarray, length: int, rate: int, longest_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return place (seconds) and height of each microphone's correlation with the reference, between the samples."""
    against = reference.reshape(len(phases), -1)
    unit = against / np.maximum(np.abs(against), 1e-20)
    correlation = scipy.fft.irfft(phases * unit.conj(), _FINER * length, axis=0) * (_FINER * length / 2 / band.sum())
    reach = min(int(longest_s * rate * _FINER) + 2, len(correlation) // 2 - 1)
    near = np.concatenate([correlation[-reach:], correlation[: reach + 1]])
    top = near[1:-1].argmax(axis=0) + 1
    before, at, after = (np.take_along_axis(near, (top + step)[None], 0)[0] for step in (-1, 0, 1))
    bend = before - 2 * at + after
    offset = np.divide(before - after, 2 * bend, out=np.zeros_like(bend), where=bend < 0)
    return (top + np.clip(offset, -0.5, 0.5) - reach) / (rate * _FINER), at
