"""How often the peak of a map falls within the object that sounds: a measure that the paper does not have."""

import numpy as np

from common.image_grid import ImageGrid, unit_direction


def peak_hits(
    maps: np.ndarray, source_direction_deg: np.ndarray, source_radius_deg: np.ndarray, horizontal_fov_deg: float
) -> np.ndarray:
    """Tell for every window whether the map's largest value lies within the object.

    Parameters
    ----------
    maps : ndarray
        [windows, height, width] over the camera's field of view; one map stands for the whole window.
    source_direction_deg : ndarray
        [windows, frames, 2] true azimuth and elevation; being within the object at any of these times counts.
    source_radius_deg : ndarray
        [windows] angular radius of the object.
    horizontal_fov_deg : float
        Field of view of the maps.

    Returns
    -------
    ndarray
        [windows] bool.
    """
    inside = _inside(maps.shape[1:], source_direction_deg, source_radius_deg, horizontal_fov_deg)
    peaks = maps.reshape(len(maps), -1).argmax(axis=1)
    return inside[np.arange(len(maps)), peaks]


def chance_of_hits(
    map_shape: tuple[int, int],
    source_direction_deg: np.ndarray,
    source_radius_deg: np.ndarray,
    horizontal_fov_deg: float,
) -> float:
    """Return how often a place drawn evenly from the map falls within the object."""
    return float(_inside(map_shape, source_direction_deg, source_radius_deg, horizontal_fov_deg).mean())


def _inside(
    map_shape: tuple[int, ...], direction_deg: np.ndarray, radius_deg: np.ndarray, horizontal_fov_deg: float
) -> np.ndarray:
    """Return [windows, places] bool. A place counts when its centre is within the radius plus half a place."""
    grid = ImageGrid(map_shape[0], map_shape[1], horizontal_fov_deg)
    places = grid.directions().reshape(-1, 3)
    truth = unit_direction(direction_deg[..., 0], direction_deg[..., 1])
    nearest = (truth @ places.T).max(axis=1)
    half_place_deg = horizontal_fov_deg / map_shape[1] / 2
    return nearest >= np.cos(np.radians(radius_deg + half_place_deg))[:, np.newaxis]
