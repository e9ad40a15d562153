"""The eight ways in which a picture can stand: as it is, mirrored, turned, or both."""

import numpy as np

AS_IT_IS = "as it is"
# How a place (right, up) of the scene is seen in the video.
ORIENTATIONS = {
    AS_IT_IS: np.array([[1, 0], [0, 1]]),
    "mirrored left to right": np.array([[-1, 0], [0, 1]]),
    "mirrored top to bottom": np.array([[1, 0], [0, -1]]),
    "turned by 180 degrees": np.array([[-1, 0], [0, -1]]),
    "turned by 90 degrees clockwise": np.array([[0, 1], [-1, 0]]),
    "turned by 90 degrees anticlockwise": np.array([[0, -1], [1, 0]]),
    "mirrored left to right and turned by 90 degrees clockwise": np.array([[0, 1], [1, 0]]),
    "mirrored left to right and turned by 90 degrees anticlockwise": np.array([[0, -1], [-1, 0]]),
}


def turned_back(pictures: np.ndarray, orientation: str) -> np.ndarray:
    """Return pictures [..., height, width, channels] as they would be in the orientation "as it is"; a view."""
    to_scene = ORIENTATIONS[orientation].T
    if lies_on_its_side(orientation):
        # Exchanging rows and columns shows (right, up) at (-up, -right).
        pictures, to_scene = pictures.swapaxes(-3, -2), to_scene @ np.array([[0, -1], [-1, 0]])
    return pictures[..., :: to_scene[1, 1], :: to_scene[0, 0], :]


def lies_on_its_side(orientation: str) -> bool:
    """Tell whether what is the picture's width is its height in the scene."""
    return ORIENTATIONS[orientation][0, 0] == 0


def combined(first: str, then: str) -> str:
    """Return the orientation of pictures that stand as `first` once they are turned back from `then`."""
    both = ORIENTATIONS[then] @ ORIENTATIONS[first]
    return next(name for name, matrix in ORIENTATIONS.items() if np.array_equal(matrix, both))
