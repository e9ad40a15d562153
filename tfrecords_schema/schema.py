"""Every stored field once: name, shape, dtype, unit, meaning. Writer and parsers derive from it."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import AcousticImagesError

SCHEMA_VERSION = 1
MODALITIES = ("acoustic_images", "acoustic_energy", "waveform", "video", "source")
ACOUSTIC_DTYPES = ("float32", "float16")
VIDEO_ENCODINGS = ("jpeg", "png", "raw")
# Sizes that a manifest states, and that room is made for.
_LONGEST_SIDE, _LONGEST_WAVEFORM = 2**14, 2**26
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Field:
    """One stored value of a window.

    Attributes
    ----------
    name : str
        Key in the record and in parsed windows.
    shape : tuple of int
        Shape of the parsed value; () for a scalar.
    dtype : str
        Type of the parsed value: "float32", "uint8", "int64" or "string".
    stored_as : str
        How it lies on disk: "float32" and "float16" are little-endian bytes in C order, "jpeg", "png" and
        "raw" a list of one byte string per image, "int64" and "string" plain features.
    unit : str
        Unit of the numbers.
    meaning : str
        What it is, in words.
    modality : str or None
        The modality that it belongs to; None for what every record has.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    stored_as: str
    unit: str
    meaning: str
    modality: str | None = None


@dataclass(frozen=True)
class RecordFormat:
    """What the records of one dataset hold, and in which shapes.

    Attributes
    ----------
    modalities : tuple of str
        Any subset of `MODALITIES`.
    acoustic_dtype : str
        "float32" or "float16": how acoustic images lie on disk. They are parsed as float32.
    video_encoding : str
        "jpeg", "png" or "raw".
    jpeg_quality : int
        1 to 100.
    video_frames_per_window : int
        Frames kept of each window, at most one for each acoustic frame.

    Raises
    ------
    AcousticImagesError
        When a value is outside its range.
    """

    modalities: tuple[str, ...]
    acoustic_dtype: str = "float32"
    video_encoding: str = "jpeg"
    jpeg_quality: int = 95
    video_frames_per_window: int = 2
    frames_per_window: int = 24
    image_height: int = 36
    image_width: int = 48
    num_coefficients: int = 12
    waveform_samples: int = 44100
    video_height: int = 224
    video_width: int = 298

    def __post_init__(self) -> None:
        check_modalities(self.modalities, MODALITIES, "modalities")
        _check_choice("acoustic_dtype", self.acoustic_dtype, ACOUSTIC_DTYPES)
        _check_choice("video_encoding", self.video_encoding, VIDEO_ENCODINGS)
        _check_range("jpeg_quality", self.jpeg_quality, 100)
        _check_range("video_frames_per_window", self.video_frames_per_window, self.frames_per_window)
        for name in ("frames_per_window", "image_height", "image_width", "num_coefficients"):
            _check_range(name, getattr(self, name), _LONGEST_SIDE)
        for name in ("video_height", "video_width"):
            _check_range(name, getattr(self, name), _LONGEST_SIDE)
        _check_range("waveform_samples", self.waveform_samples, _LONGEST_WAVEFORM)

    def fields(self, modalities: Sequence[str] | None = None) -> tuple[Field, ...]:
        """Return the fields of the given modalities (by default: all that are stored) and the common ones.

        Raises
        ------
        AcousticImagesError
            When a modality is asked for that this format does not have.
        """
        if modalities is not None:
            check_modalities(modalities, self.modalities, "modalities asked for")
        wanted = self.modalities if modalities is None else modalities
        return tuple(field for field in self._all_fields() if field.modality is None or field.modality in wanted)

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that `json` can write."""
        return {**dataclasses.asdict(self), "modalities": list(self.modalities)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RecordFormat":
        """Make a format from what `to_json` gave; raises AcousticImagesError for other keys."""
        known = {field.name for field in dataclasses.fields(cls)}
        if set(value) != known:
            raise AcousticImagesError(
                f"record_format: found keys {sorted(value)}, wanted {sorted(known)}; build the dataset again"
            )
        modalities = value["modalities"]
        if not isinstance(modalities, list | tuple) or not all(isinstance(name, str) for name in modalities):
            raise AcousticImagesError(f"record_format: modalities: found {modalities!r:.80}, wanted names")
        return cls(**{**value, "modalities": tuple(modalities)})

    def _all_fields(self) -> tuple[Field, ...]:
        image = (self.frames_per_window, self.image_height, self.image_width)
        frame = (self.video_height, self.video_width, 3)
        return (
            Field(
                "acoustic_images",
                (*image, self.num_coefficients),
                "float32",
                self.acoustic_dtype,
                "cepstral coefficient",
                "coefficients c1 and up of the mel spectrum heard from each direction; row 0 is the top",
                "acoustic_images",
            ),
            Field(
                "acoustic_energy",
                image,
                "float32",
                "float32",
                "squared sample value",
                "power from each direction, summed over the band",
                "acoustic_energy",
            ),
            Field(
                "waveform",
                (self.waveform_samples,),
                "float32",
                "float32",
                "sample value",
                "one microphone, at the rate that the manifest states",
                "waveform",
            ),
            Field(
                "video_frames",
                (self.video_frames_per_window, *frame),
                "uint8",
                self.video_encoding,
                "0 to 255",
                "RGB frames in order of time",
                "video",
            ),
            Field(
                "source_direction_deg",
                (self.frames_per_window, 2),
                "float32",
                "float32",
                "degree",
                "true azimuth (right positive) and elevation (up positive) of the sounding object per frame",
                "source",
            ),
            Field(
                "source_radius_deg",
                (),
                "float32",
                "float32",
                "degree",
                "angular radius of the sounding object",
                "source",
            ),
            Field("class_index", (), "int64", "int64", "index", "position in the manifest's class_names"),
            Field("recording_index", (), "int64", "int64", "index", "position in the manifest's recordings"),
            Field("window_index", (), "int64", "int64", "index", "number of the window in its recording"),
            Field("recording", (), "string", "string", "text", "name of the recording, class/number"),
        )


def check_modalities(modalities: Sequence[str], available: Sequence[str], what: str) -> None:
    """Raise AcousticImagesError unless `modalities` are different members of `available`."""
    strange = [modality for modality in modalities if modality not in available]
    if strange or len(set(modalities)) != len(modalities):
        raise AcousticImagesError(
            f"{what}: found {','.join(modalities)}, wanted different ones of {','.join(available) or '(none)'}"
        )


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise AcousticImagesError(f"{name}: found {value!r}, wanted one of {', '.join(choices)}")


def _check_range(name: str, value: int, largest: int) -> None:
    if type(value) is not int or not 1 <= value <= largest:
        raise AcousticImagesError(f"{name}: found {value!r}, wanted a whole number, 1 to {largest}")
