"""Whether the picture stands as the array hears: where it changes at a sound, against where the sound comes from."""

from dataclasses import dataclass

import numpy as np

from data_prep.orientations import ORIENTATIONS, lies_on_its_side

_BLUR_PART_OF_WIDTH = 0.08
_LEAST_MOMENTS, _LEAST_SHARE = 3, 0.25
_LEAST_LEAD, _STANDARD_ERRORS = 0.1, 2.0


@dataclass(frozen=True)
class Orientation:
    """How well each orientation fits.

    Attributes
    ----------
    shares : dict
        Orientation to the mean share of the picture's change that lies where the sound comes from, 0 to 1.
    fitting : tuple of str
        The best, and those that cannot be told from it; empty where none fits.
    moments : int
        Moments at which something changed.
    """

    shares: dict[str, float]
    fitting: tuple[str, ...]
    moments: int


def find_orientation(maps: list[np.ndarray | None], directions: np.ndarray, horizontal_fov_deg: float) -> Orientation:
    """Compare orientations.

    Parameters
    ----------
    maps : list of ndarray or None
        [height, width] for each moment: where the picture changes, sum 1.
    directions : ndarray
        [moments, 3] unit vectors towards the sound, z forward.
    horizontal_fov_deg : float
        Of the picture from left to right, once it is turned back.
    """
    pairs = [(change, direction) for change, direction in zip(maps, directions, strict=True) if change is not None]
    if len(pairs) < _LEAST_MOMENTS:
        return Orientation({}, (), len(pairs))
    shares = {
        name: np.array([_share(change, name, direction, horizontal_fov_deg) for change, direction in pairs])
        for name in ORIENTATIONS
    }
    best = max(shares, key=lambda name: shares[name].mean())
    means = {name: float(values.mean()) for name, values in shares.items()}
    if means[best] < _LEAST_SHARE:
        return Orientation(means, (), len(pairs))
    fitting = tuple(name for name in shares if name == best or not _clearly_better(shares[best], shares[name]))
    return Orientation(means, fitting, len(pairs))


def seen_at(direction: np.ndarray, orientation: str, height: int, width: int, horizontal_fov_deg: float) -> np.ndarray:
    """Return (row, column) at which a picture that stands so shows a direction."""
    upright_width = height if lies_on_its_side(orientation) else width
    focal = upright_width / 2 / np.tan(np.radians(horizontal_fov_deg / 2))
    right, up = ORIENTATIONS[orientation] @ (direction[:2] / direction[2]) * focal
    return np.array([(height - 1) / 2 - up, (width - 1) / 2 + right])


def _share(change: np.ndarray, name: str, direction: np.ndarray, fov_deg: float) -> float:
    height, width = change.shape
    row, column = seen_at(direction, name, height, width, fov_deg)
    blur = _BLUR_PART_OF_WIDTH * max(height, width)
    rows, columns = np.ogrid[:height, :width]
    return float((change * np.exp(-0.5 * ((rows - row) ** 2 + (columns - column) ** 2) / blur**2)).sum())


def _clearly_better(one: np.ndarray, other: np.ndarray) -> bool:
    lead = one - other
    return bool(lead.mean() > max(_LEAST_LEAD, _STANDARD_ERRORS * lead.std() / np.sqrt(len(lead))))
