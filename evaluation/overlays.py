"""A map in colours over a video frame, and pictures and sounds as bytes that a page holds."""

import io

import cv2
import numpy as np
import soundfile

_OPACITY = 0.45
_THUMBNAIL_SIZE = (96, 72)
_JPEG_QUALITY = 80


def over_frame(frame: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return a frame [height, width, 3] uint8 RGB under a map [rows, columns], stretched from its least to its most."""
    height, width = frame.shape[:2]
    low, high = float(values.min()), float(values.max())
    scaled = np.zeros_like(values) if high == low else (values - low) / (high - low)
    large = cv2.resize(scaled.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    levels = np.rint(255 * np.clip(large, 0, 1)).astype(np.uint8)
    colours = cv2.applyColorMap(levels, cv2.COLORMAP_TURBO)[..., ::-1]
    return cv2.addWeighted(colours, _OPACITY, frame, 1 - _OPACITY, 0)


def jpeg(picture: np.ndarray) -> bytes:
    """Return an RGB picture as a JPEG file."""
    return cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()


def thumbnail(picture: np.ndarray) -> bytes:
    """Return a small version of an RGB picture as a JPEG file."""
    return jpeg(cv2.resize(picture, _THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA))


def ogg(waveform: np.ndarray, sample_rate_hz: int) -> bytes:
    """Return a sound [n], scaled to its own peak, as an Ogg Vorbis file."""
    content = io.BytesIO()
    peak = max(float(np.abs(waveform).max()), 1e-12)
    soundfile.write(content, 0.8 * waveform / peak, sample_rate_hz, format="OGG", subtype="VORBIS")
    return content.getvalue()
