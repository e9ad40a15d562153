"""A video as small grey pictures with their times, turned back and on the sound's clock, for what moves in it."""

from dataclasses import dataclass

import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.image_decoding import cv2
from data_prep.orientations import turned_back
from data_prep.recorded_video import RecordedVideo
from data_prep.video_container import open_video
from data_prep.video_frames import upright_pixels

_LONGER_SIDE = 80


@dataclass(frozen=True)
class Film:
    """Grey pictures [frames, height, width] uint8, their seconds in the sound, and the end of the last."""

    pictures: np.ndarray
    times_s: np.ndarray
    end_s: float

    @property
    def frame_s(self) -> float:
        """Seconds from frame to frame."""
        return (self.end_s - float(self.times_s[0])) / len(self.times_s)


def read_film(video: RecordedVideo) -> Film:
    """Decode a whole video, its longer side made 80 pixels.

    Raises
    ------
    AcousticImagesError
        A file that cannot be decoded, or with fewer than three frames.
    """
    path, pictures, times = video.path, [], []
    with parsing(path, "video", "copy the file again"), open_video(path) as container:
        stream = container.streams.video[0]
        for frame in container.decode(stream):
            pictures.append(_small(upright_pixels(frame, stream.sample_aspect_ratio, "gray")))
            times.append(float(frame.time))
    if len(times) < 3:
        raise AcousticImagesError(f"{path}: found {len(times)} frames, wanted a video of the recording")
    times_s = np.array(times) - times[0] + video.offset_s
    upright = turned_back(np.array(pictures)[..., np.newaxis], video.view.orientation)[..., 0]
    return Film(np.ascontiguousarray(upright), times_s, float(times_s[-1] + np.median(np.diff(times_s))))


def _small(picture: np.ndarray) -> np.ndarray:
    scale = _LONGER_SIDE / max(picture.shape)
    height, width = (max(8, round(side * scale)) for side in picture.shape)
    return cv2.resize(np.ascontiguousarray(picture), (width, height), interpolation=cv2.INTER_AREA)
