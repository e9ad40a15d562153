"""AVIA as it is distributed: `Location_LL/Subject_SS/Action_AAA/` below one or three roots."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from common.array_head import read_array_head
from common.errors import AcousticImagesError
from common.foreign_files import parsing
from data_prep.array_geometry import ArrayGeometry
from data_prep.audio_files import full_scale
from data_prep.layouts.numbered_files import numbered_files, read_mfcc
from data_prep.recordings import RawDataset, RawWindow, Recording, WindowRequest, set_aside_short
from data_prep.signal_parameters import SignalParameters
from data_prep.video_frames import read_image

CLASS_NAMES = (
    "clapping",
    "snapping_fingers",
    "speaking",
    "whistling",
    "playing_kendama",
    "clicking",
    "typing",
    "knocking",
    "hammering",
    "peanut_breaking",
    "paper_ripping",
    "plastic_crumpling",
    "paper_shaking",
    "stick_dropping",
)
SECONDS = 30
# Counted from 0.
DEAD_MICROPHONES = (79, 105)
KINDS = {"audio": ("A_", ".npy"), "video": ("I_", ".jpeg"), "MFCC_Image": ("Data_", ".mat")}
_MOST_HEAD_BYTES = 2**16
_ACTION = re.compile(r"Action_(\d+)")


@dataclass(frozen=True)
class AviaDataset(RawDataset):
    """Thirty-second recordings of actions; frames are counted modulo the number of files present."""

    def windows(self, recording: Recording, request: WindowRequest) -> Iterator[RawWindow]:
        """Read a recording. `Recording.sources` are its folders of audio, video and images."""
        files = {folder.name: numbered_files(folder, *KINDS[folder.name]) for folder in recording.sources}
        images = files.get("MFCC_Image", ()) if request.wants("acoustic_images") else ()
        needs_all = request.wants("acoustic_energy") or (request.wants("acoustic_images") and not images)
        per_window = self.parameters.frames_per_window
        for start in range(0, recording.num_windows * per_window, per_window):
            numbers = range(start, start + per_window)
            samples = self._samples(files["audio"], numbers) if needs_all or request.wants("waveform") else None
            chosen = [_modulo(files["video"], start + number) for number in request.frame_numbers]
            stored = [self._padded(_modulo(images, number)) for number in numbers] if images else []
            yield RawWindow(
                microphones=samples if needs_all else None,
                mono=None if samples is None else samples[:, 0],
                mono_rate_hz=self.parameters.sample_rate_hz,
                full_scale=_full_scale(samples),
                mfcc=np.stack(stored) if stored else None,
                frames=tuple(read_image(path) for path in chosen) if request.wants("video") else None,
            )

    def _samples(self, files: tuple[Path, ...], numbers: range) -> np.ndarray:
        frames = [read_npy(_modulo(files, number), self.parameters.frame_length) for number in numbers]
        if len({frame.shape for frame in frames}) > 1:
            shapes = sorted({frame.shape[1] for frame in frames})
            raise AcousticImagesError(f"{files[0].parent}: found files of {shapes} channels, wanted the same in each")
        samples = np.concatenate(frames)
        if self.geometry is not None and samples.shape[1] not in (1, self.geometry.num_microphones):
            raise AcousticImagesError(
                f"{files[0].parent}: found {samples.shape[1]} channels, wanted {self.geometry.num_microphones} as "
                f"{self.geometry.name} has microphones"
            )
        return samples

    def _padded(self, path: Path) -> np.ndarray:
        """Read an image and put zeros before the data on every axis up to the full size."""
        image = read_mfcc(path)
        wanted = (self.parameters.image_height, self.parameters.image_width, self.parameters.num_coefficients)
        if image.ndim != 3 or any(found > most for found, most in zip(image.shape, wanted, strict=True)):
            raise AcousticImagesError(f"{path}: found shape {list(image.shape)}, wanted at most {list(wanted)}")
        return np.pad(image, [(most - found, 0) for found, most in zip(image.shape, wanted, strict=True)])


def detect(root: Path) -> bool:
    """Tell whether a folder looks like AVIA."""
    return any(True for base in (root, *_subfolders(root)) for _ in base.glob("Location_*"))


def open_dataset(root: Path, parameters: SignalParameters, geometry: ArrayGeometry | None) -> AviaDataset:
    """Open the recordings below `root`; see `layouts.open_dataset`."""
    if geometry is not None and not geometry.dead_microphones:
        geometry = replace(geometry, dead_microphones=DEAD_MICROPHONES)
    bases = [base for base in (root, *_subfolders(root)) if any(base.glob("Location_*"))]
    actions = sorted({path.relative_to(base) for base in bases for path in base.glob("Location_*/Subject_*/Action_*")})
    recordings = [_open_recording(bases, action, parameters, geometry is not None) for action in actions]
    return AviaDataset("avia", CLASS_NAMES, *set_aside_short(recordings), parameters, geometry, ())


def _subfolders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir())


def _open_recording(bases: list[Path], action: Path, parameters: SignalParameters, has_geometry: bool) -> Recording:
    match = _ACTION.fullmatch(action.name)
    if match is None or not 1 <= int(match.group(1)) <= len(CLASS_NAMES):
        raise AcousticImagesError(
            f"{action}: unknown class {action.name}, wanted Action_001 to Action_{len(CLASS_NAMES):03d}"
        )
    folders = {
        kind: next((base / action / kind for base in bases if (base / action / kind).is_dir()), None) for kind in KINDS
    }
    for kind, folder in folders.items():
        if folder is not None:
            numbered_files(folder, *KINDS[kind])
    can_beamform = has_geometry and folders["audio"] is not None
    offered = {
        "waveform": folders["audio"] is not None,
        "video": folders["video"] is not None,
        "acoustic_images": folders["MFCC_Image"] is not None or can_beamform,
        "acoustic_energy": can_beamform,
    }
    class_index = int(match.group(1)) - 1
    name = f"{CLASS_NAMES[class_index]}/{action.parts[0]}_{action.parts[1]}"
    return Recording(
        name=name,
        class_index=class_index,
        num_windows=SECONDS // parameters.window_seconds,
        split_group=name,
        sources=tuple(folder for folder in folders.values() if folder is not None),
        modalities=tuple(modality for modality, there in offered.items() if there),
    )


def _modulo(files: tuple[Path, ...], number: int) -> Path:
    return files[number % len(files)]


def read_npy(path: Path, frame_length: int) -> np.ndarray:
    """Return [frame_length, channels] of a file of either order, or of one channel without an axis."""
    with parsing(path, "array of numbers", "copy the file again"):
        with open(path, "rb") as file:
            start = io.BytesIO(file.read(_MOST_HEAD_BYTES))
        shape, in_fortran_order, dtype = read_array_head(start)
        # Mapped, because reading would make room for as much as the head says before it looks for it.
        samples: np.ndarray = np.memmap(path, dtype, "r", start.tell(), shape, "F" if in_fortran_order else "C")
    if samples.ndim == 1:
        samples = samples[:, None]
    if samples.ndim == 2 and samples.shape[0] != frame_length:
        samples = samples.T
    if samples.ndim != 2 or samples.shape[0] != frame_length or samples.dtype.kind not in "if":
        raise AcousticImagesError(
            f"{path}: found {samples.dtype} {list(samples.shape)}, wanted numbers [{frame_length}, channels]"
        )
    return np.array(samples)


def _full_scale(samples: np.ndarray | None) -> float:
    if samples is None or samples.dtype.kind != "i":
        return float("inf")
    return full_scale(8 * samples.dtype.itemsize)
