"""Peaks within the object: at known places of the map, for still and moving sources."""

import numpy as np
import pytest

from common.image_grid import ImageGrid
from evaluation.localisation import chance_of_hits, peak_hits

FOV = 60.0


def map_with_peak(row: int, column: int) -> np.ndarray:
    values = np.zeros((12, 16))
    values[row, column] = 1
    return values


def test_a_peak_at_the_source_hits_and_one_across_the_picture_does_not() -> None:
    azimuth, elevation = ImageGrid(12, 16, FOV).azimuth_elevation_deg()
    still = np.tile([azimuth[2, 3], elevation[2, 3]], (1, 24, 1))
    maps = np.stack([map_with_peak(2, 3), map_with_peak(2, 4), map_with_peak(9, 13), map_with_peak(13 - 4, 3)])
    truth = np.repeat(still, 4, axis=0)
    # A neighbour is about 3.6 degrees away: within a radius of 2 and half a place, not of 0.5.
    assert peak_hits(maps, truth, np.full(4, 2.0), FOV).tolist() == [True, True, False, False]
    assert peak_hits(maps, truth, np.full(4, 0.5), FOV).tolist() == [True, False, False, False]


def test_a_moving_source_counts_wherever_it_was() -> None:
    azimuth, elevation = ImageGrid(12, 16, FOV).azimuth_elevation_deg()
    path = np.linspace([azimuth[6, 1], elevation[6, 1]], [azimuth[6, 14], elevation[6, 14]], 24)[None]
    for column in (1, 7, 14):
        assert peak_hits(map_with_peak(6, column)[None], path, np.array([2.0]), FOV).all()
    assert not peak_hits(map_with_peak(1, 7)[None], path, np.array([2.0]), FOV).any()


def test_chance_is_the_share_of_places_in_the_object() -> None:
    centre = np.zeros((1, 24, 2))
    assert chance_of_hits((12, 16), centre, np.array([90.0]), FOV) == 1.0
    # The four places about the middle are 2.7 degrees away from it.
    assert chance_of_hits((12, 16), centre, np.array([1.5]), FOV) == pytest.approx(4 / 192)
