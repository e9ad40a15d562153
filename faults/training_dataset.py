"""A stored dataset of random windows, large enough to train on for a few steps."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from faults.small_dataset import random_window
from tfrecords_schema.index import INDEX_COLUMNS, write_index
from tfrecords_schema.manifest import Manifest, RecordingEntry, ShardEntry, write_manifest
from tfrecords_schema.schema import RecordFormat
from tfrecords_schema.writer import serialize_window, write_shard

RECORDINGS_PER_SPLIT = 3
WINDOWS_PER_RECORDING = 2
_MODALITIES = ("acoustic_images", "waveform", "video")


def write_training_dataset(
    folder: Path,
    modalities: tuple[str, ...] = _MODALITIES,
    class_names: tuple[str, ...] = ("drone",),
    splits: tuple[str, ...] = ("train", "validation"),
    windows_per_recording: int = WINDOWS_PER_RECORDING,
) -> Path:
    """Write three recordings of each class in each split."""
    record_format = RecordFormat(modalities, video_encoding="raw", video_frames_per_window=1)
    recordings = tuple(
        RecordingEntry(f"{name}/{number:03d}", class_index, split, windows_per_recording)
        for class_index, name in enumerate(class_names)
        for number, split in enumerate(np.repeat(list(splits), RECORDINGS_PER_SPLIT).tolist())
    )
    shards, rows = [], []
    for split in splits:
        name = f"{split}-00000.tfrecord"
        places = [
            (recording, window)
            for recording, entry in enumerate(recordings)
            if entry.split == split
            for window in range(windows_per_recording)
        ]
        entries = [recordings[recording] for recording, _ in places]
        records = [
            serialize_window(random_window(record_format, entry, *place), record_format)
            for entry, place in zip(entries, places, strict=True)
        ]
        spans = write_shard(folder / name, records)
        content = (folder / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        shards.append(ShardEntry(name, split, len(records), len(content), digest))
        rows += [
            (split, name, *span, *place, entry.class_index)
            for span, place, entry in zip(spans, places, entries, strict=True)
        ]
    index_sha256 = write_index(folder, pd.DataFrame(rows, columns=list(INDEX_COLUMNS)))
    statistics = (10.0,) * 257 if "waveform" in modalities else None
    manifest = Manifest(
        record_format=record_format,
        class_names=class_names,
        recordings=recordings,
        shards=tuple(shards),
        configuration={},
        sample_rates_hz={"waveform": 22050},
        spectrogram_mean=statistics,
        spectrogram_std=statistics,
        statistics_windows=sum(entry.num_windows for entry in recordings if entry.split == "train"),
        index_sha256=index_sha256,
    )
    write_manifest(folder, manifest)
    return folder
