import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from common.errors import AcousticImagesError
from tests.tfrecords_schema.tiny_dataset import tiny_format, tiny_window, write_tiny_dataset
from tfrecords_schema.reader import WindowReader, iterate
from tfrecords_schema.writer import serialize_window


@pytest.fixture
def reader(tmp_path: Path) -> WindowReader:
    write_tiny_dataset(tmp_path)
    return WindowReader(tmp_path)


def flip_byte(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def test_windows_come_in_exactly_the_order_asked_for(reader: WindowReader) -> None:
    rows = np.array([6, 0, 3, 3, 1, 5])
    windows = list(iterate(reader.dataset(rows, ["waveform", "source"], None)))
    assert len(windows) == len(rows)
    for row, window in zip(rows, windows, strict=True):
        place = reader.index.iloc[row]
        expected = tiny_window(tiny_format(), place["recording_index"], place["window_index"])
        np.testing.assert_array_equal(window["waveform"], expected["waveform"])
        np.testing.assert_array_equal(window["source_direction_deg"], expected["source_direction_deg"])
        assert window["recording"].numpy().decode() == expected["recording"]
        assert "video_frames" not in window


def test_rows_of_the_splits_are_disjoint_and_complete(reader: WindowReader) -> None:
    rows = [reader.rows(split) for split in ("train", "validation", "test")]
    assert [list(split) for split in rows] == [[0, 1, 2, 3], [4, 5], [6]]
    with pytest.raises(AcousticImagesError, match="split: found 'dev'"):
        reader.rows("dev")


def test_plain_batches(reader: WindowReader) -> None:
    sizes = [len(batch["class_index"]) for batch in iterate(reader.dataset(np.arange(7), [], 3))]
    assert sizes == [3, 3, 1]
    full = reader.dataset(np.arange(7), ["video"], 3, drop_remainder=True)
    assert full.element_spec["video_frames"].shape == (3, 2, 16, 24, 3)
    assert len(list(full)) == 2


def test_planned_batches_come_as_planned(reader: WindowReader) -> None:
    plan = [np.array(rows) for rows in ([6, 5], [4, 3], [2], [1, 0, 6])]
    batches = list(iterate(reader.batches(plan, ["waveform"])))
    found = [list(zip(b["recording_index"].numpy(), b["window_index"].numpy(), strict=True)) for b in batches]
    places = list(zip(reader.index["recording_index"], reader.index["window_index"], strict=True))
    assert found == [[places[row] for row in rows] for rows in plan]
    assert list(reader.batches([], ["waveform"])) == []
    with pytest.raises(AcousticImagesError, match="empty batch"):
        reader.batches([np.array([], int)], [])


def test_unknown_rows_and_modalities_are_refused_at_once(reader: WindowReader) -> None:
    with pytest.raises(AcousticImagesError, match="rows: found 0 to 7, wanted 0 to 6"):
        reader.dataset(np.array([0, 7]), [], 2)
    with pytest.raises(AcousticImagesError, match="found smell, wanted"):
        reader.dataset(np.array([0]), ["smell"], 2)


def test_tensorflows_own_reader_reads_the_shards(reader: WindowReader, tmp_path: Path) -> None:
    names = [str(tmp_path / shard.file) for shard in reader.manifest.shards]
    theirs = [record.numpy() for record in tf.data.TFRecordDataset(names)]
    assert theirs == [reader.read(row) for row in range(7)]


def test_a_damaged_record_is_named_and_the_others_stay_readable(reader: WindowReader, tmp_path: Path) -> None:
    offset = int(reader.index["offset"][1])
    flip_byte(tmp_path / "train-00000.tfrecord", offset + 100)
    with pytest.raises(AcousticImagesError) as caught:
        list(iterate(reader.dataset(np.array([0, 1]), ["waveform"], 1)))
    assert str(caught.value).startswith(f"{tmp_path / 'train-00000.tfrecord'}: damaged at offset {offset}: ")
    assert "\n" not in str(caught.value)
    assert len(list(iterate(reader.dataset(np.array([0, 2]), ["waveform"], 1)))) == 2


def test_a_shard_that_shrinks_or_goes_away_while_it_is_read_is_named(reader: WindowReader, tmp_path: Path) -> None:
    path = tmp_path / "test-00000.tfrecord"
    os.truncate(path, path.stat().st_size - 1)
    with pytest.raises(AcousticImagesError, match=r"test-00000.tfrecord: damaged at offset 0: found \d+ bytes"):
        list(iterate(reader.dataset(np.array([6]), [], 1)))
    path.unlink()
    with pytest.raises(AcousticImagesError, match=r"test-00000.tfrecord: found No such file"):
        list(iterate(reader.dataset(np.array([6]), [], 1)))


@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_a_truncated_or_missing_shard_is_refused_when_opening(tmp_path: Path, damage: str) -> None:
    write_tiny_dataset(tmp_path)
    path = tmp_path / "train-00001.tfrecord"
    if damage == "missing":
        path.unlink()
    else:
        os.truncate(path, 50)
    with pytest.raises(AcousticImagesError, match=r"train-00001.tfrecord: found (50 bytes|no file)"):
        WindowReader(tmp_path)


def test_a_record_that_does_not_fit_the_schema_is_an_error(tmp_path: Path) -> None:
    write_tiny_dataset(tmp_path, edit=lambda window: b"")
    reader = WindowReader(tmp_path)
    with pytest.raises(AcousticImagesError, match="does not fit the schema"):
        list(iterate(reader.dataset(np.array([3]), ["waveform"], 1)))


def test_a_record_that_is_no_example_never_comes_to_tensorflows_parser(tmp_path: Path) -> None:
    """It crashes on a length that leads out of the record, as here that of the last byte string does."""

    def with_long_string(window: dict[str, Any]) -> bytes:
        record = serialize_window(window, tiny_format())
        place = record.index(window["waveform"].tobytes())
        return record[:place] + b"\xff\xff\xff\xff" + record[place + 4 :]

    write_tiny_dataset(tmp_path, edit=lambda window: with_long_string(window)[:-1])
    reader = WindowReader(tmp_path)
    with pytest.raises(AcousticImagesError, match=r"train-00001\.tfrecord: byte \d+: record: found bytes that are no"):
        list(iterate(reader.dataset(np.array([3]), ["waveform"], 1)))
