"""Delays against geometry: where each sound came from, what is left over, and which exchange of channels mends it."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares, linear_sum_assignment

from data_prep.array_geometry import ArrayGeometry
from data_prep.steering import arrival_leads_s

_GRID = np.tan(np.radians(np.arange(-75, 76, 5.0)))
_NEAREST_M = 0.25
# A moment is of use when seven of ten microphones are off by less than this part of the array's span, or than this.
_USABLE_PART_OF_SPAN, _USABLE_S = 0.03, 20e-6
_MOST_MICROPHONES = 70
_ENOUGH_USABLE = 0.5
_LEAST_MISFIT_S = 40e-6
_TIMES_TYPICAL = 5.0
_KEPT_PERCENTILE = 75


@dataclass(frozen=True)
class Placing:
    """Where sounds came from, and how well the delays fit that.

    Attributes
    ----------
    directions : ndarray
        [moments, 3] unit vectors.
    misfits_s : ndarray
        [moments, microphones] measured less predicted delay.
    usable : ndarray
        [moments] bool: seven of ten microphones fit.
    """

    directions: np.ndarray
    misfits_s: np.ndarray
    usable: np.ndarray

    @property
    def fits(self) -> bool:
        """Whether at least half of the moments are usable: less may fit another order by chance."""
        return bool(self.usable.mean() >= _ENOUGH_USABLE)

    @property
    def misfit_of_microphone_s(self) -> np.ndarray:
        """[microphones] upper quartile of the misfit over the usable moments; 0 without any."""
        if not self.usable.any():
            return np.zeros(self.misfits_s.shape[1])
        return np.percentile(np.abs(self.misfits_s[self.usable]), _KEPT_PERCENTILE, axis=0)

    @property
    def strangers(self) -> np.ndarray:
        """[microphones] bool: off by more than 40 us and five times what is typical."""
        misfit = self.misfit_of_microphone_s
        return misfit > max(_LEAST_MISFIT_S, _TIMES_TYPICAL * float(np.median(misfit)))


def place_sounds(delays_s: np.ndarray, positions_m: np.ndarray, speed_m_per_s: float) -> Placing:
    """Find the direction and the distance of each sound that fit the delays of most microphones.

    Parameters
    ----------
    delays_s : ndarray
        [moments, microphones] seconds.
    positions_m : ndarray
        [microphones, 3] in the camera's coordinates.
    speed_m_per_s : float
        Speed of sound.
    """
    geometry = ArrayGeometry(positions_m)
    span_s = span_of(positions_m) / speed_m_per_s
    right, up = (axis.ravel() for axis in np.meshgrid(_GRID, _GRID))
    grid_leads = arrival_leads_s(geometry, _unit(right, up), speed_m_per_s, None)
    found = [_place(delays, geometry, speed_m_per_s, grid_leads, right, up, span_s) for delays in delays_s]
    directions = np.array([direction for direction, _ in found]).reshape(-1, 3)
    misfits = np.array([misfit for _, misfit in found]).reshape(delays_s.shape)
    return Placing(
        directions,
        misfits,
        np.percentile(np.abs(misfits), _MOST_MICROPHONES, axis=1) < max(_USABLE_PART_OF_SPAN * span_s, _USABLE_S),
    )


def span_of(positions_m: np.ndarray) -> float:
    """Return the largest distance of two microphones, metres."""
    return float(np.linalg.norm(positions_m[:, None] - positions_m[None], axis=-1).max())


def mending_order(placing: Placing, delays_s: np.ndarray) -> np.ndarray:
    """Return the exchange of microphones that mends the strangers' misfit best.

    Returns
    -------
    ndarray
        [microphones] int: `order[channel]` is the microphone that the channel fits; the channel itself where it fits
        its own, or where no exchange takes at least nine tenths of its squared misfit away.
    """
    order = np.arange(delays_s.shape[1])
    strangers = np.flatnonzero(placing.strangers)
    if len(strangers) < 2 or not placing.fits:
        return order
    delays = delays_s[placing.usable][:, strangers]
    predicted = delays - placing.misfits_s[placing.usable][:, strangers]
    cost = np.mean((delays[:, :, None] - predicted[:, None, :]) ** 2, axis=0)
    channels, places = linear_sum_assignment(cost)
    mended = cost[channels, places] < 0.1 * cost[channels, channels]
    proposal = order.copy()
    proposal[strangers[channels[mended]]] = strangers[places[mended]]
    # Part of an exchange is none: then two channels would sit at one place.
    return proposal if len(set(proposal)) == len(proposal) else order


def reordered(geometry: ArrayGeometry, order: np.ndarray) -> ArrayGeometry:
    """Return the geometry with each channel at the place of microphone `order[channel]`."""
    return replace(geometry, positions_m=geometry.positions_m[order])


def _place(
    delays: np.ndarray,
    geometry: ArrayGeometry,
    speed: float,
    grid_leads: np.ndarray,
    right: np.ndarray,
    up: np.ndarray,
    span_s: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return unit direction [3] and misfits [microphones]."""
    rest = delays + grid_leads
    rest -= np.median(rest, axis=1, keepdims=True)
    start = int(np.minimum(np.abs(rest), span_s / 4).mean(axis=1).argmin())

    def misfits(values: np.ndarray) -> np.ndarray:
        direction, nearness = _unit(values[0], values[1]), values[2]
        distance = 1 / nearness if nearness > 1e-3 else None
        leads = arrival_leads_s(geometry, direction[None], speed, distance)[0]
        return (delays + leads) * 1e6 - values[3]

    bounds = ([-np.inf, -np.inf, 0.0, -np.inf], [np.inf, np.inf, 1 / _NEAREST_M, np.inf])
    begin = [right[start], up[start], 0.2, float(np.median(delays + grid_leads[start])) * 1e6]
    fit = least_squares(misfits, begin, bounds=bounds, loss="cauchy", f_scale=15.0, x_scale=[0.1, 0.1, 0.3, 10.0])
    return _unit(fit.x[0], fit.x[1]), misfits(fit.x) / 1e6


def _unit(right: np.ndarray | float, up: np.ndarray | float) -> np.ndarray:
    """Return [..., 3] unit vectors through (right, up) on a plane one metre ahead."""
    toward = np.stack([right, up, np.ones_like(right)], axis=-1)
    return toward / np.linalg.norm(toward, axis=-1, keepdims=True)
