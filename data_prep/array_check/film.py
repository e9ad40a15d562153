"""A video as small grey pictures with their times, for what moves in it."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.image_decoding import MOST_PIXELS

_LONGER_SIDE = 80


@dataclass(frozen=True)
class Film:
    """Grey pictures [frames, height, width] uint8, their seconds from the first, and the end of the last."""

    pictures: np.ndarray
    times_s: np.ndarray
    end_s: float

    @property
    def frame_s(self) -> float:
        """Seconds from frame to frame."""
        return self.end_s / len(self.times_s)


def read_film(path: Path) -> Film:
    """Decode a whole video, its longer side made 80 pixels.

    Raises
    ------
    AcousticImagesError
        A file that cannot be decoded, or with fewer than three frames.
    """
    pictures, times = [], []
    with parsing(path, "video", "copy the file again"), av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
        scale = _LONGER_SIDE / max(stream.width, stream.height)
        size = {"width": max(8, round(stream.width * scale)), "height": max(8, round(stream.height * scale))}
        for frame in container.decode(stream):
            pictures.append(frame.reformat(**size, format="gray", interpolation="AREA").to_ndarray())
            times.append(float(frame.time))
    if len(times) < 3:
        raise AcousticImagesError(f"{path}: found {len(times)} frames, wanted a video of the recording")
    times_s = np.array(times) - times[0]
    return Film(np.array(pictures), times_s, float(times_s[-1] + np.median(np.diff(times_s))))
