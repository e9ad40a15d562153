"""Named arrays in one `.npz` file: written whole or not at all, never with pickle, byte for byte repeatable."""

import io
import math
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from common.array_head import read_array_head
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
        # As np.savez, which leaves a file that it could not finish to be closed, and told of, whenever memory is freed.
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as stored:
            for name, array in arrays.items():
                with stored.open(f"{name}.npy", "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
        return sha256_of_file(partial)


def read_arrays(path: Path | str, sha256: str | None) -> dict[str, np.ndarray]:
    """Read arrays back.

    Parameters
    ----------
    path : Path or str
        The file.
    sha256 : str or None
        What its hash has to be; None where nothing tells, and the CRC of each array has to do.

    Raises
    ------
    AcousticImagesError
        The file is missing, its hash is not `sha256`, or it holds something else than plain arrays.
    """
    if not Path(path).is_file():
        raise AcousticImagesError(f"{path}: found no such file, wanted stored arrays; train again")
    if sha256 is not None:
        _require_hash(path, sha256)
    try:
        length = Path(path).stat().st_size
        with zipfile.ZipFile(path) as stored:
            return {
                member.filename.removesuffix(".npy"): _read_member(stored, member, length)
                for member in stored.infolist()
            }
    except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise AcousticImagesError(f"{path}: found unreadable arrays ({error}), wanted an .npz file") from error


def _require_hash(path: Path | str, sha256: str) -> None:
    found = sha256_of_file(path)
    if found != sha256:
        raise AcousticImagesError(
            f"{path}: found SHA-256 {found[:12]}…, wanted {sha256[:12]}…; the file is damaged, delete it"
        )


def _read_member(stored: zipfile.ZipFile, member: zipfile.ZipInfo, length: int) -> np.ndarray:
    """Return one array. What it takes is known from the file's length and its bytes, not from what heads say."""
    if member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{member.filename} is compressed")
    claimed = max(member.file_size, member.compress_size)
    if claimed > length:
        raise ValueError(f"{member.filename} claims {claimed} bytes of a file of {length}")
    content = io.BytesIO(stored.read(member))
    shape, in_fortran_order, dtype = read_array_head(content)
    if math.prod(shape) * dtype.itemsize != len(content.getbuffer()) - content.tell():
        raise ValueError(f"{member.filename} holds {len(content.getbuffer())} bytes, not {dtype} {list(shape)}")
    array = np.frombuffer(content.getbuffer(), dtype, offset=content.tell())
    # A copy, so that it can be written to and does not hold the file's bytes.
    return array.reshape(shape, order="F" if in_fortran_order else "C").copy()
