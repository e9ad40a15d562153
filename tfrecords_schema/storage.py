"""Where a dataset's files lie: on this machine, or below an address such as gs://bucket/set that tf.io.gfile reaches.

An address may travel as a `Path`, which takes two of its slashes for one (gs:/bucket/set); here it gets them back.
"""

import errno
import io
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import tensorflow as tf

from common.atomic_files import atomic_path
from common.errors import AcousticImagesError

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/{1,3}(.+)", re.DOTALL)
# The schemes of tf.io.gfile that have no host or bucket: their path begins with a slash of its own.
_WITHOUT_HOST = ("file",)
_ERRNO_OF = {tf.errors.NotFoundError: errno.ENOENT, tf.errors.PermissionDeniedError: errno.EACCES}
_ERRNO_OF_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


def address_of(path: Path | str) -> str | None:
    """Return the address for tf.io.gfile; None for a path of this machine."""
    match = _ADDRESS.fullmatch(str(path))
    if match is None:
        return None
    scheme, rest = match.groups()
    return f"{scheme}:///{rest}" if scheme in _WITHOUT_HOST else f"{scheme}://{rest}"


def require_local(path: Path | str, what: str) -> None:
    """Raise AcousticImagesError for an address where only a folder of this machine, or a mounted one, will do."""
    if address_of(path) is not None:
        raise AcousticImagesError(
            f"{address_of(path)}: found an address for {what}, wanted a folder of this machine or a mounted one; "
            "write there and copy what is finished"
        )


def file_size(path: Path | str) -> int | None:
    """Return the bytes of a file, by one call to the storage; None where there is no file.

    Raises
    ------
    OSError
        As all functions here do when the storage cannot be reached; names the path.
    """
    address = address_of(path)
    try:
        if address is None:
            status = os.stat(path)
            return status.st_size if stat.S_ISREG(status.st_mode) else None
        with _as_os_errors(address):
            status = tf.io.gfile.stat(address)
        return None if status.is_directory else int(status.length)
    except OSError as error:
        if error.errno in _ERRNO_OF_NO_FILE:
            return None
        raise


def is_file(path: Path | str) -> bool:
    """Tell whether there is a file; raises as `file_size` does."""
    return file_size(path) is not None


def read_range(path: Path | str, offset: int, length: int) -> bytes:
    """Return `length` bytes from `offset` on, fewer where the file ends before."""
    address = address_of(path)
    if address is not None:
        with _as_os_errors(address), tf.io.gfile.GFile(address, "rb") as file:
            file.seek(offset)
            return bytes(file.read(length))
    # Opened for each record: a dataset may have more shards than a process may hold open files.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, length, offset)
    finally:
        os.close(descriptor)


def read_bytes(path: Path | str) -> bytes:
    """Return a whole file."""
    address = address_of(path)
    if address is None:
        return Path(path).read_bytes()
    with _as_os_errors(address), tf.io.gfile.GFile(address, "rb") as file:
        return bytes(file.read())


def open_to_read(path: Path | str) -> BinaryIO:
    """Open a file to read it from its start to its end; one at an address is fetched whole."""
    return open(path, "rb") if address_of(path) is None else io.BytesIO(read_bytes(path))


@contextmanager
def path_to_write(path: Path | str) -> Iterator[Path]:
    """Give a temporary path, which becomes the file when the block ends without an error.

    What goes to an address is written on this machine first and copied whole: object storage has no renaming, and
    would keep what a failing writer closes.

    Yields
    ------
    Path
        The name to write to; removed again when the block raises.
    """
    address = address_of(path)
    if address is None:
        with atomic_path(path) as partial:
            yield partial
        return
    folder = Path(tempfile.mkdtemp(prefix="acoustic-images-"))
    try:
        yield folder / Path(path).name
        with _as_os_errors(address):
            tf.io.gfile.makedirs(address.rsplit("/", 1)[0])
            tf.io.gfile.copy(str(folder / Path(path).name), address, overwrite=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _as_os_errors(address: str) -> Iterator[None]:
    if address.startswith("s3:"):
        # Registers the scheme; TensorFlow itself has gs:// only.
        import tensorflow_io  # noqa: F401
    try:
        yield
    except tf.errors.OpError as error:
        reason = error.message.splitlines()[0] if error.message else type(error).__name__
        raise OSError(_ERRNO_OF.get(type(error), errno.EIO), reason, address) from error
