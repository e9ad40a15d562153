import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from common.errors import AcousticImagesError
from common.sealed_json import SEAL
from tests.tfrecords_schema.tiny_dataset import RECORDINGS, write_tiny_dataset
from tfrecords_schema.index import INDEX_FILE, read_index
from tfrecords_schema.manifest import MANIFEST_FILE, read_manifest


def test_round_trip_and_hash(tmp_path: Path) -> None:
    manifest = write_tiny_dataset(tmp_path)
    assert read_manifest(tmp_path) == manifest
    assert read_manifest(tmp_path).hash() == manifest.hash()
    assert dataclasses.replace(manifest, configuration={"seed": 1}).hash() != manifest.hash()


def test_same_input_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_tiny_dataset(tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("schema_version", 2, "found schema version 2, wanted 1; update this program"),
        ("schema_version", "x", "found schema version x, wanted 1; build the dataset again"),
        ("class_names", ["drone"], "recording train/000: found class index 1, wanted 0 to 0"),
        ("recordings", [{"name": "drone/000"}], "malformed entry"),
        ("spectrogram_std", [1.0], "mean and deviation of different lengths"),
        ("spectrogram_std", None, "mean and deviation of different lengths"),
        ("surprise", 1, r"unknown keys \['surprise'\]"),
    ],
)
def test_unusable_manifests_are_refused(tmp_path: Path, key: str, value: Any, message: str) -> None:
    write_tiny_dataset(tmp_path)
    path = tmp_path / MANIFEST_FILE
    unsealed = {name: entry for name, entry in json.loads(path.read_text()).items() if name != SEAL}
    path.write_text(json.dumps({**unsealed, key: value}))
    with pytest.raises(AcousticImagesError, match=f"{MANIFEST_FILE}: .*{message}"):
        read_manifest(tmp_path)


def test_a_missing_manifest_and_one_that_is_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match="found no manifest"):
        read_manifest(tmp_path)
    (tmp_path / MANIFEST_FILE).write_text('{"schema')
    with pytest.raises(AcousticImagesError, match="found no JSON"):
        read_manifest(tmp_path)


def test_a_recording_in_two_splits_is_refused(tmp_path: Path) -> None:
    manifest = write_tiny_dataset(tmp_path)
    twice = (*RECORDINGS, dataclasses.replace(RECORDINGS[0], split="test"))
    with pytest.raises(AcousticImagesError, match=r"recording drone/000: found 2 times \(splits test, train\)"):
        dataclasses.replace(manifest, recordings=twice)


def test_counts_that_do_not_add_up_are_refused(tmp_path: Path) -> None:
    manifest = write_tiny_dataset(tmp_path)
    with pytest.raises(AcousticImagesError, match="split test: found 0 records in shards, wanted 1"):
        dataclasses.replace(manifest, shards=manifest.shards[:-1])


def test_a_shard_outside_of_the_folder_is_refused(tmp_path: Path) -> None:
    manifest = write_tiny_dataset(tmp_path)
    outside = dataclasses.replace(manifest.shards[0], file="../train-00000.tfrecord")
    with pytest.raises(AcousticImagesError, match="wanted a file name"):
        dataclasses.replace(manifest, shards=(outside, *manifest.shards[1:]))


def test_an_index_that_is_not_the_manifests_is_refused(tmp_path: Path) -> None:
    manifest = write_tiny_dataset(tmp_path)
    path = tmp_path / INDEX_FILE
    path.write_text(path.read_text().replace("validation", "test"))
    with pytest.raises(AcousticImagesError, match=r"index.csv: found SHA-256"):
        read_index(tmp_path, manifest)
    path.unlink()
    with pytest.raises(AcousticImagesError, match=r"index.csv: found no file"):
        read_index(tmp_path, manifest)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("train-00000.tfrecord,0,", "train-00000.tfrecord,1,", "do not tile train-00000.tfrecord"),
        ("train,train-00001", "test,train-00001", "do not tile train-00001.tfrecord"),
        (",0,3,0\n", ",0,2,0\n", "row 2 of recording drone/000"),
        (",0,3,0\n", ",0,4,0\n", "row 2 of recording drone/000"),
        (",0,3,0\n", ",0,3,1\n", "row 2 of recording drone/000"),
        (",0,3,0\n", ",1,0,1\n", "row 2 of recording train/000"),
        (",0,3,0\n", ",3,0,1\n", "unknown recording index"),
        (",0,3,0\n", ",0,x,1\n", "wanted columns"),
        ("offset", "place", "wanted columns"),
    ],
)
def test_an_index_that_contradicts_the_manifest_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    manifest = write_tiny_dataset(tmp_path)
    path = tmp_path / INDEX_FILE
    text = path.read_text().replace(old, new, 1)
    path.write_text(text)
    agreeing = dataclasses.replace(manifest, index_sha256=hashlib.sha256(text.encode()).hexdigest())
    with pytest.raises(AcousticImagesError, match=message):
        read_index(tmp_path, agreeing)
