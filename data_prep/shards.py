"""Deals the records of all recordings into shuffled shards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import AcousticImagesError
from tfrecords_schema.manifest import RecordingEntry
from tfrecords_schema.schema import SPLITS

# Large enough that reading it from object storage is not all waiting, small enough to fetch whole; 10^6 bytes.
DEFAULT_SHARD_MB = 150
_BYTES_PER_MB = 10**6


@dataclass(frozen=True)
class ShardPlan:
    """Which windows a shard holds, in its order: (recording index, window index)."""

    file: str
    split: str
    windows: tuple[tuple[int, int], ...]


def records_per_shard(shard_mb: int | None, num_records: int, num_bytes: int) -> int:
    """Return how many records make a shard of a wanted size.

    Parameters
    ----------
    shard_mb : int or None
        10^6 bytes of a shard; None for `DEFAULT_SHARD_MB`.
    num_records, num_bytes : int
        All records of the dataset, and what they take. Both are the same on every engine, and so is the result.

    Raises
    ------
    AcousticImagesError
        Less than 1 MB.
    """
    wanted_mb = DEFAULT_SHARD_MB if shard_mb is None else shard_mb
    if wanted_mb < 1:
        raise AcousticImagesError(f"shard_mb: found {shard_mb}, wanted at least 1; object storage likes 100 to 200")
    return max(1, wanted_mb * _BYTES_PER_MB * num_records // num_bytes)


def plan_shards(recordings: Sequence[RecordingEntry], seed: int, most_records: int) -> Iterator[ShardPlan]:
    """Yield the shards of every split, its windows shuffled across all of them, `most_records` in each but the last."""
    for number, split in enumerate(SPLITS):
        windows = [
            (index, window)
            for index, entry in enumerate(recordings)
            if entry.split == split
            for window in range(entry.num_windows)
        ]
        order = np.random.default_rng([seed, number]).permutation(len(windows))
        shuffled = [windows[place] for place in order]
        for start in range(0, len(shuffled), most_records):
            name = f"{split}-{start // most_records:05d}.tfrecord"
            yield ShardPlan(name, split, tuple(shuffled[start : start + most_records]))
