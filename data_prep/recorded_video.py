"""A recording's video brought to its sound: turned back, set right in time, and cut to the acoustic image's view."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.image_decoding import cv2
from common.image_grid import ImageGrid
from data_prep.orientations import AS_IT_IS, turned_back
from data_prep.video_frames import ASPECT_TOLERANCE, read_video

# Black round a small picture is not made higher than this, whatever fields of view are stated.
_MOST_HEIGHT = 2160


@dataclass(frozen=True)
class VideoView:
    """How the video's pictures stand, and what they show.

    Attributes
    ----------
    horizontal_fov_deg : float
        What a whole picture spans from its left edge to its right edge, once it is turned back.
    orientation : str
        Of `orientations.ORIENTATIONS`: how the scene is seen in the file.
    """

    horizontal_fov_deg: float
    orientation: str = AS_IT_IS

    def shows(self, picture: np.ndarray, grid: ImageGrid) -> np.ndarray:
        """Return what a picture shows of the acoustic image's field of view.

        A picture of the same field of view is only turned back. Of another one, what lies beyond is cut off, and
        what it does not reach is black; both are centred, for camera and array look along one axis.

        Parameters
        ----------
        picture : ndarray
            RGB [height, width, 3] uint8 as the file has it, square pixels.
        grid : ImageGrid
            Of the acoustic image.

        Returns
        -------
        ndarray
            RGB [any, any, 3] uint8 that spans what the grid does.
        """
        upright = np.ascontiguousarray(turned_back(picture, self.orientation))
        if self._is_the_same_view(upright, grid):
            return upright
        return _cut_and_padded(upright, self._half_spans(upright), _half_spans(grid), grid)

    def _is_the_same_view(self, upright: np.ndarray, grid: ImageGrid) -> bool:
        aspect = upright.shape[1] / upright.shape[0] * grid.height / grid.width
        return abs(aspect - 1) <= ASPECT_TOLERANCE and bool(
            np.isclose(self.horizontal_fov_deg, grid.horizontal_fov_deg)
        )

    def _half_spans(self, upright: np.ndarray) -> np.ndarray:
        return _half_spans(ImageGrid(upright.shape[0], upright.shape[1], self.horizontal_fov_deg))


@dataclass(frozen=True)
class RecordedVideo:
    """A video file and how it lies against the sound.

    Attributes
    ----------
    path : Path
        MP4, MOV, AVI or whatever else FFmpeg reads.
    view : VideoView
        What its pictures show.
    offset_s : float
        How much later than the sound the video begins; negative: earlier.
    """

    path: Path
    view: VideoView
    offset_s: float = 0.0

    def pictures(self, times_s: Sequence[float], grid: ImageGrid) -> Iterator[np.ndarray]:
        """Yield what the acoustic image would see at ascending seconds of the sound; see `read_video` and `shows`."""
        for picture in read_video(self.path, [time - self.offset_s for time in times_s]):
            yield self.view.shows(picture, grid)


def _half_spans(grid: ImageGrid) -> np.ndarray:
    """Return (up, right): what half a picture spans on a plane at distance 1."""
    return np.array([grid.height, grid.width]) / 2 / grid.focal_length


def _cut_and_padded(upright: np.ndarray, shown: np.ndarray, wanted: np.ndarray, grid: ImageGrid) -> np.ndarray:
    common = np.minimum(shown, wanted)
    cut_size = _whole(upright.shape[:2] * common / shown)
    height = min(round(float(cut_size[0] * wanted[0] / common[0])), max(int(cut_size[0]), _MOST_HEIGHT))
    canvas = np.zeros((height, max(1, round(height * grid.width / grid.height)), 3), np.uint8)
    size = _whole(canvas.shape[:2] * common / wanted)
    cut = upright[_middle(upright.shape, cut_size)]
    canvas[_middle(canvas.shape, size)] = cv2.resize(
        np.ascontiguousarray(cut), size[::-1].tolist(), interpolation=cv2.INTER_CUBIC
    )
    return canvas


def _whole(sizes: np.ndarray) -> np.ndarray:
    return np.maximum(np.rint(sizes).astype(int), 1)


def _middle(shape: Sequence[int], size: np.ndarray) -> tuple[slice, slice]:
    top, left = ((shape[axis] - size[axis]) // 2 for axis in (0, 1))
    return slice(top, top + size[0]), slice(left, left + size[1])
