"""OpenCV, told how large an image may be before it is first imported.

It makes room for as many pixels as an image's head asks for, up to 2^30 by default. It reads its limit when it is
loaded, so `cv2` is imported from here wherever images from elsewhere are decoded.
"""

import os
import struct

import numpy as np

# A frame of 8K video.
MOST_PIXELS = 2**25
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))

import cv2  # noqa: E402

__all__ = ["MOST_PIXELS", "cv2", "decode_picture"]

_PNG = b"\x89PNG\r\n\x1a\n"
# Whatever a file is called, OpenCV would try twenty decoders on it.
_HEADS = (b"BM", b"\xff\xd8\xff", _PNG)
_BYTES_BESIDE_A_CHUNK = 12


def decode_picture(content: bytes) -> np.ndarray | None:
    """Decode a BMP, JPEG or PNG file.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    ndarray or None
        [height, width, 3] uint8, blue first; None when it is no such picture.
    """
    if not content.startswith(_HEADS) or (content.startswith(_PNG) and not _has_whole_chunks(content)):
        return None
    decoded: np.ndarray | None = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return decoded


def _has_whole_chunks(content: bytes) -> bool:
    """Tell whether every length in a PNG file is of bytes that are there; OpenCV makes room for two gigabytes else."""
    place = len(_PNG)
    while place + _BYTES_BESIDE_A_CHUNK <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        place += _BYTES_BESIDE_A_CHUNK + length
    return place == len(content)
