"""A tiny dataset on disk: three recordings, one of each split, two shards for training."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from faults.small_dataset import random_window
from tfrecords_schema.index import INDEX_COLUMNS, write_index
from tfrecords_schema.manifest import Manifest, RecordingEntry, ShardEntry, write_manifest
from tfrecords_schema.schema import MODALITIES, RecordFormat
from tfrecords_schema.storage import read_bytes
from tfrecords_schema.writer import serialize_window, write_shard

RECORDINGS = (
    RecordingEntry("drone/000", 0, "train", 4),
    RecordingEntry("train/000", 1, "validation", 2),
    RecordingEntry("train/001", 1, "test", 1),
)
# (recording, window) of each record, shard by shard: shuffled, as a build leaves them.
SHARDS = {
    ("train", "train-00000.tfrecord"): [(0, 2), (0, 0)],
    ("train", "train-00001.tfrecord"): [(0, 3), (0, 1)],
    ("validation", "validation-00000.tfrecord"): [(1, 1), (1, 0)],
    ("test", "test-00000.tfrecord"): [(2, 0)],
}


def tiny_format(**changes: Any) -> RecordFormat:
    sizes = {
        "frames_per_window": 4,
        "image_height": 3,
        "image_width": 5,
        "num_coefficients": 2,
        "waveform_samples": 7,
        "video_height": 16,
        "video_width": 24,
    }
    return RecordFormat(**{"modalities": MODALITIES, **sizes, **changes})


def tiny_window(record_format: RecordFormat, recording: int = 0, number: int = 0) -> dict[str, Any]:
    return random_window(record_format, RECORDINGS[recording], recording, number)


def write_tiny_dataset(folder: Path, edit: Callable[[dict[str, Any]], bytes] | None = None) -> Manifest:
    """Write the dataset; `edit` may turn the window of the last training record into other bytes."""
    record_format = tiny_format()
    shards, rows = [], []
    for (split, name), places in SHARDS.items():
        windows = [tiny_window(record_format, *place) for place in places]
        records = [serialize_window(window, record_format) for window in windows]
        if edit and name == "train-00001.tfrecord":
            records[-1] = edit(windows[-1])
        spans = write_shard(folder / name, records)
        content = read_bytes(folder / name)
        digest = hashlib.sha256(content).hexdigest()
        shards.append(ShardEntry(name, split, len(records), len(content), digest))
        for (offset, length), (recording, number) in zip(spans, places, strict=True):
            class_index = RECORDINGS[recording].class_index
            rows.append((split, name, offset, length, recording, number, class_index))
    index_sha256 = write_index(folder, pd.DataFrame(rows, columns=list(INDEX_COLUMNS)))
    manifest = Manifest(
        record_format=record_format,
        class_names=("drone", "train"),
        recordings=RECORDINGS,
        shards=tuple(shards),
        configuration={"seed": 0},
        sample_rates_hz={"waveform": 22050},
        spectrogram_mean=(1.0,) * 257,
        spectrogram_std=(2.0,) * 257,
        statistics_windows=4,
        index_sha256=index_sha256,
    )
    write_manifest(folder, manifest)
    return manifest
