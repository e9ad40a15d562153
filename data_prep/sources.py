"""The files that recordings were read from: whether they have changed, and `sources.csv`, their SHA-256.

Raw recordings carry no checksum of their own. What a build read is written down beside its shards, so that a file
that has changed since, or rotted, can be told (`python -m data_prep.check_sources_main`).
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from common.atomic_files import write_text
from common.errors import AcousticImagesError
from common.file_hash import sha256_of_file
from common.foreign_files import parsing
from common.paths_in_folder import path_in_folder
from common.progress import Progress
from tfrecords_schema.manifest import read_manifest

SOURCES_FILE = "sources.csv"


@dataclass(frozen=True)
class SourceFile:
    """One file: name below the folder of raw recordings, bytes, SHA-256."""

    file: str
    num_bytes: int
    sha256: str


def state_of_sources(sources: Iterable[Path]) -> str:
    """Return a hash of the names, sizes and times of the files: another one when any of them was written to."""
    states = hashlib.sha256()
    for path in _files(sources):
        state = path.stat()
        states.update(f"{path.name}\0{state.st_size}\0{state.st_mtime_ns}\0".encode(errors="surrogateescape"))
    return states.hexdigest()


def hash_sources(sources: Iterable[Path], raw_dir: Path) -> tuple[SourceFile, ...]:
    """Read the files and return their hashes, in the order of their names."""
    return tuple(
        SourceFile(path.relative_to(raw_dir).as_posix(), path.stat().st_size, sha256_of_file(path))
        for path in _files(sources)
    )


def write_sources(data_dir: Path, sources: Sequence[Sequence[SourceFile]]) -> str:
    """Write `sources.csv` atomically; each file once, in the order given. Returns its SHA-256."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(SourceFile))
    writer.writerows(astuple(source) for source in dict.fromkeys(file for files in sources for file in files))
    write_text(data_dir / SOURCES_FILE, text.getvalue())
    return hashlib.sha256(text.getvalue().encode()).hexdigest()


def read_sources(data_dir: Path) -> list[SourceFile]:
    """Read `sources.csv` of a finished dataset.

    Raises
    ------
    AcousticImagesError
        A dataset that was built without one, or another file than its manifest names.
    """
    path = data_dir / SOURCES_FILE
    wanted = read_manifest(data_dir).configuration.get("sources_sha256")
    if wanted is None or not path.is_file():
        raise AcousticImagesError(
            f"{path}: found no file, wanted the hashes of the recordings; build the dataset again"
        )
    found = sha256_of_file(path)
    if found != wanted:
        raise AcousticImagesError(f"{path}: found SHA-256 {found}, wanted {wanted} of the manifest; build again")
    with (
        parsing(path, "list of files and their hashes", "build the dataset again"),
        open(path, newline="", encoding="utf-8") as file,
    ):
        return [SourceFile(row["file"], int(row["num_bytes"]), row["sha256"]) for row in csv.DictReader(file)]


def changed_sources(data_dir: Path, raw_dir: Path) -> Iterator[str]:
    """Yield a line for each file that is gone or holds other bytes than the dataset was built from."""
    sources = read_sources(data_dir)
    with Progress("hash", len(sources), "file") as progress:
        for source in sources:
            path = path_in_folder(raw_dir, source.file, data_dir / SOURCES_FILE)
            found = sha256_of_file(path) if path.is_file() else None
            if found is None:
                yield f"{path}: found no such file"
            elif found != source.sha256:
                yield f"{path}: found SHA-256 {found}, wanted {source.sha256} as it was built from"
            progress.advance()


def _files(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            yield from sorted(path for path in source.iterdir() if path.is_file())
        else:
            yield source
