"""Which video frames of a window are stored, reading them from a file, and their size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing, read_limited
from common.image_decoding import MOST_PIXELS, cv2, decode_picture
from data_prep.video_container import open_video

# 298:224 is 4:3 but for rounding; anything further away would be squeezed out of line with the acoustic image.
ASPECT_TOLERANCE = 0.02


@dataclass(frozen=True)
class VideoHead:
    """Height and width of a video's pictures as `upright_pixels` gives them, and the seconds that it lasts."""

    height: int
    width: int
    end_s: float


def frame_numbers(frames_per_window: int, wanted: int) -> tuple[int, ...]:
    """Return which frames of a window are kept: evenly from the first to the last (paper: 2 of 24).

    A single one is the middle frame.
    """
    if not 1 <= wanted <= frames_per_window:
        raise AcousticImagesError(f"video_frames_per_window: found {wanted}, wanted 1 to {frames_per_window}")
    if wanted == 1:
        return (frames_per_window // 2,)
    return tuple(int(number) for number in np.linspace(0, frames_per_window - 1, wanted).round())


def resize_frame(frame: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resize an RGB frame [any, any, 3] uint8 to [height, width, 3] by bicubic interpolation.

    Raises
    ------
    AcousticImagesError
        When the frame has another aspect ratio (by more than 2 %).
    """
    found, wanted = frame.shape[1] / frame.shape[0], width / height
    if abs(found / wanted - 1) > ASPECT_TOLERANCE:
        raise AcousticImagesError(
            f"found video of {frame.shape[1]} x {frame.shape[0]}, wanted the aspect ratio {width}:{height}; "
            "crop or pad it to the acoustic image's field of view"
        )
    if frame.shape[:2] == (height, width):
        return frame
    return cv2.resize(frame, (width, height), interpolation=cv2.INTER_CUBIC)


def read_image(path: Path) -> np.ndarray:
    """Read an image file as RGB [height, width, 3] uint8; raises AcousticImagesError when it is unreadable."""
    what, todo = "image", "copy the file again"
    content = read_limited(path, 4 * MOST_PIXELS, what, todo)
    with parsing(path, what, todo):
        image = decode_picture(content)
    if image is None:
        raise AcousticImagesError(
            f"{path}: found {len(content)} bytes that are no BMP, JPEG or PNG image; copy the file again"
        )
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def read_video_head(path: Path) -> VideoHead:
    """Read how large a video's pictures are, and how long it lasts.

    Raises
    ------
    AcousticImagesError
        When the file cannot be decoded, or holds no picture.
    """
    with parsing(path, "video", "copy the file again"), open_video(path, threads=1) as container:
        stream = container.streams.video[0]
        first = next(container.decode(stream))
        height, width = upright_pixels(first, stream.sample_aspect_ratio).shape[:2]
        if stream.duration is not None:
            return VideoHead(height, width, float(stream.duration * (stream.time_base or 0)))
        # Some kinds of file tell no length of the video alone: its last packet does.
        container.seek(0)
        frame_s = 1 / float(stream.average_rate or 1)
        ends = [
            float(one.pts * (one.time_base or 0)) + frame_s for one in container.demux(stream) if one.pts is not None
        ]
        return VideoHead(height, width, max(ends, default=frame_s) - float(first.time))


def upright_pixels(frame: av.VideoFrame, pixel_aspect: Fraction | None, pixel_format: str = "rgb24") -> np.ndarray:
    """Return a frame [height, width] or [height, width, 3] uint8 as players show it.

    Its pixels are made square where the file says that they are not (`pixel_aspect`, width to height), and it is
    turned as the file says: a phone that is held in another way turns nothing, but marks the file.
    """
    width = max(1, round(frame.width * pixel_aspect)) if pixel_aspect else frame.width
    if width * frame.height > MOST_PIXELS:
        raise AcousticImagesError(f"found pixels {pixel_aspect} times as wide as high, wanted square ones")
    pixels = frame.reformat(width=width).to_ndarray(format=pixel_format)
    return np.rot90(pixels, round(frame.rotation / 90)) if frame.rotation else pixels


def read_video(path: Path, times_s: Sequence[float]) -> Iterator[np.ndarray]:
    """Read the frames of a video file nearest to the given times, in one pass.

    Parameters
    ----------
    path : Path
        Of a kind that `open_video` knows, such as MP4, MOV or AVI.
    times_s : sequence of float
        Ascending seconds from the first frame.

    Yields
    ------
    ndarray
        RGB [height, width, 3] uint8, one for each time.

    Raises
    ------
    AcousticImagesError
        When the file cannot be decoded, or ends before the last time.
    """
    with parsing(path, "video", "copy the file again"), open_video(path, threads=1) as container:
        yield from _frames_at(container, path, times_s)


def _frames_at(container: av.container.InputContainer, path: Path, times_s: Sequence[float]) -> Iterator[np.ndarray]:
    stream = container.streams.video[0]
    frame_seconds = 1 / float(stream.average_rate or 1)
    wanted = iter(times_s)
    time = next(wanted, None)
    previous: av.VideoFrame | None = None
    first_s: float | None = None
    aspect = stream.sample_aspect_ratio
    for frame in container.decode(stream):
        first_s = frame.time if first_s is None else first_s
        # The frame before is the nearest one to every time up to the middle between the two.
        while time is not None and previous is not None and time <= _middle(previous, frame) - first_s:
            yield upright_pixels(previous, aspect)
            time = next(wanted, None)
        if time is None:
            return
        previous = frame
    end_s = 0.0
    if previous is not None:
        lasts_s = float((previous.duration or 0) * (previous.time_base or 0))
        end_s = float(previous.time) - (first_s or 0.0) + max(frame_seconds, lasts_s)
    while time is not None and previous is not None and time < end_s:
        yield upright_pixels(previous, aspect)
        time = next(wanted, None)
    if time is not None:
        raise AcousticImagesError(
            f"{path}: found video of {end_s:.2f} s, wanted a frame at {time:.2f} s; copy the file again"
        )


def _middle(earlier: av.VideoFrame, later: av.VideoFrame) -> float:
    return float(earlier.time + later.time) / 2
