"""A check of every byte and every record of a stored dataset."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from common.errors import AcousticImagesError
from common.progress import Progress
from tfrecords_schema.framing import FRAME_BYTES, damaged, frame, read_records
from tfrecords_schema.index import read_index
from tfrecords_schema.manifest import Manifest, ShardEntry, read_manifest
from tfrecords_schema.parsing import unpack_window
from tfrecords_schema.reader import check_shard_size
from tfrecords_schema.storage import open_to_read


@dataclass(frozen=True)
class VerifyReport:
    """What `verify` went through and found.

    Attributes
    ----------
    num_shards, num_records, num_bytes : int
        What the manifest states, all of it looked at unless a problem came first.
    problems : tuple of str
        One line for each shard that cannot be used: its first problem.
    """

    num_shards: int
    num_records: int
    num_bytes: int
    problems: tuple[str, ...]


def verify(data_dir: Path | str) -> VerifyReport:
    """Check a dataset: checksums, counts, shapes, finite values, index and splits.

    Parameters
    ----------
    data_dir : Path or str
        The dataset's folder.

    Raises
    ------
    AcousticImagesError
        When manifest or index cannot be used, so that there is nothing to check records against. A
        recording in two splits is one of these cases.
    """
    folder = Path(data_dir)
    manifest = read_manifest(folder)
    index = read_index(folder, manifest)
    num_records = sum(shard.num_records for shard in manifest.shards)
    with Progress("verify", num_records, "record") as progress, ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [
            pool.submit(_problem_of_shard, folder, shard, index[index["shard"] == shard.file], manifest)
            for shard in manifest.shards
        ]
        problems = []
        for shard, job in zip(manifest.shards, jobs, strict=True):
            problems.append(job.result())
            progress.advance(shard.num_records)
    num_bytes = sum(shard.num_bytes for shard in manifest.shards)
    found = tuple(problem for problem in problems if problem is not None)
    return VerifyReport(len(manifest.shards), num_records, num_bytes, found)


def _problem_of_shard(folder: Path, shard: ShardEntry, rows: pd.DataFrame, manifest: Manifest) -> str | None:
    try:
        check_shard_size(folder, shard)
        with open_to_read(folder / shard.file) as file:
            _check_shard(file, folder / shard.file, shard, rows, manifest)
    except AcousticImagesError as error:
        return str(error)
    return None


def _check_shard(file: BinaryIO, path: Path, shard: ShardEntry, rows: pd.DataFrame, manifest: Manifest) -> None:
    digest = hashlib.sha256()
    expected_rows: Iterator[Any] = rows.itertuples(index=False)
    for offset, record in read_records(file, path):
        expected = next(expected_rows, None)
        place = (offset, len(record) + FRAME_BYTES)
        if expected is None or place != (expected.offset, expected.length):
            raise damaged(path, offset, f"a record of {place[1]} bytes", "the records that the index lists")
        _check_record(record, path, expected, manifest)
        digest.update(frame(record))
    if digest.hexdigest() != shard.sha256:
        raise AcousticImagesError(
            f"{path}: found SHA-256 {digest.hexdigest()}, wanted {shard.sha256}; build the dataset again"
        )


def _check_record(record: bytes, path: Path, row: Any, manifest: Manifest) -> None:
    try:
        window = unpack_window(record, manifest.record_format)
    except AcousticImagesError as error:
        raise AcousticImagesError(f"{path}: record at offset {row.offset}: {error}") from error
    wanted = {
        "recording_index": row.recording_index,
        "window_index": row.window_index,
        "class_index": row.class_index,
        "recording": manifest.recordings[row.recording_index].name,
    }
    found = {name: window[name] for name in wanted}
    if found != wanted:
        raise damaged(path, row.offset, str(found), str(wanted))
