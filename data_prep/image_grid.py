"""Which direction each pixel of an acoustic image looks at: a pinhole camera at the array's origin."""

import numpy as np

from data_prep.signal_parameters import SignalParameters


def focal_length_pixels(image_width: int, horizontal_fov_deg: float) -> float:
    """Return the focal length in pixels of an image of that width."""
    return image_width / 2 / float(np.tan(np.radians(horizontal_fov_deg / 2)))


def unit_direction(azimuth_deg: np.ndarray | float, elevation_deg: np.ndarray | float) -> np.ndarray:
    """Return [..., 3] unit vectors (cos el sin az, sin el, cos el cos az): x right, y up, z forward."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    return np.stack(
        [np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth)], axis=-1
    )


def pixel_directions(parameters: SignalParameters) -> np.ndarray:
    """Return the unit vectors [height, width, 3] of the pixels' centres; row 0 is the top."""
    height, width = parameters.image_height, parameters.image_width
    focal = focal_length_pixels(width, parameters.horizontal_fov_deg)
    rows, columns = np.mgrid[:height, :width]
    toward = np.stack(
        [(columns - (width - 1) / 2) / focal, ((height - 1) / 2 - rows) / focal, np.ones((height, width))],
        axis=-1,
    )
    return toward / np.linalg.norm(toward, axis=-1, keepdims=True)


def pixel_azimuth_elevation_deg(parameters: SignalParameters) -> tuple[np.ndarray, np.ndarray]:
    """Return azimuth and elevation [height, width] of the pixels, degrees."""
    directions = pixel_directions(parameters)
    azimuth = np.degrees(np.arctan2(directions[..., 0], directions[..., 2]))
    return azimuth, np.degrees(np.arcsin(directions[..., 1]))


def direction_to_pixel(
    azimuth_deg: np.ndarray | float, elevation_deg: np.ndarray | float, parameters: SignalParameters
) -> tuple[np.ndarray, np.ndarray]:
    """Return (row, column), not rounded, where a direction in front of the camera is seen."""
    direction = unit_direction(azimuth_deg, elevation_deg)
    focal = focal_length_pixels(parameters.image_width, parameters.horizontal_fov_deg)
    row = (parameters.image_height - 1) / 2 - focal * direction[..., 1] / direction[..., 2]
    column = (parameters.image_width - 1) / 2 + focal * direction[..., 0] / direction[..., 2]
    return row, column
