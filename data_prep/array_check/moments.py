"""The moments of a recording that a check can use: onsets of sharp sounds, or else its loudest moments."""

import numpy as np

_BEFORE_S, _GAP_S = 0.05, 0.2
_RISE_DB, _NEAR_LOUDEST_DB, _RANGE_DB = 10.0, 12.0, 30.0
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
        Ascending seconds of at most `MOST_MOMENTS` onsets, the loudest: the middles of the hops where sounds
        that rise 10 dB above the 50 ms before them, to at most 30 dB below the loudest, come near their height.
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
    return (np.array(sorted(_attack(decibels, hop, gap) for hop in kept), np.float64) + 0.5) * hop_s


def loudest_moments(power: np.ndarray, hop_s: float, count: int) -> np.ndarray:
    """Return ascending seconds of the `count` loudest hops that lie 0.2 s apart."""
    gap = max(1, round(_GAP_S / hop_s))
    chosen: list[int] = []
    for hop in np.argsort(-power):
        if len(chosen) == count:
            break
        if all(abs(hop - other) >= gap for other in chosen):
            chosen.append(int(hop))
    return (np.sort(np.array(chosen, np.float64)) + 0.5) * hop_s


def _spaced(hops: np.ndarray, gap: int) -> list[int]:
    """Keep the first hop of every crowd."""
    kept: list[int] = []
    for hop in hops:
        if not kept or hop - kept[-1] >= gap:
            kept.append(int(hop))
    return kept


def _attack(decibels: np.ndarray, hop: int, gap: int) -> int:
    """Return the hop about a steep one that first comes near the sound's loudest."""
    start = max(0, hop - gap // 4)
    sound = decibels[start : hop + gap // 2]
    return start + int(np.flatnonzero(sound >= sound.max() - _NEAR_LOUDEST_DB)[0])
