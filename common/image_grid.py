"""Which direction each pixel of an image looks at: a pinhole camera at the array's origin."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ImageGrid:
    """The pixels of an image of a given field of view; row 0 is the top.

    Attributes
    ----------
    height, width : int
        Pixels.
    horizontal_fov_deg : float
        From the left edge of the left column to the right edge of the right one.
    """

    height: int
    width: int
    horizontal_fov_deg: float

    @property
    def focal_length(self) -> float:
        """Focal length in pixels."""
        return self.width / 2 / float(np.tan(np.radians(self.horizontal_fov_deg / 2)))

    def directions(self) -> np.ndarray:
        """Return the unit vectors [height, width, 3] of the pixels' centres."""
        return self.directions_at(np.arange(self.height), np.arange(self.width))

    def directions_at(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the unit vectors [rows, columns, 3] of a grid of places, whole pixels or not."""
        right, up = np.meshgrid(columns - (self.width - 1) / 2, (self.height - 1) / 2 - rows)
        toward = np.stack([right, up, np.full(right.shape, self.focal_length)], axis=-1)
        return toward / np.linalg.norm(toward, axis=-1, keepdims=True)

    def azimuth_elevation_deg(self) -> tuple[np.ndarray, np.ndarray]:
        """Return azimuth (right positive) and elevation (up positive) [height, width] of the pixels' centres."""
        directions = self.directions()
        azimuth = np.degrees(np.arctan2(directions[..., 0], directions[..., 2]))
        return azimuth, np.degrees(np.arcsin(directions[..., 1]))

    def pixel_of(
        self, azimuth_deg: np.ndarray | float, elevation_deg: np.ndarray | float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (row, column), not rounded, where a direction in front of the camera is seen."""
        direction = unit_direction(azimuth_deg, elevation_deg)
        row = (self.height - 1) / 2 - self.focal_length * direction[..., 1] / direction[..., 2]
        column = (self.width - 1) / 2 + self.focal_length * direction[..., 0] / direction[..., 2]
        return row, column


def unit_direction(azimuth_deg: np.ndarray | float, elevation_deg: np.ndarray | float) -> np.ndarray:
    """Return [..., 3] unit vectors (cos el sin az, sin el, cos el cos az): x right, y up, z forward."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    return np.stack(
        [np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth)], axis=-1
    )
