"""Named arrays in one `.npz` file: written whole or not at all, never with pickle, byte for byte repeatable."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.file_hash import sha256_of_file


def write_arrays(path: Path | str, arrays: Mapping[str, np.ndarray]) -> str:
    """Write arrays atomically and return the SHA-256 of the file.

    Parameters
    ----------
    path : Path or str
        Final name, ending in `.npz`.
    arrays : mapping of str to array
        Names may hold slashes ("hearnet/conv1/kernel").
    """
    with atomic_path(path) as partial:
        np.savez(partial, **{name: np.asarray(array) for name, array in arrays.items()})
        return sha256_of_file(partial)


def read_arrays(path: Path | str, sha256: str) -> dict[str, np.ndarray]:
    """Read arrays back.

    Raises
    ------
    AcousticImagesError
        The file is missing, its hash is not `sha256`, or it holds something else than plain arrays.
    """
    if not Path(path).is_file():
        raise AcousticImagesError(f"{path}: found no such file, wanted stored arrays; train again")
    found = sha256_of_file(path)
    if found != sha256:
        raise AcousticImagesError(
            f"{path}: found SHA-256 {found[:12]}…, wanted {sha256[:12]}…; the file is damaged, delete it"
        )
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise AcousticImagesError(f"{path}: found unreadable arrays ({error}), wanted an .npz file") from error
