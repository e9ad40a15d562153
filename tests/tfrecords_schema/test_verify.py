import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from tests.tfrecords_schema.tiny_dataset import tiny_format, write_tiny_dataset
from tfrecords_schema.verify import verify
from tfrecords_schema.writer import serialize_window

SHARD = "train-00001.tfrecord"


def changed(**changes: Any) -> Any:
    return lambda window: serialize_window({**window, **changes}, tiny_format())


def with_nan(window: dict[str, Any]) -> bytes:
    """Put a NaN behind the writer's back."""
    example = tf.train.Example.FromString(serialize_window(window, tiny_format()))
    values = np.array(window["waveform"])
    values[3] = np.nan
    example.features.feature["waveform"].bytes_list.value[0] = values.tobytes()
    return example.SerializeToString()


def test_a_sound_dataset(tmp_path: Path) -> None:
    manifest = write_tiny_dataset(tmp_path)
    report = verify(tmp_path)
    assert report.problems == ()
    assert (report.num_shards, report.num_records) == (4, 7)
    assert report.num_bytes == sum(shard.num_bytes for shard in manifest.shards)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (with_nan, "waveform: found 1 values that are not finite"),
        (lambda window: b"", "found fields [], wanted"),
        (changed(class_index=1), "'class_index': 1"),
        (changed(window_index=0), "'window_index': 0"),
        (changed(recording="drone/001"), "'recording': 'drone/001'"),
    ],
)
def test_records_that_contradict_are_found(tmp_path: Path, edit: Any, message: str) -> None:
    write_tiny_dataset(tmp_path, edit)
    (problem,) = verify(tmp_path).problems
    assert problem.startswith(str(tmp_path / SHARD))
    assert message in problem


def test_damage_is_one_line_a_shard(tmp_path: Path) -> None:
    write_tiny_dataset(tmp_path)
    content = bytearray((tmp_path / SHARD).read_bytes())
    content[200] ^= 4
    (tmp_path / SHARD).write_bytes(content)
    os.truncate(tmp_path / "test-00000.tfrecord", 20)
    damaged, truncated = verify(tmp_path).problems
    assert f"{SHARD}: damaged at offset 0: found data with checksum" in damaged
    assert "test-00000.tfrecord: found 20 bytes" in truncated


def test_another_sound_record_of_the_same_size_is_found_by_its_sha(tmp_path: Path) -> None:
    write_tiny_dataset(tmp_path / "right")
    write_tiny_dataset(tmp_path / "wrong", changed(source_radius_deg=1.5))
    os.replace(tmp_path / "wrong" / SHARD, tmp_path / "right" / SHARD)
    (problem,) = verify(tmp_path / "right").problems
    assert f"{SHARD}: found SHA-256" in problem


def test_the_command_ends_with_status_1_and_a_line_for_each_damaged_shard(tmp_path: Path) -> None:
    write_tiny_dataset(tmp_path)
    os.truncate(tmp_path / SHARD, 20)
    command = [sys.executable, "-m", "tfrecords_schema.verify_main", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith(f"{tmp_path}: 1 of 4 shards cannot be used; next: make tfrecords ")
    assert done.stderr.startswith(f"error: {tmp_path / SHARD}: found 20 bytes, wanted ")
    assert done.stderr.count("\n") == 1
    (tmp_path / "manifest.json").unlink()
    # TensorFlow says nothing of its own beside it.
    shell = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"} | {"VERBOSE": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=shell)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {tmp_path}/manifest.json: ")
    assert done.stderr.count("\n") == 1
