"""The readers of a build and of the dataset that it makes, as targets for fuzzing."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import tensorflow as tf

from common.file_hash import sha256_of_file
from data_prep.build import CONFIGURATION_FILE, BuildConfig, build_dataset
from data_prep.sources import SOURCES_FILE, changed_sources, hash_sources, write_sources
from faults.reader import Reader, of_files, of_sealed_file
from faults.small_dataset import random_window, write_small_dataset
from faults.small_files import write_recordings
from faults.small_spool import write_small_spool
from tfrecords_schema.framing import read_records
from tfrecords_schema.index import INDEX_FILE, read_index
from tfrecords_schema.manifest import MANIFEST_FILE, Manifest, read_manifest, write_manifest
from tfrecords_schema.parsing import parse_example, parse_window, unpack_window
from tfrecords_schema.reader import plain_errors
from tfrecords_schema.writer import serialize_window


def _manifest(folder: Path) -> Reader:
    write_small_dataset(folder)
    path = folder / MANIFEST_FILE
    return of_sealed_file(path, lambda path: read_manifest(path.parent).hash())


def _index(folder: Path) -> Reader:
    manifest = write_small_dataset(folder)
    return of_files((folder / INDEX_FILE,), lambda path: _read_index(path, manifest))


def _read_index(path: Path, manifest: Manifest) -> None:
    """Read with the hash of whatever lies there, so that damage gets past the first check."""
    read_index(path.parent, dataclasses.replace(manifest, index_sha256=sha256_of_file(path)))


def _shard(folder: Path) -> Reader:
    manifest = write_small_dataset(folder)
    return of_files((folder / manifest.shards[0].file,), lambda path: _read_shard(path, manifest))


def _read_shard(path: Path, manifest: Manifest) -> None:
    with open(path, "rb") as file:
        for _, record in read_records(file, path):
            unpack_window(record, manifest.record_format)


def _record(folder: Path) -> Reader:
    """Take the inside of a record, whose checksums a hostile writer would have made to fit."""
    manifest = write_small_dataset(folder)
    shard = folder / manifest.shards[0].file
    with open(shard, "rb") as file:
        records = tuple(record for _, record in read_records(file, shard))
    return Reader(records, folder / "record", lambda path: unpack_window(path.read_bytes(), manifest.record_format))


def _training_record(encoding: str) -> Callable[[Path], Reader]:
    """Parse the inside of a record in TensorFlow's graph, as training does, once it is known to be an Example."""

    def reader(folder: Path) -> Reader:
        manifest = write_small_dataset(folder)
        record_format = dataclasses.replace(manifest.record_format, video_encoding=encoding)
        window = random_window(record_format, manifest.recordings[0], 0, 0)
        path = folder / "record"
        parse = tf.function(lambda record: parse_window(record, record_format, record_format.modalities))

        def read(path: Path) -> None:
            record = path.read_bytes()
            parse_example(record)
            with plain_errors():
                parse(tf.constant(record))

        return Reader((serialize_window(window, record_format),), path, read)

    return reader


def _sources(folder: Path) -> Reader:
    """Read the list under the hash of whatever lies there, and the files that it names."""
    manifest, path = write_small_dataset(folder), folder / SOURCES_FILE
    write_sources(folder, [hash_sources([folder / shard.file for shard in manifest.shards], folder)])

    def read(path: Path) -> None:
        configuration = {"sources_sha256": sha256_of_file(path)}
        write_manifest(folder, dataclasses.replace(manifest, configuration=configuration))
        list(changed_sources(folder, folder))

    return of_files((path,), read)


def _spool_note(folder: Path) -> Reader:
    spool = write_small_spool(folder)
    return of_sealed_file(spool.recording_note, lambda path: spool.read_recording())


def _shard_note(folder: Path) -> Reader:
    spool = write_small_spool(folder)
    return of_sealed_file(spool.shard_note, lambda path: spool.read_shard())


def _build(folder: Path) -> Reader:
    """Call a finished build again."""
    config = BuildConfig(write_recordings(folder / "raw", 2, 2), folder / "data", modalities=("waveform",))
    build_dataset(config)
    return of_sealed_file(config.output_dir / CONFIGURATION_FILE, lambda path: build_dataset(config))


DATASET_READERS: dict[str, Callable[[Path], Reader]] = {
    "manifest": _manifest,
    "index": _index,
    "sources.csv": _sources,
    "shard": _shard,
    "record": _record,
    "record, for training": _training_record("jpeg"),
    "record with PNG, for training": _training_record("png"),
    "note of a recording": _spool_note,
    "note of a shard": _shard_note,
    "build.json": _build,
}
