"""Folders of one file a frame, numbered without gaps."""

import io
import math
import re
from pathlib import Path

import numpy as np
import scipy.io

from common.errors import AcousticImagesError
from common.foreign_files import parsing, read_limited
from data_prep.layouts.matlab_elements import inflated

MFCC_KEY = "MFCC"
_NUMBER_CLASSES = {"double", "single", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))}
# Of the largest image by far: a file may say that it holds more than it does.
_MOST_VALUES, _MOST_BYTES = 2**20, 2**23


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
    matches = [(match, path) for path in folder.iterdir() if (match := pattern.fullmatch(path.name)) and path.is_file()]
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
    what, todo = "MATLAB file", "copy the file again"
    stored = read_limited(path, _MOST_BYTES, what, todo)
    with parsing(path, what, todo):
        content = inflated(stored, 2 * _MOST_BYTES)
        heads = {name: (shape, kind) for name, shape, kind in scipy.io.whosmat(io.BytesIO(content))}
    if MFCC_KEY not in heads:
        keys = ", ".join(heads) or "none"
        raise AcousticImagesError(f"{path}: found the keys {keys}, wanted {MFCC_KEY}")
    # Compared before reading: a few compressed bytes can stand for any number of values.
    shape, kind = heads[MFCC_KEY]
    if kind not in _NUMBER_CLASSES or math.prod(shape) > _MOST_VALUES:
        raise AcousticImagesError(f"{path}: found {kind} of shape {list(shape)}, wanted numbers of an acoustic image")
    with parsing(path, what, todo), np.errstate(over="ignore"):
        values = scipy.io.loadmat(io.BytesIO(content), variable_names=[MFCC_KEY])[MFCC_KEY]
        image = np.asarray(values).astype(np.float32)
    if not np.isfinite(image).all():
        raise AcousticImagesError(f"{path}: found {np.count_nonzero(~np.isfinite(image))} values that are not finite")
    return image
