"""What an `array` dataset tells of its videos: how they stand, what they span, when they begin and end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import AcousticImagesError
from data_prep.orientations import AS_IT_IS, ORIENTATIONS, lies_on_its_side
from data_prep.recorded_video import VideoView
from data_prep.signal_parameters import SignalParameters
from data_prep.video_frames import ASPECT_TOLERANCE, VideoHead

VIDEO_KEYS = ("video_orientation", "video_offset_s", "image_fov_deg")
OFFSET = "video_offset_s"
_MOST_OFFSET_S = 3600.0
_MOST_NAMED = 5


@dataclass(frozen=True)
class PicturedImages:
    """Numbers of the first acoustic image that there is a picture of, and of that after the last."""

    first: int
    end: int


def stated_offset_s(where: str, value: Any) -> float:
    """Return an offset between video and sound; raises AcousticImagesError where it is no sensible number."""
    try:
        offset_s = float(value)
    except (TypeError, ValueError):
        offset_s = np.nan
    if isinstance(value, bool) or not abs(offset_s) <= _MOST_OFFSET_S:
        raise AcousticImagesError(
            f"{where}: {OFFSET}: found {str(value)[:40]!r}, wanted the seconds by which the video begins later than "
            "the sound"
        )
    return offset_s


def stated_view(where: str, description: Mapping[str, Any], parameters: SignalParameters) -> VideoView:
    """Return what the description tells of the pictures; raises AcousticImagesError for an unknown orientation."""
    orientation = description.get("video_orientation", AS_IT_IS)
    if not isinstance(orientation, str) or orientation not in ORIENTATIONS:
        raise AcousticImagesError(
            f"{where}: video_orientation: found {str(orientation)[:80]!r}, wanted one of: {'; '.join(ORIENTATIONS)}"
        )
    return VideoView(parameters.horizontal_fov_deg, orientation)


def image_parameters(
    where: str,
    description: Mapping[str, Any],
    parameters: SignalParameters,
    heads: Mapping[Path, VideoHead],
) -> tuple[SignalParameters, tuple[str, ...]]:
    """Return the parameters with the acoustic image's field of view, and what is to be told of it.

    It is the stated one, or else the camera's; of a video wider than the image, what the middle of it spans.

    Raises
    ------
    AcousticImagesError
        Videos of different shapes, of which no one field of view follows.
    """
    fov_deg = description.get("image_fov_deg")
    if fov_deg is not None:
        if isinstance(fov_deg, bool) or not isinstance(fov_deg, int | float) or not 0 < fov_deg < 180:
            raise AcousticImagesError(f"{where}: image_fov_deg: found {fov_deg!r}, wanted between 0 and 180")
        return replace(parameters, horizontal_fov_deg=float(fov_deg)), ()
    on_side = lies_on_its_side(description.get("video_orientation", AS_IT_IS))
    shapes = {path: _upright_shape(head, on_side) for path, head in heads.items()}
    wider = _common_aspect(where, shapes) * parameters.image_height / parameters.image_width
    if wider <= 1 + ASPECT_TOLERANCE:
        return parameters, ()
    half_span = np.tan(np.radians(parameters.horizontal_fov_deg / 2)) / wider
    fov_deg = round(float(2 * np.degrees(np.arctan(half_span))), 3)
    width, height = next(iter(shapes.values()))
    told = (
        f"video of {width} x {height} is wider than the acoustic image: its middle is used, which spans "
        f"{fov_deg:.1f} of the camera's {parameters.horizontal_fov_deg:g} degrees (image_fov_deg sets another view)"
    )
    return replace(parameters, horizontal_fov_deg=fov_deg), (told,)


def pictured_images(head: VideoHead, offset_s: float, frames_per_second: int) -> PicturedImages:
    """Return which acoustic images begin while the video lasts."""
    # A millionth of an image: what is meant to begin at once does so but for rounding.
    first, end = ((second + offset_s) * frames_per_second - 1e-6 for second in (0.0, head.end_s))
    return PicturedImages(max(0, int(np.ceil(first))), max(0, int(np.ceil(end))))


def told_of_ends(lengths_s: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    """Return what is to be told of recordings' (whole, used) seconds; nothing where there are none."""
    if not lengths_s:
        return ()
    named = [f"{name} {used_s:.1f} of {whole_s:.1f} s" for name, (whole_s, used_s) in lengths_s.items()]
    more = ", ..." if len(named) > _MOST_NAMED else ""
    listed = ", ".join(named[:_MOST_NAMED]) + more
    return (f"sound without video is left out of {len(named)} recordings ({listed})",)


def _upright_shape(head: VideoHead, on_side: bool) -> tuple[int, int]:
    return (head.height, head.width) if on_side else (head.width, head.height)


def _common_aspect(where: str, shapes: Mapping[Path, tuple[int, int]]) -> float:
    aspects: Sequence[float] = [width / height for width, height in shapes.values()]
    if not aspects:
        return 0.0
    if max(aspects) / min(aspects) > 1 + 2 * ASPECT_TOLERANCE:
        least, most = (list(shapes.items())[aspects.index(one)] for one in (min(aspects), max(aspects)))
        found = " and ".join(f"{width} x {height} ({path.name})" for path, (width, height) in (least, most))
        raise AcousticImagesError(
            f"{where}: found videos of different shapes, {found}, wanted those of one camera; state image_fov_deg, or "
            "make a dataset of each"
        )
    return aspects[0]
