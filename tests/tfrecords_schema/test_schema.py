import json
from typing import Any

import pytest

from common.errors import AcousticImagesError
from tfrecords_schema.schema import MODALITIES, RecordFormat

ALWAYS = {"class_index", "recording_index", "window_index", "recording"}


def test_default_shapes_are_the_papers() -> None:
    shapes = {field.name: field.shape for field in RecordFormat(MODALITIES).fields()}
    assert shapes["acoustic_images"] == (24, 36, 48, 12)
    assert shapes["acoustic_energy"] == (24, 36, 48)
    assert shapes["waveform"] == (44100,)
    assert shapes["video_frames"] == (2, 224, 298, 3)
    assert shapes["source_direction_deg"] == (24, 2)
    assert all(shapes[name] == () for name in ALWAYS)


def test_fields_follow_the_modalities() -> None:
    audio_only = RecordFormat(("waveform",))
    assert {field.name for field in audio_only.fields()} == {"waveform"} | ALWAYS
    assert {field.name for field in audio_only.fields([])} == ALWAYS
    with pytest.raises(AcousticImagesError, match="found video, wanted different ones of waveform"):
        audio_only.fields(["video"])


def test_json_round_trip_is_exact() -> None:
    record_format = RecordFormat(("waveform", "video"), acoustic_dtype="float16", video_frames_per_window=24)
    assert RecordFormat.from_json(json.loads(json.dumps(record_format.to_json()))) == record_format
    with pytest.raises(AcousticImagesError, match="record_format: found keys"):
        RecordFormat.from_json({**record_format.to_json(), "colour": 1})


@pytest.mark.parametrize(
    "wrong",
    [
        {"modalities": ("smell",)},
        {"modalities": ("video", "video")},
        {"acoustic_dtype": "float64"},
        {"video_encoding": "gif"},
        {"jpeg_quality": 101},
        {"video_frames_per_window": 25},
        {"waveform_samples": 0},
        {"image_width": 4.5},
    ],
)
def test_settings_outside_their_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(AcousticImagesError, match=next(iter(wrong))):
        RecordFormat(**{"modalities": MODALITIES, **wrong})
