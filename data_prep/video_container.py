"""A video file, opened so that its head decides neither how much room is made nor what else is read."""

from pathlib import Path

import av

from common.image_decoding import MOST_PIXELS
from data_prep.mp4_tables import require_measured_tables

# What cameras write. FFmpeg would also follow lists of other files.
_FORMATS = (
    *("mov", "avi", "matroska", "mpegts", "mpeg", "mpegvideo", "m4v"),
    *("h264", "hevc", "asf", "flv", "ogg", "dv", "mxf"),
)


def open_video(path: Path | str, threads: int = 0) -> av.container.InputContainer:
    """Open a file for decoding its first stream of video.

    Parameters
    ----------
    path : Path or str
        MP4, MOV, AVI, MKV, WebM, MPEG, ASF, FLV, Ogg, DV or MXF.
    threads : int
        That decode; 0 leaves it to FFmpeg.

    Raises
    ------
    Exception
        Any of FFmpeg's, ValueError of `require_measured_tables`, IndexError where there is no video. The caller turns
        it into the project's (`common.foreign_files.parsing`).
    """
    require_measured_tables(path)
    container = av.open(str(path), options={"format_whitelist": ",".join(_FORMATS), "protocol_whitelist": "file"})
    try:
        context = container.streams.video[0].codec_context
    except IndexError:
        container.close()
        raise
    context.thread_count = threads
    context.options = {"max_pixels": str(MOST_PIXELS)}
    return container
