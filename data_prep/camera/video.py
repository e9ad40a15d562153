"""Single pictures of a video file by time, as JPEG."""

import threading
from typing import Any

import av
import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.image_decoding import cv2
from common.image_grid import ImageGrid
from data_prep.recorded_video import RecordedVideo
from data_prep.video_container import open_video
from data_prep.video_frames import upright_pixels

_JPEG_QUALITY = 85
_MOST_HEIGHT = 720
# Farther ahead, going to the key frame before is quicker than decoding all between.
_SEEK_AHEAD_S = 3.0


class VideoPictures:
    """Reads the picture that is shown at a time; quick when times go up, as they do in playing.

    Parameters
    ----------
    video : RecordedVideo
        A recording's.
    grid : ImageGrid
        Of the acoustic image, whose field of view is shown.
    """

    def __init__(self, video: RecordedVideo, grid: ImageGrid) -> None:
        self._video, self._grid, self._lock = video, grid, threading.Lock()
        with self._parsing():
            self._container = open_video(video.path)
            self._stream = self._container.streams.video[0]
            self._frames = self._container.decode(self._stream)
            self._now: av.VideoFrame = next(self._frames)
            self._next: av.VideoFrame | None = self._now
        self._first_s = self._seconds(self._now)

    def jpeg(self, time_s: float) -> bytes:
        """Return what the acoustic image would see at a time of the sound; before and after, the first and last.

        Raises
        ------
        AcousticImagesError
            When the file cannot be decoded.
        """
        with self._lock, self._parsing():
            frame = self._frame_at(max(time_s - self._video.offset_s, 0.0) + self._first_s)
            picture = upright_pixels(frame, self._stream.sample_aspect_ratio)
        return _encoded(self._video.view.shows(picture, self._grid))

    def _frame_at(self, time_s: float) -> Any:
        now_s = self._seconds(self._now)
        if time_s < now_s or time_s > now_s + _SEEK_AHEAD_S:
            self._container.seek(int(max(time_s, 0) * av.time_base), backward=True)
            self._frames = self._container.decode(self._stream)
            self._now = self._next = next(self._frames)
        # Half a millisecond: a time that is rounded to the picture before is the picture's own.
        while self._next is not None and self._seconds(self._next) <= time_s + 5e-4:
            self._now, self._next = self._next, next(self._frames, None)
        return self._now

    def _parsing(self) -> Any:
        return parsing(self._video.path, "video", "copy the file again")

    @staticmethod
    def _seconds(frame: Any) -> float:
        return float(frame.time or 0.0)


def _encoded(picture: np.ndarray) -> bytes:
    if picture.shape[0] > _MOST_HEIGHT:
        width = round(picture.shape[1] * _MOST_HEIGHT / picture.shape[0])
        picture = cv2.resize(picture, (width, _MOST_HEIGHT), interpolation=cv2.INTER_AREA)
    done, encoded = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    )
    if not done:
        raise AcousticImagesError("found a picture that cannot be encoded as JPEG, wanted 8-bit colours")
    return encoded.tobytes()
