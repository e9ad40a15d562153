"""One writer a folder: a second one is told, instead of writing between the first one's files."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import AcousticImagesError

LOCK_FILE = ".lock"
# The processes of a killed command let go within moments; a living one keeps the lock for minutes.
_PATIENCE_S = 2.0
_SECONDS_BETWEEN_TRIES = 0.05


@contextmanager
def folder_lock(folder: Path | str) -> Iterator[None]:
    """Hold a folder for writing.

    The lock is the kernel's (flock on a file): it ends with the processes that hold it, however they end. Worker
    processes inherit it, so a folder stays locked until the last of them is gone.

    Parameters
    ----------
    folder : Path or str
        Made if it is missing.

    Raises
    ------
    AcousticImagesError
        Another process holds it; names its number.
    """
    path = Path(folder) / LOCK_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _acquire(path)
    try:
        yield
    finally:
        # Removed before it is let go: whoever waits for this file sees that it is no longer the folder's.
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path) -> int:
    give_up = time.monotonic() + _PATIENCE_S
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if _try_lock(descriptor) and _is_still_there(descriptor, path):
            _sign(descriptor, path)
            return descriptor
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
        os.close(descriptor)
        if time.monotonic() > give_up:
            raise AcousticImagesError(
                f"{path.parent}: found another process (number {holder or 'unknown'}) writing to it, wanted it for "
                "this one; wait for its end, or give another folder"
            )
        time.sleep(_SECONDS_BETWEEN_TRIES)


def _sign(descriptor: int, path: Path) -> None:
    """Write who holds the lock; lets go of it where there is no room for that."""
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    except OSError as error:
        os.close(descriptor)
        error.filename = str(path)
        raise


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still_there(descriptor: int, path: Path) -> bool:
    """Tell whether the locked file is the one under that name, not one that its holder has just removed."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
