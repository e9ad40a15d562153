"""Makes a dataset of the layout `array` of files as they are: links to them, a list and a `dataset.yaml`."""

import csv
import io
import itertools
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from common.atomic_files import write_text
from common.errors import AcousticImagesError
from common.paths_in_folder import path_in_folder
from data_prep.array_geometry import read_geometry
from data_prep.audio_files import open_audio
from data_prep.layouts.array import DESCRIPTION, read_description, read_rows
from data_prep.layouts.array_video import OFFSET, stated_offset_s

_LIST = "recordings.csv"
_COLUMNS = ("recording", "class", "audio", "video", "truth", "split_group", OFFSET)


@dataclass(frozen=True)
class NewRecording:
    """A recording that is to be listed; `video_offset_s` is how much later than the sound the video begins."""

    class_name: str
    audio: Path
    video: Path | None
    video_offset_s: float | None = None


@dataclass(frozen=True)
class CameraKeys:
    """What all videos of a dataset have in common, by the keys of docs/array-layout.md.

    None leaves a key as the dataset has it, or out.
    """

    horizontal_fov_deg: float
    image_fov_deg: float | None = None
    video_orientation: str | None = None


def add_recording(root: Path, recording: NewRecording, geometry: Path, camera: CameraKeys) -> str:
    """List a recording in a dataset, which is begun where there is none; call again for the next one.

    Sound and video stay where they are, and the dataset's folder gets links to them; the geometry is copied.

    Returns
    -------
    str
        The recording's name, such as "drone/000".

    Raises
    ------
    AcousticImagesError
        Files that are missing or cannot be used, or that differ from the dataset's in rate, geometry or field of view.
    """
    audio = open_audio(recording.audio, None, read_geometry(geometry).num_microphones, str(geometry))
    if recording.video is not None and not recording.video.is_file():
        raise AcousticImagesError(f"{recording.video}: found no such file, wanted the recording's video")
    keys = {"sample_rate_hz": audio.sample_rate_hz} | asdict(camera)
    stated = {key: value for key, value in keys.items() if value is not None}
    description = _description(root, geometry, stated)
    table = path_in_folder(root, description["recordings"], root / DESCRIPTION)
    classes = [str(name) for name in description["classes"]]
    rows = read_rows(table, classes) if table.exists() else []
    class_name = recording.class_name
    row = {"recording": _next_name(class_name, rows), "class": class_name}
    if recording.video_offset_s is not None:
        row[OFFSET] = f"{stated_offset_s(str(recording.video), recording.video_offset_s):g}"
    files = {"audio": recording.audio} | ({"video": recording.video} if recording.video else {})
    for kind, path in files.items():
        row[kind] = f"{row['recording']}/{kind}{path.suffix.lower()}"
        _link(path_in_folder(root, row[kind], table), path)
    _write_rows(table, [*rows, row])
    description["classes"] = classes if class_name in classes else [*classes, class_name]
    write_text(root / DESCRIPTION, yaml.safe_dump(description, sort_keys=False))
    return row["recording"]


def _next_name(class_name: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Return the class's name and the next number that is free, from 000 on as `simulate_main` counts."""
    known = {row["recording"] for row in rows}
    numbers = itertools.count(sum(row["class"] == class_name for row in rows))
    return next(name for name in (f"{class_name}/{number:03d}" for number in numbers) if name not in known)


def _description(root: Path, geometry: Path, stated: dict[str, Any]) -> dict[str, Any]:
    own = f"microphones{geometry.suffix.lower()}"
    if not (root / DESCRIPTION).exists():
        root.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(geometry, root / own)
        return {"layout": "array", **stated, "classes": [], "geometry": own, "recordings": _LIST}
    description = read_description(root / DESCRIPTION)
    for key, value in stated.items():
        if description.get(key) != value:
            found = (
                f"{root / DESCRIPTION}: {key}: found {description.get(key)}, wanted {value} as the new recording has"
            )
            raise AcousticImagesError(f"{found}; make a dataset of its own, with another --output")
    known = path_in_folder(root, description["geometry"], root / DESCRIPTION)
    if not np.array_equal(read_geometry(known).positions_m, read_geometry(geometry).positions_m):
        raise AcousticImagesError(f"{geometry}: found other positions than in {known}; use another --output")
    return description


def _write_rows(table: Path, rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    # Whoever has added columns of their own keeps them.
    columns = dict.fromkeys(itertools.chain(_COLUMNS, *rows))
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(table, text.getvalue())


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    # One that an interrupted call has left is not in the list yet.
    link.unlink(missing_ok=True)
    link.symlink_to(target.resolve())
