"""A dataset below an address: the same bytes and the same checks as in a folder."""

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from common.errors import AcousticImagesError
from data_prep.build import BuildConfig, build_dataset
from evaluation.evaluate import evaluate
from evaluation.exports import export_student
from evaluation.picture_data import write_picture_data
from tests.tfrecords_schema.tiny_dataset import write_tiny_dataset
from tfrecords_schema.manifest import read_manifest
from tfrecords_schema.reader import WindowReader, iterate
from tfrecords_schema.storage import address_of, file_size, path_to_write
from tfrecords_schema.verify import verify
from training.config import TrainingConfig
from training.loop import train
from training.queue import Queue


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (Path("gs://bucket/set") / "index.csv", "gs://bucket/set/index.csv"),
        ("s3://bucket/set", "s3://bucket/set"),
        (Path("file:///data/set"), "file:///data/set"),
        (Path("/data/set"), None),
        ("data/a:b", None),
    ],
)
def test_addresses_survive_a_path(path: Path | str, address: str | None) -> None:
    assert address_of(path) == address


@pytest.mark.parametrize("scheme", ["file", "ram"])
def test_a_dataset_at_an_address_reads_as_in_a_folder(scheme: str, tmp_path: Path) -> None:
    """file: is the disk by way of tf.io.gfile; ram: is TensorFlow's filesystem in memory, a root of its own."""
    local = tmp_path / "local"
    remote = Path(f"{scheme}://{tmp_path}/remote")
    write_tiny_dataset(local)
    write_tiny_dataset(remote)
    assert read_manifest(remote) == read_manifest(local)
    assert verify(remote) == verify(local)
    here, there = WindowReader(local), WindowReader(remote)
    rows = np.arange(len(here.index))
    assert [here.read(row) for row in rows] == [there.read(row) for row in rows]
    assert sum(1 for _ in iterate(there.dataset(rows, ("waveform",), None))) == len(rows)


def test_damage_at_an_address_is_told_as_in_a_folder(tmp_path: Path) -> None:
    remote = f"ram:/{tmp_path}/damaged"
    shard = f"{remote}/{write_tiny_dataset(Path(remote)).shards[0].file}"
    with tf.io.gfile.GFile(shard, "rb") as file:
        content = bytearray(file.read())
    content[20] ^= 1
    # This filesystem appends to what is there.
    tf.io.gfile.remove(shard)
    with tf.io.gfile.GFile(shard, "wb") as file:
        file.write(bytes(content))
    with pytest.raises(AcousticImagesError, match=r"train-00000\.tfrecord: damaged at offset 0: found data with check"):
        WindowReader(remote).read(0)
    tf.io.gfile.remove(shard)
    with pytest.raises(AcousticImagesError, match=r"train-00000\.tfrecord: found no file, wanted a shard"):
        WindowReader(remote)
    with pytest.raises(OSError, match="not implemented"):
        read_manifest("nowhere://host/set")


def test_opening_asks_once_for_each_shard_and_for_many_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remote = f"ram:/{tmp_path}/counted"
    shards = {f"{remote}/{shard.file}" for shard in write_tiny_dataset(Path(remote)).shards}
    calls: Counter[str] = Counter()
    # Nobody passes before all are there: asked one after the other, this breaks after its ten seconds.
    all_are_asked = threading.Barrier(len(shards), timeout=10)

    def counted(name: str) -> None:
        whole = getattr(tf.io.gfile, name)

        def call(path: str) -> Any:
            if path in shards:
                calls[path] += 1
                all_are_asked.wait()
            return whole(path)

        monkeypatch.setattr(tf.io.gfile, name, call)

    for name in ("exists", "isdir", "stat"):
        counted(name)
    WindowReader(remote)
    assert calls == dict.fromkeys(shards, 1)


@pytest.mark.parametrize("root", ["", "ram:/", "file://"])
def test_a_folder_and_nothing_are_no_file(root: str, tmp_path: Path) -> None:
    folder = f"{root}{tmp_path}/sizes"
    with path_to_write(f"{folder}/five") as partial:
        partial.write_text("12345")
    assert [file_size(f"{folder}{name}") for name in ("/five", "", "/six")] == [5, None, None]


def test_nothing_half_written_appears_at_an_address(tmp_path: Path) -> None:
    address = f"ram:/{tmp_path}/half/file"
    with pytest.raises(KeyError), path_to_write(address) as partial:
        partial.write_text("half")
        raise KeyError
    assert not tf.io.gfile.exists(address)


@pytest.mark.parametrize(
    ("what", "write"),
    [
        ("a build", lambda data, output: build_dataset(BuildConfig(data, output))),
        ("a run", lambda data, output: train(TrainingConfig(str(data), str(output), "teacher"))),
        ("runs", lambda data, output: Queue([], output, lambda job: []).run()),
        ("a report", lambda data, output: evaluate(data, [], output)),
        ("an export", lambda data, output: export_student(data, output, ("onnx",))),
        ("pictures' data", lambda data, output: write_picture_data(output, WindowReader(data), [])),
    ],
)
def test_what_is_written_in_a_folder_of_this_machine_is_refused_at_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, write: Callable[[Path, Path], object]
) -> None:
    write_tiny_dataset(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AcousticImagesError, match=f"gs://bucket/set: found an address for {what}, wanted a folder"):
        write(tmp_path / "data", Path("gs://bucket/set"))
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
