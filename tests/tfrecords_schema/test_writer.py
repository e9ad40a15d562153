import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from common.errors import AcousticImagesError
from tests.tfrecords_schema.tiny_dataset import tiny_format, tiny_window
from tfrecords_schema.framing import masked_crc, read_record, read_records
from tfrecords_schema.writer import serialize_window, write_shard

RECORDS = [b"", b"one", b"\x00" * 1000]


def test_masked_crc_of_the_check_string() -> None:
    # CRC-32C of "123456789" is e3069283. Rotated right by 15: 2507c60d (the low 15 bits, 1283, move to the
    # top: 1283 << 17 = 25060000; the rest, e3069283 >> 15 = 1c60d); plus a282ead8: c78ab0e5.
    assert masked_crc(b"123456789") == 0xC78AB0E5


def test_shard_is_byte_for_byte_what_tensorflow_writes(tmp_path: Path) -> None:
    spans = write_shard(tmp_path / "ours", RECORDS)
    with tf.io.TFRecordWriter(str(tmp_path / "theirs")) as theirs:
        for record in RECORDS:
            theirs.write(record)
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()
    assert spans == [(0, 16), (16, 19), (35, 1016)]
    assert [read_record(tmp_path / "ours", *span) for span in spans] == RECORDS
    with open(tmp_path / "theirs", "rb") as file:
        assert list(read_records(file, "theirs")) == list(zip((0, 16, 35), RECORDS, strict=True))


def test_every_damaged_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "shard"
    (span,) = write_shard(path, [b"data"])
    sound = path.read_bytes()
    for place in range(len(sound)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        with pytest.raises(AcousticImagesError, match="shard: damaged at offset 0"):
            read_record(path, *span)
        with open(path, "rb") as file, pytest.raises(AcousticImagesError, match="damaged at offset 0"):
            list(read_records(file, path))


def test_same_window_same_bytes_in_any_order_of_the_fields() -> None:
    record_format = tiny_format()
    window = tiny_window(record_format)
    turned = dict(reversed(window.items()))
    assert serialize_window(window, record_format) == serialize_window(turned, record_format)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("waveform", np.zeros(8, np.float32), r"waveform: found float32 \[8\], wanted float32 \[7\]"),
        ("waveform", np.zeros(7), "waveform: found float64"),
        ("waveform", np.full(7, np.nan, np.float32), "waveform: found 7 values that are not finite"),
        ("video_frames", np.zeros((2, 16, 24, 3), np.float32), "video_frames: found float32"),
        ("source_radius_deg", "wide", "source_radius_deg: found"),
        ("class_index", 1.5, "class_index: found float64"),
        ("recording", 3, "recording: found int, wanted text"),
        ("smell", 3, r"unknown \['smell'\]"),
    ],
)
def test_windows_that_do_not_fit_are_refused(name: str, value: Any, message: str) -> None:
    record_format = tiny_format()
    with pytest.raises(AcousticImagesError, match=message):
        serialize_window({**tiny_window(record_format), name: value}, record_format)


def test_a_missing_field_is_named() -> None:
    window = tiny_window(tiny_format())
    del window["waveform"]
    with pytest.raises(AcousticImagesError, match=r"missing fields \['waveform'\]"):
        serialize_window(window, tiny_format())


def test_half_precision_that_overflows_is_refused() -> None:
    record_format = tiny_format(acoustic_dtype="float16")
    window = tiny_window(record_format)
    window["acoustic_images"][0, 0, 0, 0] = 70000  # the largest float16 is 65504
    with pytest.raises(AcousticImagesError, match=r"acoustic_images: found 1 values .* float16"):
        serialize_window(window, record_format)


def test_an_interrupted_shard_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> Iterator[bytes]:
        yield b"one"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_shard(tmp_path / "shard", interrupted())
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_names_the_shard_and_leaves_nothing(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OSError, match="File too large") as caught:
            write_shard(tmp_path / "shard", [bytes(20_000)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.filename == str(tmp_path / "shard")
    assert list(tmp_path.iterdir()) == []
