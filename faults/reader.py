"""A reader of files as a target for fuzzing: samples of what it reads, and a call that reads one file."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.sealed_json import SEAL


@dataclass(frozen=True)
class Reader:
    """One reader.

    Attributes
    ----------
    samples : tuple of bytes
        Whole files that it reads without complaint.
    path : Path
        The name under which it finds a file; what else it needs lies beside it.
    read : callable
        Reads the file under `path`, all of it.
    """

    samples: tuple[bytes, ...]
    path: Path
    read: Callable[[Path], object]


def of_files(paths: tuple[Path, ...], read: Callable[[Path], object]) -> Reader:
    """Return the reader of what these files are; it finds each under the first one's name."""
    return Reader(tuple(path.read_bytes() for path in paths), paths[0], read)


def of_sealed_file(path: Path, read: Callable[[Path], object]) -> Reader:
    """Return the reader of a sealed file.

    Three of four samples are without their seal, which lets damage through to the checks behind it.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    del content[SEAL]
    return Reader((path.read_bytes(), *(json.dumps(content).encode() for _ in range(3))), path, read)
