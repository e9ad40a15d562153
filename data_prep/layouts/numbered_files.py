"""Folders of one file a frame, numbered without gaps."""

import re
from pathlib import Path

import numpy as np
import scipy.io

from common.errors import AcousticImagesError

MFCC_KEY = "MFCC"


def numbered_files(folder: Path, prefix: str, suffix: str) -> tuple[Path, ...]:
    """Return the files `prefix` number `suffix` of a folder in the order of their numbers.

    Raises
    ------
    AcousticImagesError
        A missing folder, no such file, a first number other than 0 or 1, or a gap.
    """
    wanted = f"{prefix}<number>{suffix}"
    if not folder.is_dir():
        raise AcousticImagesError(f"{folder}: found no such folder, wanted {wanted} files in it")
    pattern = re.compile(re.escape(prefix) + r"(\d+)" + re.escape(suffix))
    matches = [(match, path) for path in folder.iterdir() if (match := pattern.fullmatch(path.name))]
    files = dict(sorted((int(match.group(1)), path) for match, path in matches))
    if not files:
        raise AcousticImagesError(f"{folder}: found no file, wanted {wanted}")
    first = min(files)
    missing = next((number for number in range(first, first + len(files)) if number not in files), None)
    if first > 1 or missing is not None:
        number = 1 if first > 1 else missing
        raise AcousticImagesError(
            f"{folder}: found {len(files)} files without number {number}, wanted no gap; copy the recording again"
        )
    return tuple(files.values())


def check_equal_counts(folder: Path, counts: dict[str, int]) -> None:
    """Raise AcousticImagesError unless every kind of file occurs equally often."""
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{count} in {kind}" for kind, count in counts.items())
        raise AcousticImagesError(f"{folder}: found files {found}, wanted equal counts; copy the recording again")


def check_sizes(files: tuple[Path, ...], num_bytes: int) -> None:
    """Raise AcousticImagesError unless every file has this many bytes."""
    for path in files:
        found = path.stat().st_size
        if found != num_bytes:
            raise AcousticImagesError(f"{path}: found {found} bytes, wanted {num_bytes}; copy the file again")


def read_mfcc(path: Path) -> np.ndarray:
    """Read a stored acoustic image, whatever its shape.

    Raises
    ------
    AcousticImagesError
        No MATLAB file, no key MFCC, or values that are not finite.
    """
    try:
        content = scipy.io.loadmat(path)
    except (OSError, ValueError, TypeError, NotImplementedError, scipy.io.matlab.MatReadError) as error:
        raise AcousticImagesError(f"{path}: found no readable MATLAB file ({error}); copy the file again") from error
    if MFCC_KEY not in content:
        keys = ", ".join(key for key in content if not key.startswith("__")) or "none"
        raise AcousticImagesError(f"{path}: found the keys {keys}, wanted {MFCC_KEY}")
    image = content[MFCC_KEY].astype(np.float32)
    if not np.isfinite(image).all():
        raise AcousticImagesError(f"{path}: found {np.count_nonzero(~np.isfinite(image))} values that are not finite")
    return image
