"""Deals the records of all recordings into shuffled shards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from common.file_hash import sha256_of_file
from data_prep.spool import SpooledRecording
from tfrecords_schema.index import INDEX_COLUMNS
from tfrecords_schema.manifest import RecordingEntry, ShardEntry
from tfrecords_schema.schema import SPLITS
from tfrecords_schema.writer import write_shard

# About 140 MB of acoustic images, audio and video.
RECORDS_PER_SHARD = 64


@dataclass(frozen=True)
class ShardPlan:
    """Which windows a shard holds, in its order: (recording index, window index)."""

    file: str
    split: str
    windows: tuple[tuple[int, int], ...]


def plan_shards(recordings: Sequence[RecordingEntry], seed: int) -> Iterator[ShardPlan]:
    """Yield the shards of every split, its windows shuffled across all of them."""
    for number, split in enumerate(SPLITS):
        windows = [
            (index, window)
            for index, entry in enumerate(recordings)
            if entry.split == split
            for window in range(entry.num_windows)
        ]
        order = np.random.default_rng([seed, number]).permutation(len(windows))
        shuffled = [windows[place] for place in order]
        for start in range(0, len(shuffled), RECORDS_PER_SHARD):
            name = f"{split}-{start // RECORDS_PER_SHARD:05d}.tfrecord"
            yield ShardPlan(name, split, tuple(shuffled[start : start + RECORDS_PER_SHARD]))


def write_planned_shard(
    output_dir: Path,
    plan: ShardPlan,
    recordings: Sequence[RecordingEntry],
    spooled: Mapping[int, SpooledRecording],
    on_record: Callable[[bytes], None],
) -> tuple[ShardEntry, pd.DataFrame]:
    """Write one shard.

    Parameters
    ----------
    output_dir : Path
        The dataset's folder.
    plan : ShardPlan
        What it holds.
    recordings : sequence of RecordingEntry
        All recordings.
    spooled : mapping
        Recording index to where its records lie.
    on_record : callable
        Is shown every serialised record.

    Returns
    -------
    tuple
        The shard's entry in the manifest and its rows of the index.
    """

    def records() -> Iterator[bytes]:
        for recording_index, window_index in plan.windows:
            record = spooled[recording_index].record(window_index)
            on_record(record)
            yield record

    path = output_dir / plan.file
    spans = write_shard(path, records())
    rows = [
        (plan.split, plan.file, offset, length, recording, window, recordings[recording].class_index)
        for (offset, length), (recording, window) in zip(spans, plan.windows, strict=True)
    ]
    entry = ShardEntry(plan.file, plan.split, len(spans), path.stat().st_size, sha256_of_file(path))
    return entry, pd.DataFrame(rows, columns=list(INDEX_COLUMNS))
