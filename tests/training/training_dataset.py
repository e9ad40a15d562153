"""Datasets of random windows for the training tests, and small networks."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from faults.small_dataset import random_window
from models import saved_networks
from models.normalisation import batch_normalisation
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


def use_small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put networks of the same inputs and outputs, but almost no work, in the place of the paper's."""
    for name, build in (
        ("dualcamnet", _small_dualcamnet),
        ("hearnet", _small_hearnet),
        ("resnet18", _small_resnet18),
        ("l3_audio", lambda: _small_l3("l3_audio", 1)),
        ("l3_vision", lambda: _small_l3("l3_vision", 3)),
    ):
        monkeypatch.setitem(saved_networks._BUILDERS, name, lambda options, build=build: build())


def _small_dualcamnet() -> tf.keras.Model:
    layers = tf.keras.layers
    images = tf.keras.Input([24, 36, 48, 12])
    pooled = layers.AveragePooling3D((1, 3, 3))(images)
    maps = layers.Dense(128, activation="relu", name="conv3", dtype="float32")(pooled)
    return tf.keras.Model(images, maps, name="dualcamnet")


def _small_hearnet() -> tf.keras.Model:
    spectrogram = tf.keras.Input([200, 1, 257])
    pooled = tf.keras.layers.GlobalAveragePooling2D()(spectrogram)
    return tf.keras.Model(spectrogram, tf.keras.layers.Dense(128, name="fc2", dtype="float32")(pooled), name="hearnet")


def _small_resnet18() -> tf.keras.Model:
    layers = tf.keras.layers
    frames = tf.keras.Input([224, 298, 3])
    pooled = layers.AveragePooling2D((18, 18))(frames)
    x = layers.Conv2D(128, 1, use_bias=False, name="conv1")(pooled)
    maps = layers.ReLU(dtype="float32")(batch_normalisation("conv1/norm")(x))
    return tf.keras.Model(frames, maps, name="resnet18")


def _small_l3(name: str, channels: int) -> tf.keras.Model:
    layers = tf.keras.layers
    picture = tf.keras.Input([None, None, channels])
    x = layers.Conv2D(512, 1, name="conv1_1")(layers.AveragePooling2D(16)(picture))
    return tf.keras.Model(picture, layers.GlobalMaxPooling2D()(x), name=name)
