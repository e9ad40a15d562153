"""Files that appear under their final name only when they are whole."""

import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PARTIAL_SUFFIX = ".partial"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_PARTIAL_NAME = re.compile(rf"\..+\.\d+{re.escape(PARTIAL_SUFFIX)}(\.[^.]*)?")


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside `path`, renamed to it when the block ends without an error.

    Parameters
    ----------
    path : Path or str
        The final name. Its folder is made if it is missing.

    Yields
    ------
    Path
        The name to write to; removed again when the block raises.
    """
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    # A drawn number keeps two writers of one file apart, of whom each may be number 7 on a machine of its own; the
    # suffix of the final name is kept last because some writers choose the format by it.
    partial = final.with_name(f".{final.stem}.{secrets.randbits(63)}{PARTIAL_SUFFIX}{final.suffix}")
    try:
        yield partial
        _flush_to_disk(partial)
        os.replace(partial, final)
        # The name is in the folder, and is lost with the power unless that is on the disk too.
        _flush_to_disk(final.parent)
    except OSError as error:
        # A write, unlike an opening, does not say where there was no room.
        if error.errno in _NO_ROOM and error.filename is None:
            error.filename = str(final)
        raise
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path | str) -> Iterator[Path]:
    """Give a temporary empty folder beside `path`, which takes its place when the block ends without an error.

    Parameters
    ----------
    path : Path or str
        The final name; a folder that is there is removed then.

    Yields
    ------
    Path
        The folder to write to; removed again when the block raises.
    """
    final = Path(path)
    partial = final.with_name(f".{final.name}.{os.getpid()}{PARTIAL_SUFFIX}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        shutil.rmtree(final, ignore_errors=True)
        os.replace(partial, final)
        _flush_to_disk(final.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def is_partial_file(path: Path) -> bool:
    """Tell whether a name is one that `atomic_path` gives to a file that is not whole yet."""
    return _PARTIAL_NAME.fullmatch(path.name) is not None


def remove_partial_files(folder: Path | str) -> None:
    """Remove what killed writers left in a folder and below; only for who alone writes to it."""
    for path in Path(folder).rglob(f".*{PARTIAL_SUFFIX}*"):
        if is_partial_file(path):
            path.unlink(missing_ok=True)


def write_text(path: Path | str, text: str) -> None:
    """Write a UTF-8 text file atomically."""
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_json(path: Path | str, value: Any) -> None:
    """Write a JSON file atomically: sorted keys, two spaces, no NaN."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, allow_nan=False) + "\n")


def _flush_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
