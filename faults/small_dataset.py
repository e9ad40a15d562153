"""A stored dataset of a few kilobytes with every modality."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from common.file_hash import sha256_of_file
from models.spectrogram import NUM_BINS
from tfrecords_schema.index import INDEX_COLUMNS, write_index
from tfrecords_schema.manifest import Manifest, RecordingEntry, ShardEntry, write_manifest
from tfrecords_schema.schema import MODALITIES, RecordFormat
from tfrecords_schema.writer import serialize_window, write_shard

_RECORDINGS = (RecordingEntry("bell/0", 0, "train", 2), RecordingEntry("horn/0", 1, "test", 1))
_TRAINED_ON = ("acoustic_images", "waveform", "video")
_FORMAT = RecordFormat(
    MODALITIES,
    frames_per_window=4,
    image_height=3,
    image_width=5,
    num_coefficients=2,
    waveform_samples=7,
    video_height=16,
    video_width=24,
)


def write_small_dataset(folder: Path, video_encoding: str = "jpeg") -> Manifest:
    """Write two shards with three windows in all."""
    return _write(folder, dataclasses.replace(_FORMAT, video_encoding=video_encoding), _RECORDINGS, (1.0, 2.0))


def write_trainable_dataset(folder: Path) -> Manifest:
    """Write eight windows, of the sizes that the networks take."""
    recordings = tuple(
        RecordingEntry(f"bell/{number}", 0, split, 2)
        for number, split in enumerate(("train", "train", "validation", "validation"))
    )
    record_format = RecordFormat(_TRAINED_ON, video_encoding="raw", video_frames_per_window=1)
    return _write(folder, record_format, recordings, (10.0,) * NUM_BINS)


def _write(
    folder: Path, record_format: RecordFormat, recordings: Sequence[RecordingEntry], mean: tuple[float, ...]
) -> Manifest:
    """Write a shard for each recording."""
    shards, rows = [], []
    for number, recording in enumerate(recordings):
        name = f"{recording.split}-{number:05d}.tfrecord"
        windows = range(recording.num_windows)
        records = [random_window(record_format, recording, number, window) for window in windows]
        spans = write_shard(folder / name, [serialize_window(record, record_format) for record in records])
        size = (folder / name).stat().st_size
        shards.append(ShardEntry(name, recording.split, len(spans), size, sha256_of_file(folder / name)))
        rows += [
            (recording.split, name, *span, number, window, recording.class_index)
            for span, window in zip(spans, windows, strict=True)
        ]
    manifest = Manifest(
        record_format=record_format,
        class_names=("bell", "horn"),
        recordings=tuple(recordings),
        shards=tuple(shards),
        configuration={"seed": 0},
        sample_rates_hz={"waveform": 22050},
        spectrogram_mean=mean,
        spectrogram_std=tuple(value + 1 for value in mean),
        statistics_windows=2,
        index_sha256=write_index(folder, pd.DataFrame(rows, columns=list(INDEX_COLUMNS))),
    )
    write_manifest(folder, manifest)
    return manifest


def random_window(record_format: RecordFormat, entry: RecordingEntry, recording: int, number: int) -> dict[str, Any]:
    """Return a window of random fields, the same for the same recording's number and window's number."""
    draw = np.random.default_rng([recording, number])
    window: dict[str, Any] = {
        "class_index": entry.class_index,
        "recording_index": recording,
        "window_index": number,
        "recording": entry.name,
    }
    for field in record_format.fields():
        if field.dtype == "uint8":
            window[field.name] = draw.integers(0, 256, field.shape, np.uint8)
        elif field.dtype == "float32":
            window[field.name] = np.asarray(draw.normal(size=field.shape), np.float32)
    return window
