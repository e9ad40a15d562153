"""OpenCV, told how large an image may be before it is first imported.

It makes room for as many pixels as an image's head asks for, up to 2^30 by default. It reads its limit when it is
loaded, so `cv2` is imported from here wherever images from elsewhere are decoded.
"""

import os

# A frame of 8K video.
MOST_PIXELS = 2**25
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))

import cv2  # noqa: E402

__all__ = ["MOST_PIXELS", "cv2"]
