"""Every reader of files, as a target for fuzzing: samples of what it reads, and a call that reads one file."""

import contextlib
import dataclasses
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf

from common.errors import AcousticImagesError
from common.file_hash import sha256_of_file
from common.paths_in_folder import path_in_folder
from common.sealed_json import SEAL
from data_prep.array_geometry import read_geometry
from data_prep.audio_files import open_audio, read_blocks
from data_prep.layouts import acivw, array, avia
from data_prep.layouts.numbered_files import read_mfcc
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.clips import clips_sound
from data_prep.video_frames import read_image, read_video
from evaluation.embeddings import Embeddings, read_embeddings, write_embeddings
from faults import small_files
from faults.small_dataset import write_small_dataset
from models.array_files import read_arrays, write_arrays
from models.saved_networks import NETWORK_FILE, read_network_description
from tfrecords_schema.framing import read_records
from tfrecords_schema.index import INDEX_FILE, read_index
from tfrecords_schema.manifest import MANIFEST_FILE, Manifest, read_manifest
from tfrecords_schema.parsing import parse_window, unpack_window
from tfrecords_schema.reader import plain_errors
from tfrecords_schema.schema import VIDEO_ENCODINGS, RecordFormat

_SAMPLES_PER_BLOCK, _MOST_BLOCKS = 128, 64


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


def _of_files(paths: tuple[Path, ...], read: Callable[[Path], object]) -> Reader:
    return Reader(tuple(path.read_bytes() for path in paths), paths[0], read)


def _dc(folder: Path) -> Reader:
    path = folder / "A_000001.dc"
    small_files.samples(0, 2, acivw.NUM_MICROPHONES).astype("<i4").tofile(path)
    return _of_files((path,), lambda path: acivw.read_dc(path, 2))


def _npy(folder: Path) -> Reader:
    path = folder / "A_000001.npy"
    np.save(path, small_files.samples(0, 8).astype(np.int32))
    return _of_files((path,), lambda path: avia.read_npy(path, 8))


def _mat(folder: Path) -> Reader:
    return _of_files(small_files.write_matlab_images(folder), read_mfcc)


def _bmp(folder: Path) -> Reader:
    return _of_files(small_files.write_pictures(folder)[:1], read_image)


def _pictures(folder: Path) -> Reader:
    return _of_files(small_files.write_pictures(folder)[1:], read_image)


def _wav(folder: Path) -> Reader:
    return _of_files(small_files.write_sounds(folder)[:3], _read_sound)


def _clips(folder: Path) -> Reader:
    return _of_files(small_files.write_sounds(folder)[3:], _read_sound)


def _hdf5(folder: Path) -> Reader:
    return _of_files((small_files.write_hdf5(folder / "a.h5"),), _read_sound)


def _read_sound(path: Path) -> None:
    audio = open_audio(path, None, None)
    num_blocks = min(audio.num_samples // _SAMPLES_PER_BLOCK, _MOST_BLOCKS)
    for _ in read_blocks(audio, _SAMPLES_PER_BLOCK, num_blocks):
        pass


def _video(folder: Path) -> Reader:
    path = small_files.write_video(folder / "a.mp4")
    return _of_files((path,), lambda path: list(read_video(path, [0.0, 0.1, 0.2])))


def _geometry(suffix: str) -> Callable[[Path], Reader]:
    def reader(folder: Path) -> Reader:
        small_files.write_geometries(folder)
        return _of_files((folder / f"microphones{suffix}",), read_geometry)

    return reader


def _description(folder: Path) -> Reader:
    return _of_array_dataset(folder, "dataset.yaml")


def _table(folder: Path) -> Reader:
    return _of_array_dataset(folder, "recordings.csv")


def _of_array_dataset(folder: Path, file: str) -> Reader:
    small_files.write_recordings(folder, per_class=1, seconds=2)
    return _of_files((folder / file,), lambda path: array.open_dataset(path.parent, SignalParameters(), None))


def _names(folder: Path) -> Reader:
    return Reader((b"bell_0.wav", b"a/b/c.wav", b"./x"), folder / "name", _read_name)


def _read_name(path: Path) -> None:
    name = path.read_bytes().decode(errors="surrogateescape")
    found = os.path.realpath(path_in_folder(path.parent, name, path))
    if not f"{found}/".startswith(f"{os.path.realpath(path.parent)}/"):
        raise RuntimeError(f"the name {name!r} leads out of its folder to {found}")


def _manifest(folder: Path) -> Reader:
    write_small_dataset(folder)
    path = folder / MANIFEST_FILE
    return Reader(_with_and_without_seal(path), path, lambda path: read_manifest(path.parent).hash())


def _with_and_without_seal(path: Path) -> tuple[bytes, ...]:
    """Return a sealed file as it is and without its seal, which lets damage through to the checks behind it."""
    content = json.loads(path.read_text(encoding="utf-8"))
    del content[SEAL]
    return path.read_bytes(), *(json.dumps(content).encode() for _ in range(3))


def _index(folder: Path) -> Reader:
    manifest = write_small_dataset(folder)
    return _of_files((folder / INDEX_FILE,), lambda path: _read_index(path, manifest))


def _read_index(path: Path, manifest: Manifest) -> None:
    """Read with the hash of whatever lies there, so that damage gets past the first check."""
    read_index(path.parent, dataclasses.replace(manifest, index_sha256=sha256_of_file(path)))


def _shard(folder: Path) -> Reader:
    manifest = write_small_dataset(folder)
    return _of_files((folder / manifest.shards[0].file,), lambda path: _read_shard(path, manifest))


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


def _record_for_training(folder: Path) -> Reader:
    """Take the inside of a record as training does, in a graph, with each way of storing video."""
    samples = []
    for encoding in VIDEO_ENCODINGS:
        manifest = write_small_dataset(folder, encoding)
        shard = folder / manifest.shards[0].file
        with open(shard, "rb") as file:
            samples += [(manifest.record_format, record) for _, record in read_records(file, shard)]
    parsers = [_parser(record_format) for record_format in dict(samples)]
    return Reader(tuple(record for _, record in samples), folder / "record", lambda path: _one_fits(parsers, path))


def _parser(record_format: RecordFormat) -> Callable[[tf.Tensor], object]:
    return tf.function(lambda record: parse_window(record, record_format, record_format.modalities))


def _one_fits(parsers: list[Callable[[tf.Tensor], object]], path: Path) -> None:
    """Try the parsers until one takes the record; raise the last one's error when none does."""
    record = tf.constant(path.read_bytes())
    for parse in parsers[:-1]:
        with contextlib.suppress(AcousticImagesError), plain_errors():
            parse(record)
            return
    with plain_errors():
        parsers[-1](record)


def _sound_to_simulate(folder: Path) -> Reader:
    return _of_files(
        small_files.write_sounds(folder), lambda path: clips_sound([path], 64, 8000, np.random.default_rng(0))
    )


def _embeddings(folder: Path) -> Reader:
    path = folder / "test.npz"
    numbers = np.arange(6.0).reshape(2, 3)
    rest = [field.name for field in dataclasses.fields(Embeddings) if field.name not in ("features", "identity")]
    write_embeddings(path, Embeddings(features={"audio": numbers}, identity="a", **dict.fromkeys(rest, numbers)))
    return _of_files((path,), read_embeddings)


def _network(folder: Path) -> Reader:
    description = {
        "format_version": 1,
        "kind": "student",
        "networks": ["hearnet", "resnet18"],
        "seed": 0,
        "weights_sha256": "0" * 64,
        "options": {"num_classes": None, "input_reduction": 1},
    }
    content = json.dumps(description).encode()
    return Reader((content,), folder / NETWORK_FILE, lambda path: read_network_description(path.parent))


def _arrays(folder: Path) -> Reader:
    path = folder / "weights.npz"
    write_arrays(path, {"a/kernel": np.arange(6.0, dtype=np.float32).reshape(2, 3), "b": np.ones((), np.float32)})
    return _of_files((path,), lambda path: read_arrays(path, sha256_of_file(path)))


READERS: dict[str, Callable[[Path], Reader]] = {
    ".dc": _dc,
    ".mat": _mat,
    ".bmp": _bmp,
    "JPEG, PNG": _pictures,
    "WAV": _wav,
    "FLAC, OGG": _clips,
    "HDF5": _hdf5,
    ".npy": _npy,
    "video": _video,
    "geometry CSV": _geometry(".csv"),
    "geometry JSON": _geometry(".json"),
    "geometry XML": _geometry(".xml"),
    "dataset.yaml": _description,
    "recordings.csv": _table,
    "names in data": _names,
    "manifest": _manifest,
    "index": _index,
    "shard": _shard,
    "record": _record,
    "record, for training": _record_for_training,
    "sound to simulate with": _sound_to_simulate,
    "stored embeddings": _embeddings,
    "network.json": _network,
    "weights.npz": _arrays,
}
