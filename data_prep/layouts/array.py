"""Anybody's recordings: a multichannel file, a video file and a geometry, told by `dataset.yaml`.

docs/array-layout.md describes it.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from common.errors import AcousticImagesError
from common.foreign_files import parsing, read_limited_text
from common.paths_in_folder import path_in_folder
from data_prep.array_geometry import ArrayGeometry, read_geometry
from data_prep.audio_files import open_audio, read_blocks
from data_prep.layouts.array_video import (
    OFFSET,
    VIDEO_KEYS,
    image_parameters,
    pictured_images,
    stated_offset_s,
    stated_view,
    told_of_ends,
)
from data_prep.recorded_video import RecordedVideo, VideoView
from data_prep.recordings import RawDataset, RawWindow, Recording, WindowRequest, set_aside_short
from data_prep.signal_parameters import SignalParameters
from data_prep.video_frames import VideoHead, read_video_head

DESCRIPTION = "dataset.yaml"
REQUIRED_COLUMNS = ("recording", "class", "audio")
TRUTH_COLUMNS = ("azimuth_deg", "elevation_deg", "radius_deg")
_REQUIRED_KEYS = {"sample_rate_hz", "classes", "geometry", "recordings"}
_OPTIONAL_KEYS = {"layout", "dead_microphones", "horizontal_fov_deg", "frames_per_second", "frame_length", *VIDEO_KEYS}
_MOST_BYTES_OF_DESCRIPTION = 2**18
# A description is flat; the parser's time grows with the depth, and that of a number with the square of its length.
_DEEPEST, _MOST_LETTERS, _MOST_EVENTS = 8, 1000, 10_000
_PARAMETER_KEYS = ("sample_rate_hz", "horizontal_fov_deg", "frames_per_second", "frame_length")


@dataclass(frozen=True)
class ArrayFiles:
    """The files of one recording, and how much later than the sound the video begins."""

    audio: Path
    video: Path | None
    truth: Path | None
    video_offset_s: float = 0.0

    def present(self) -> tuple[Path, ...]:
        """Return those that there are."""
        return tuple(path for path in (self.audio, self.video, self.truth) if path is not None)


@dataclass(frozen=True)
class ArrayDataset(RawDataset):
    """Recordings told by a `dataset.yaml`.

    Attributes
    ----------
    files : dict
        Files by the recording's name.
    first_images : dict
        The acoustic image that a recording's first window begins with, by its name.
    view : VideoView
        What the videos show.
    """

    files: Mapping[str, ArrayFiles]
    first_images: Mapping[str, int]
    view: VideoView

    def video(self, name: str) -> RecordedVideo | None:
        """Return a recording's video, if it has one."""
        files = self.files[name]
        return None if files.video is None else RecordedVideo(files.video, self.view, files.video_offset_s)

    def windows(self, recording: Recording, request: WindowRequest) -> Iterator[RawWindow]:
        """Read a recording window by window: audio, video and truth each in one pass."""
        parameters, files = self.parameters, self.files[recording.name]
        audio = open_audio(files.audio, parameters.sample_rate_hz, *_channels(self.geometry))
        first = self.first_images[recording.name]
        length = recording.num_windows * parameters.frames_per_window
        starts = range(first, first + length, parameters.frames_per_window)
        truth = _read_truth(files.truth, starts.stop) if files.truth and request.wants("source") else None
        times_s = [(start + n) / parameters.frames_per_second for start in starts for n in request.frame_numbers]
        recorded = self.video(recording.name) if request.wants("video") else None
        video = recorded.pictures(times_s, parameters.grid) if recorded else None
        # The first living microphone: microphone 0 unless that one is dead.
        mono = int(np.argmax(self.geometry.alive)) if self.geometry else 0
        first_sample = first * parameters.sample_rate_hz // parameters.frames_per_second
        blocks = read_blocks(audio, parameters.samples_per_window, recording.num_windows, first_sample)
        for start, block in zip(starts, blocks, strict=True):
            rows = None if truth is None else truth[start : start + parameters.frames_per_window]
            yield RawWindow(
                microphones=block if request.wants("acoustic_images", "acoustic_energy") else None,
                mono=block[:, mono],
                mono_rate_hz=parameters.sample_rate_hz,
                full_scale=audio.full_scale,
                frames=tuple(next(video) for _ in request.frame_numbers) if video else None,
                source_direction_deg=None if rows is None else rows[:, :2],
                source_radius_deg=None if rows is None else float(rows[:, 2].mean()),
            )


def detect(root: Path) -> bool:
    """Tell whether a folder has a `dataset.yaml`."""
    return (root / DESCRIPTION).is_file()


def open_dataset(root: Path, parameters: SignalParameters, geometry: ArrayGeometry | None) -> ArrayDataset:
    """Open the recordings that `dataset.yaml` tells of; see `layouts.open_dataset`."""
    description = read_description(root / DESCRIPTION)
    parameters = _stated_parameters(root / DESCRIPTION, description, parameters)
    table = path_in_folder(root, description["recordings"], root / DESCRIPTION)
    description_files = [root / DESCRIPTION, table]
    if geometry is None:
        positions = path_in_folder(root, description["geometry"], root / DESCRIPTION)
        description_files.append(positions)
        geometry = read_geometry(positions, tuple(description.get("dead_microphones") or ()))
    class_names = tuple(str(name) for name in description["classes"])
    rows = read_rows(table, class_names)
    offset_s = stated_offset_s(str(root / DESCRIPTION), description.get(OFFSET, 0.0))
    files = {row["recording"]: _files_of(root, table, row, offset_s) for row in rows}
    heads = {one.video: read_video_head(one.video) for one in files.values() if one.video is not None}
    view = stated_view(str(root / DESCRIPTION), description, parameters)
    parameters, notes = image_parameters(str(root / DESCRIPTION), description, parameters, heads)
    extents = {name: _extent(one, heads, parameters, geometry) for name, one in files.items()}
    recordings = [
        _recording(row, files[row["recording"]], extents[row["recording"]], class_names, parameters) for row in rows
    ]
    return ArrayDataset(
        "array",
        class_names,
        *set_aside_short(recordings),
        parameters,
        geometry,
        tuple(description_files),
        files,
        {name: extent.first_image for name, extent in extents.items()},
        view,
        notes=(*notes, *told_of_ends({name: extent.seconds for name, extent in extents.items() if extent.is_cut})),
        video_reading=_video_reading(view, parameters, files),
    )


@dataclass(frozen=True)
class _Extent:
    """How much of a recording is used: from which image on, how many windows, and (whole, used) seconds."""

    first_image: int
    num_windows: int
    seconds: tuple[float, float]
    is_cut: bool


def _extent(
    files: ArrayFiles,
    heads: Mapping[Path, VideoHead],
    parameters: SignalParameters,
    geometry: ArrayGeometry,
) -> _Extent:
    """Count the windows of sound that a recording has pictures of; of one without video, all of the sound."""
    audio = open_audio(files.audio, parameters.sample_rate_hz, *_channels(geometry))
    whole = audio.num_samples // parameters.samples_per_window
    whole_s = audio.num_samples / parameters.sample_rate_hz
    if files.video is None:
        return _Extent(0, whole, (whole_s, whole_s), False)
    pictured = pictured_images(heads[files.video], files.video_offset_s, parameters.frames_per_second)
    first_sample = pictured.first * parameters.sample_rate_hz // parameters.frames_per_second
    of_sound = (audio.num_samples - first_sample) // parameters.samples_per_window
    num_windows = max(0, min(of_sound, (pictured.end - pictured.first) // parameters.frames_per_window))
    used_s = float(num_windows * parameters.window_seconds)
    return _Extent(pictured.first, num_windows, (whole_s, used_s), num_windows < whole)


def _video_reading(
    view: VideoView, parameters: SignalParameters, files: Mapping[str, ArrayFiles]
) -> dict[str, Any] | None:
    offsets = {name: one.video_offset_s for name, one in files.items() if one.video_offset_s}
    if view == VideoView(parameters.horizontal_fov_deg) and not offsets:
        return None
    return {**asdict(view), "offsets_s": offsets}


def read_description(path: Path) -> dict[str, Any]:
    """Read a `dataset.yaml`; raises AcousticImagesError where it misses a key or holds an unknown one."""
    if not path.is_file():
        raise AcousticImagesError(f"{path}: found no such file; describe the dataset as docs/array-layout.md shows")
    what, todo = "YAML", "write it as docs/array-layout.md shows"
    text = read_limited_text(path, _MOST_BYTES_OF_DESCRIPTION, what, todo)
    with parsing(path, what, todo):
        _refuse_hostile_yaml(path, text, todo)
        description = yaml.safe_load(text)
    if not isinstance(description, dict):
        raise AcousticImagesError(f"{path}: found {type(description).__name__}, wanted `key: value` lines")
    missing, unknown = _REQUIRED_KEYS - set(description), set(description) - _REQUIRED_KEYS - _OPTIONAL_KEYS
    if missing or unknown:
        raise AcousticImagesError(f"{path}: missing keys {sorted(missing)}, unknown keys {sorted(map(str, unknown))}")
    classes = description["classes"]
    are_names = isinstance(classes, list) and all(isinstance(name, str | int) for name in classes)
    if not are_names or not classes or len(set(map(str, classes))) != len(classes):
        raise AcousticImagesError(f"{path}: classes: found {str(classes)[:200]}, wanted a list of different names")
    if not isinstance(description.get("dead_microphones") or [], list):
        raise AcousticImagesError(f"{path}: dead_microphones: found no list, wanted channel numbers")
    return description


def _refuse_hostile_yaml(path: Path, text: str, todo: str) -> None:
    """Stop at the first event of a text that would take long, or much room, to make values of."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, yaml.SafeLoader)):
        # An alias can stand for a list of aliases, and so a few lines for more than there is memory.
        if isinstance(event, yaml.AliasEvent):
            raise AcousticImagesError(f"{path}: found an alias (*), wanted plain values; {todo}")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        is_long = isinstance(event, yaml.ScalarEvent) and len(event.value) > _MOST_LETTERS
        if depth > _DEEPEST or is_long or number > _MOST_EVENTS:
            found = "a value of too many letters" if is_long else "too many or too deeply nested values"
            raise AcousticImagesError(f"{path}: found {found}, wanted a short description; {todo}")


def _stated_parameters(path: Path, description: dict[str, Any], parameters: SignalParameters) -> SignalParameters:
    stated = {key: description[key] for key in _PARAMETER_KEYS if key in description}
    for key, value in stated.items():
        wanted = float if key == "horizontal_fov_deg" else int
        if isinstance(value, bool) or not isinstance(value, int | wanted) or value <= 0:
            raise AcousticImagesError(f"{path}: {key}: found {value!r}, wanted a positive number")
    band = {"energy_band_hz": parameters.energy_band_hz}
    result = SignalParameters.of_rate(stated.pop("sample_rate_hz"), **{**band, **stated})
    if result.frame_length * result.frames_per_second > result.sample_rate_hz:
        raise AcousticImagesError(
            f"{path}: found {result.frames_per_second} frames/s of {result.frame_length} samples, wanted at most "
            f"{result.sample_rate_hz} samples/s; lower frame_length or frames_per_second"
        )
    return result


def read_rows(path: Path, class_names: Sequence[str]) -> list[dict[str, str]]:
    """Read a list of recordings, a dictionary by column each; raises AcousticImagesError where a row is of no use."""
    if not path.is_file():
        raise AcousticImagesError(f"{path}: found no such file, wanted the list of recordings")
    with (
        parsing(path, "table of recordings", "write it as docs/array-layout.md shows"),
        open(path, newline="", encoding="utf-8") as file,
    ):
        rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in csv.DictReader(file)]
    names: set[str] = set()
    for number, row in enumerate(rows, 2):
        empty = [column for column in REQUIRED_COLUMNS if not row.get(column)]
        if empty:
            raise AcousticImagesError(
                f"{path}: line {number}: found no {empty[0]}, wanted {', '.join(REQUIRED_COLUMNS)}"
            )
        if row["class"] not in class_names:
            raise AcousticImagesError(
                f"{path}: line {number}: unknown class {row['class']!r}; known: {', '.join(class_names)}"
            )
        if row["recording"] in names:
            raise AcousticImagesError(f"{path}: line {number}: found {row['recording']} twice, wanted unique names")
        names.add(row["recording"])
    return rows


def _files_of(root: Path, table: Path, row: dict[str, str], offset_s: float) -> ArrayFiles:
    video, truth = (path_in_folder(root, row[kind], table) if row.get(kind) else None for kind in ("video", "truth"))
    for path in (video, truth):
        if path is not None and not path.is_file():
            raise AcousticImagesError(f"{path}: found no such file, which recording {row['recording']} names")
    if row.get(OFFSET):
        offset_s = stated_offset_s(f"{table}: {row['recording']}", row[OFFSET])
    return ArrayFiles(path_in_folder(root, row["audio"], table), video, truth, offset_s)


def _recording(
    row: dict[str, str],
    files: ArrayFiles,
    extent: _Extent,
    class_names: tuple[str, ...],
    parameters: SignalParameters,
) -> Recording:
    modalities = ["acoustic_images", "acoustic_energy", "waveform"]
    modalities += ["video"] if files.video else []
    modalities += ["source"] if files.truth else []
    return Recording(
        name=row["recording"],
        class_index=class_names.index(row["class"]),
        num_windows=extent.num_windows,
        split_group=row.get("split_group") or row["recording"],
        sources=files.present(),
        modalities=tuple(modalities),
    )


def _channels(geometry: ArrayGeometry | None) -> tuple[int | None, str]:
    return (None, "") if geometry is None else (geometry.num_microphones, geometry.name)


def _read_truth(path: Path, wanted: int) -> np.ndarray:
    """Return [frames, 3] azimuth, elevation and radius, degrees; at least so many."""
    with (
        parsing(path, "table of places", f"wanted numbers in {', '.join(TRUTH_COLUMNS)}"),
        open(path, newline="", encoding="utf-8") as file,
    ):
        rows = [[float(row[column]) for column in TRUTH_COLUMNS] for row in csv.DictReader(file)]
    truth = np.array(rows, np.float32).reshape(-1, len(TRUTH_COLUMNS))
    if len(truth) < wanted or not np.isfinite(truth).all():
        raise AcousticImagesError(
            f"{path}: found {len(truth)} rows, {int(np.count_nonzero(~np.isfinite(truth)))} values not finite; "
            f"wanted {wanted} rows, one for each acoustic image"
        )
    return truth
