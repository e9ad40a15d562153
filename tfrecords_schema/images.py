"""Encoding and decoding of video frames without TensorFlow."""

import math

import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.image_decoding import cv2, decode_picture

# OpenCV's own default, named because the bytes of a dataset depend on it.
_PNG_COMPRESSION = 3


def encode_image(image: np.ndarray, encoding: str, jpeg_quality: int) -> bytes:
    """Encode one RGB image.

    Parameters
    ----------
    image : ndarray
        [height, width, 3] uint8, RGB.
    encoding : str
        "jpeg", "png" or "raw" (the bytes in C order).
    jpeg_quality : int
        1 to 100.
    """
    if encoding == "raw":
        return image.tobytes()
    blue_green_red = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    if encoding == "jpeg":
        encoded = cv2.imencode(".jpg", blue_green_red, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])[1]
    else:
        encoded = cv2.imencode(".png", blue_green_red, [cv2.IMWRITE_PNG_COMPRESSION, _PNG_COMPRESSION])[1]
    return encoded.tobytes()


def decode_image(encoded: bytes, encoding: str, shape: tuple[int, ...]) -> np.ndarray:
    """Decode one RGB image [height, width, 3] uint8; raises AcousticImagesError unless it has `shape`."""
    if encoding == "raw":
        values = np.frombuffer(encoded, np.uint8)
        image = values.reshape(shape) if values.size == math.prod(shape) else None
    else:
        with parsing("video_frames", "image", f"wanted {encoding} of shape {shape}"):
            decoded = decode_picture(encoded)
        image = None if decoded is None else cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)
    if image is None or image.shape != shape:
        found = f"{len(encoded)} bytes that are no such image" if image is None else f"shape {image.shape}"
        raise AcousticImagesError(f"video_frames: found {found}, wanted {encoding} of shape {shape}")
    return image
