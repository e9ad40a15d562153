"""How sound and video lie in time: the lag, and the drift, at which onsets of the one meet events of the other."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

_MOST_LAG_S, _LAG_STEP_S = 1.5, 0.01
_MOST_DRIFT = 0.012
_LEAST_KERNEL_S, _KERNEL_FRAMES = 0.03, 0.4
_LEAST_MATCHES = 4
_LARGEST_CHANCE = 0.01
# Of several lags that fit alike, as with claps in even time, the smallest is meant.
_COST_OF_LAG_PER_S = 0.1


@dataclass(frozen=True)
class Sync:
    """What the events of sound and video tell of their clocks.

    Attributes
    ----------
    lag_s : float
        By how much the sound comes after the video at the middle of the recording; negative: before.
    drift : float
        By how much the lag grows a second; 0.005 is a sound that lasts 0.5 % longer than what is seen.
    lag_error_s, drift_error : float
        Standard errors.
    matches, onsets, events : int
        Onsets of the sound that meet an event of the video; all onsets; all events.
    """

    lag_s: float
    drift: float
    lag_error_s: float
    drift_error: float
    matches: int
    onsets: int
    events: int


def find_sync(onsets_s: np.ndarray, events_s: np.ndarray, frame_s: float) -> Sync | None:
    """Align the onsets of the sound with the events of the video.

    Parameters
    ----------
    onsets_s, events_s : ndarray
        Ascending seconds.
    frame_s : float
        Seconds from video frame to video frame.

    Returns
    -------
    Sync or None
        None where fewer than four meet, or where as many would meet by chance (more than one time in a hundred).
    """
    if min(len(onsets_s), len(events_s)) < _LEAST_MATCHES:
        return None
    middle = float(onsets_s.mean())
    half = max(float(np.ptp(onsets_s)) / 2, 1.0)
    kernel_s = max(_LEAST_KERNEL_S, _KERNEL_FRAMES * frame_s)
    drifts = _drifts_to_try(half, kernel_s)
    lags = np.arange(-_MOST_LAG_S, _MOST_LAG_S + _LAG_STEP_S / 2, _LAG_STEP_S)
    scores = np.array([_score(onsets_s, events_s, middle, drift, lags, kernel_s) for drift in drifts])
    scores -= _COST_OF_LAG_PER_S * np.abs(lags) + 0.02 * np.abs(drifts[:, None]) / _MOST_DRIFT
    best_drift, best_lag = np.unravel_index(scores.argmax(), scores.shape)
    times, late = _pairs(onsets_s, events_s, middle, drifts[best_drift], lags[best_lag], 2.5 * kernel_s)
    trials = 2 * _MOST_LAG_S / (5 * kernel_s) * len(drifts) / 2
    if (
        len(times) < _LEAST_MATCHES
        or _chance(len(times), onsets_s, events_s, 2.5 * kernel_s) * trials > _LARGEST_CHANCE
    ):
        return None
    return _fit(times - middle, late, frame_s, len(onsets_s), len(events_s))


def _drifts_to_try(half_s: float, kernel_s: float) -> np.ndarray:
    most = min(_MOST_DRIFT, _MOST_LAG_S / half_s)
    steps = int(np.ceil(most * half_s / kernel_s))
    return np.linspace(-most, most, 2 * steps + 1)


def _score(
    onsets: np.ndarray, events: np.ndarray, middle: float, drift: float, lags: np.ndarray, kernel: float
) -> np.ndarray:
    """Return [lags] the part of the onsets that meet an event, each counted by how closely."""
    expected = onsets - drift * (onsets - middle)
    at = expected[None] - lags[:, None]
    after = np.clip(np.searchsorted(events, at), 1, len(events) - 1)
    distance = np.minimum(np.abs(at - events[after - 1]), np.abs(at - events[after]))
    return np.exp(-0.5 * (distance / kernel) ** 2).mean(axis=1)


def _pairs(
    onsets: np.ndarray, events: np.ndarray, middle: float, drift: float, lag: float, reach: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the onsets that meet an event, and by how much each comes after it."""
    at = onsets - drift * (onsets - middle) - lag
    nearest = np.abs(at[:, None] - events[None]).argmin(axis=1)
    meets = np.abs(at - events[nearest]) <= reach
    return onsets[meets], (onsets - events[nearest])[meets]


def _chance(matches: int, onsets: np.ndarray, events: np.ndarray, reach: float) -> float:
    """Return how probable so many matches are for events that have nothing to do with the onsets."""
    seconds = max(float(max(onsets.max(), events.max()) - min(onsets.min(), events.min())), 1.0)
    each = 1 - np.exp(-len(events) * 2 * reach / seconds)
    return float(binom.sf(matches - 1, len(onsets), each))


def _fit(times: np.ndarray, late: np.ndarray, frame_s: float, num_onsets: int, num_events: int) -> Sync:
    centred = times - times.mean()
    spread = float(np.square(centred).sum())
    drift = float(centred @ late / spread)
    at_middle = float(late.mean() - drift * times.mean())
    rest = late - at_middle - drift * times
    # Not less than what the frames' length leaves open.
    error = max(float(rest.std()), frame_s / np.sqrt(12))
    errors = error / np.sqrt(len(times)), error / np.sqrt(spread)
    return Sync(at_middle, drift, float(errors[0]), float(errors[1]), len(times), num_onsets, num_events)
