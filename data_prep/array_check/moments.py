"""The moments of a recording that a check can use: onsets of sharp sounds, or else its loudest moments."""

import numpy as np

_BEFORE_S, _GAP_S = 0.05, 0.2
_RISE_DB, _EARLY_RISE_DB, _RANGE_DB = 10.0, 6.0, 30.0
_EARLY_HOPS = 4
# Digital silence counts as this much below the loudest hop.
_FLOOR_DB = 80.0
MOST_MOMENTS = 60


def find_onsets(power: np.ndarray, hop_s: float) -> np.ndarray:
    """Find where sharp sounds begin.

    Parameters
    ----------
    power : ndarray
        [hops] power of the sound.
    hop_s : float
        Length of a hop, seconds.

    Returns
    -------
    ndarray
        Ascending seconds of at most `MOST_MOMENTS` onsets, the loudest: hops at least 10 dB above the 50 ms before
        them, at most 30 dB below the loudest onset, 0.2 s apart.
    """
    before, gap = max(1, round(_BEFORE_S / hop_s)), max(1, round(_GAP_S / hop_s))
    if len(power) <= before + 1 or power.max() <= 0:
        return np.zeros(0)
    floored = np.maximum(power, power.max() * 10 ** (-_FLOOR_DB / 10))
    sums = np.concatenate([[0.0], np.cumsum(floored)])
    past = (sums[before:-1] - sums[: -before - 1]) / before
    rise = np.zeros(len(power))
    rise[before:] = 10 * np.log10(floored[before:] / past)
    decibels = 10 * np.log10(floored)
    steep = np.flatnonzero(rise >= _RISE_DB)
    loudness = {hop: decibels[hop : hop + gap].max() for hop in _spaced(steep, gap)}
    loudest = max(loudness.values(), default=0.0)
    kept = [hop for hop in loudness if loudness[hop] >= loudest - _RANGE_DB]
    kept = sorted(kept, key=lambda hop: -loudness[hop])[:MOST_MOMENTS]
    return np.array(sorted(_first_of_rise(rise, hop) for hop in kept), np.float64) * hop_s


def loudest_moments(power: np.ndarray, hop_s: float, count: int) -> np.ndarray:
    """Return ascending seconds of the `count` loudest hops that lie 0.2 s apart."""
    gap = max(1, round(_GAP_S / hop_s))
    chosen: list[int] = []
    for hop in np.argsort(-power):
        if len(chosen) == count:
            break
        if all(abs(hop - other) >= gap for other in chosen):
            chosen.append(int(hop))
    return np.sort(np.array(chosen, np.float64)) * hop_s


def _spaced(hops: np.ndarray, gap: int) -> list[int]:
    """Keep the first hop of every crowd."""
    kept: list[int] = []
    for hop in hops:
        if not kept or hop - kept[-1] >= gap:
            kept.append(int(hop))
    return kept


def _first_of_rise(rise: np.ndarray, hop: int) -> int:
    early = [n for n in range(max(0, hop - _EARLY_HOPS), hop) if rise[n] >= _EARLY_RISE_DB]
    return early[0] if early else hop
