"""DCASE 2018 task 1, development set: ten-second WAV files, labels and the official split."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.paths_in_folder import path_in_folder
from data_prep.array_geometry import ArrayGeometry
from data_prep.audio_files import open_audio, read_blocks
from data_prep.recordings import RawDataset, RawWindow, Recording, WindowRequest, set_aside_short, with_split
from data_prep.signal_parameters import SignalParameters
from data_prep.splits import assign_splits

CLASS_NAMES = (
    "airport",
    "bus",
    "metro",
    "metro_station",
    "park",
    "public_square",
    "shopping_mall",
    "street_pedestrian",
    "street_traffic",
    "tram",
)
SAMPLE_RATE_HZ = 48000
NUM_CHANNELS = 2
# The official set has no validation split: this part of its training places becomes one.
VALIDATION_FRACTION = 0.15


@dataclass(frozen=True)
class Dcase2018Dataset(RawDataset):
    """Audio alone; the waveform is the first of the two channels."""

    def windows(self, recording: Recording, request: WindowRequest) -> Iterator[RawWindow]:
        """Read a clip window by window."""
        audio = open_audio(recording.sources[0], SAMPLE_RATE_HZ, NUM_CHANNELS, "device A")
        samples_per_window = SAMPLE_RATE_HZ * self.parameters.window_seconds
        for block in read_blocks(audio, samples_per_window, recording.num_windows):
            yield RawWindow(mono=block[:, 0], mono_rate_hz=SAMPLE_RATE_HZ, full_scale=audio.full_scale)


def detect(root: Path) -> bool:
    """Tell whether a folder looks like the DCASE 2018 development set."""
    return (root / "meta.csv").is_file() and (root / "evaluation_setup").is_dir()


def open_dataset(root: Path, parameters: SignalParameters, geometry: ArrayGeometry | None) -> Dcase2018Dataset:
    """Open the clips that `meta.csv` lists; see `layouts.open_dataset`. There is no array: no geometry."""
    if geometry is not None:
        raise AcousticImagesError(f"{root}: found a geometry ({geometry.name}), wanted none: there is no array")
    # fold1_test.txt lists the files of fold1_evaluate.txt, without their labels.
    names = ("fold1_train.txt", "fold1_evaluate.txt", "fold1_test.txt")
    table, lists = root / "meta.csv", [root / "evaluation_setup" / name for name in names]
    train, *tests = (_listed(path) for path in lists)
    test = tests[0] | tests[1]
    recordings = [_open_recording(root, row, train, test, parameters) for row in _rows(table) if row and row[0]]
    recordings = _with_validation(sorted(recordings, key=lambda recording: (recording.class_index, recording.name)))
    return Dcase2018Dataset("dcase2018", CLASS_NAMES, *set_aside_short(recordings), parameters, None, (table, *lists))


def _rows(path: Path) -> list[list[str]]:
    if not path.is_file():
        raise AcousticImagesError(f"{path}: found no such file; unpack the whole development set")
    with (
        parsing(path, "table", "unpack the development set again"),
        open(path, newline="", encoding="utf-8") as file,
    ):
        rows = list(csv.reader(file, delimiter="\t"))
    return rows[1:] if rows and rows[0][:1] == ["filename"] else rows


def _listed(path: Path) -> set[str]:
    return {row[0] for row in _rows(path) if row}


def _open_recording(
    root: Path, row: list[str], train: set[str], test: set[str], parameters: SignalParameters
) -> Recording:
    file = row[0]
    scene = row[1] if len(row) > 1 else ""
    if scene not in CLASS_NAMES:
        raise AcousticImagesError(
            f"{root / 'meta.csv'}: {file}: unknown class {scene!r}; known: {', '.join(CLASS_NAMES)}"
        )
    if (file in train) == (file in test):
        found = "in both" if file in train else "in neither"
        raise AcousticImagesError(f"{root / 'evaluation_setup'}: {file}: found {found} of train and test, wanted one")
    path = path_in_folder(root, file, root / "meta.csv")
    audio = open_audio(path, SAMPLE_RATE_HZ, NUM_CHANNELS, "device A")
    parts = path.stem.split("-")
    if len(parts) < 4:
        raise AcousticImagesError(f"{path}: wanted a name like <scene>-<city>-<place>-<segment>-a.wav")
    return Recording(
        name=f"{scene}/{path.stem}",
        class_index=CLASS_NAMES.index(scene),
        num_windows=audio.num_samples // (SAMPLE_RATE_HZ * parameters.window_seconds),
        split_group="-".join(parts[:3]),
        sources=(path,),
        modalities=("waveform",),
        split="train" if file in train else "test",
    )


def _with_validation(recordings: list[Recording]) -> list[Recording]:
    """Turn some of the training places into a validation split."""
    free = [Recording(**{**vars(recording), "split": None}) for recording in recordings if recording.split == "train"]
    splits = assign_splits(free, (1 - VALIDATION_FRACTION, VALIDATION_FRACTION, 0.0))
    return [with_split(recording, splits.get(recording.name, "test")) for recording in recordings]
