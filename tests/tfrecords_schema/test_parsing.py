import numpy as np
import pytest
import tensorflow as tf

from common.errors import AcousticImagesError
from tests.tfrecords_schema.tiny_dataset import tiny_format, tiny_window
from tfrecords_schema.parsing import parse_window, unpack_window
from tfrecords_schema.schema import MODALITIES, RecordFormat
from tfrecords_schema.writer import serialize_window


def round_trips(record_format: RecordFormat, window: dict) -> tuple[dict, dict]:
    serialized = serialize_window(window, record_format)
    parsed = parse_window(tf.constant(serialized), record_format, record_format.modalities)
    return {name: value.numpy() for name, value in parsed.items()}, unpack_window(serialized, record_format)


@pytest.mark.parametrize("encoding", ["png", "raw"])
def test_both_parsers_give_back_exactly_what_was_written(encoding: str) -> None:
    record_format = tiny_format(video_encoding=encoding)
    window = tiny_window(record_format)
    parsed, unpacked = round_trips(record_format, window)
    assert set(parsed) == set(unpacked) == set(window)
    for name, value in window.items():
        assert unpacked[name] == value if isinstance(value, str) else np.array_equal(unpacked[name], value)
        assert parsed[name] == value.encode() if isinstance(value, str) else np.array_equal(parsed[name], value)
    assert parsed["acoustic_images"].dtype == np.float32


def test_half_precision_errs_by_at_most_its_rounding() -> None:
    record_format = tiny_format(acoustic_dtype="float16")
    window = tiny_window(record_format)
    parsed, unpacked = round_trips(record_format, window)
    # 11 significant bits: half a unit in the last place is 2^-11 of the value.
    np.testing.assert_allclose(parsed["acoustic_images"], window["acoustic_images"], rtol=2**-11, atol=1e-7)
    np.testing.assert_array_equal(parsed["acoustic_images"], unpacked["acoustic_images"])
    assert parsed["acoustic_images"].dtype == np.float32


def test_jpeg_keeps_colours_and_their_order() -> None:
    record_format = tiny_format()
    window = tiny_window(record_format)
    window["video_frames"][:] = (250, 120, 10)
    for result in round_trips(record_format, window):
        assert np.abs(result["video_frames"].astype(int) - window["video_frames"]).max() <= 2


def test_shapes_are_static_and_modalities_are_picked_in_a_graph() -> None:
    record_format = RecordFormat(MODALITIES)
    records = tf.data.Dataset.from_tensors(b"")
    specification = records.map(lambda record: parse_window(record, record_format, ["video"])).element_spec
    assert specification["video_frames"].shape == (2, 224, 298, 3)
    assert "waveform" not in specification
    assert specification["class_index"].dtype == tf.int64


def test_a_record_of_another_format_is_refused() -> None:
    serialized = serialize_window(tiny_window(tiny_format()), tiny_format())
    with pytest.raises(AcousticImagesError, match="waveform: found 28 bytes, wanted 32"):
        unpack_window(serialized, tiny_format(waveform_samples=8))
    with pytest.raises(AcousticImagesError, match="video_frames: found 2 values, wanted 3"):
        unpack_window(serialized, tiny_format(video_frames_per_window=3))
    with pytest.raises(AcousticImagesError, match=r"found shape \(16, 24, 3\), wanted jpeg of shape \(16, 25, 3\)"):
        unpack_window(serialized, tiny_format(video_width=25))
    with pytest.raises(AcousticImagesError, match="record: found fields"):
        unpack_window(serialized, tiny_format(modalities=("waveform",)))
    with pytest.raises(AcousticImagesError, match=r"no tf.train.Example"):
        unpack_window(b"\xff\xff", tiny_format())
