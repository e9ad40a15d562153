"""ACIVW as it is distributed: `class_C/data_NNN/{audio/A_*.dc, video/I_*.bmp, MFCC_Image/Data_*.mat}`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.errors import AcousticImagesError
from common.foreign_files import parsing, read_limited
from data_prep.array_geometry import ArrayGeometry, read_geometry
from data_prep.audio_files import full_scale
from data_prep.layouts.numbered_files import check_equal_counts, check_sizes, numbered_files, read_mfcc
from data_prep.recordings import RawDataset, RawWindow, Recording, WindowRequest, set_aside_short
from data_prep.signal_parameters import SignalParameters
from data_prep.video_frames import read_image

CLASS_NAMES = (
    "train",
    "boat",
    "drone",
    "fountain",
    "drill",
    "razor",
    "hair_dryer",
    "vacuum_cleaner",
    "shopping_cart",
    "traffic",
)
NUM_MICROPHONES = 128
# The distribution has no geometry; one that lies in the root is taken.
GEOMETRY_FILES = ("microphones.csv", "microphones.json", "microphones.xml")
_BITS = 32
_CLASS, _RECORDING = re.compile(r"class_(\d+)"), re.compile(r"data_(\d+)")


@dataclass(frozen=True)
class AcivwDataset(RawDataset):
    """Recordings in the camera's raw format."""

    def windows(self, recording: Recording, request: WindowRequest) -> Iterator[RawWindow]:
        """Read a recording; stored acoustic images are turned by 180 degrees so that they are upright."""
        folder = recording.sources[0]
        audio = numbered_files(folder / "audio", "A_", ".dc")
        video = numbered_files(folder / "video", "I_", ".bmp")
        stored = (folder / "MFCC_Image").is_dir() and request.wants("acoustic_images")
        images = numbered_files(folder / "MFCC_Image", "Data_", ".mat") if stored else ()
        needs_all = request.wants("acoustic_energy") or (request.wants("acoustic_images") and not stored)
        per_window = self.parameters.frames_per_window
        for start in range(0, recording.num_windows * per_window, per_window):
            window = slice(start, start + per_window)
            samples = np.concatenate([read_dc(path, self.parameters.frame_length) for path in audio[window]])
            chosen = [video[start + number] for number in request.frame_numbers]
            yield RawWindow(
                microphones=samples if needs_all else None,
                mono=samples[:, 0],
                mono_rate_hz=self.parameters.sample_rate_hz,
                full_scale=full_scale(_BITS),
                mfcc=np.stack([_read_upright(path, self.parameters) for path in images[window]]) if stored else None,
                frames=tuple(read_image(path) for path in chosen) if request.wants("video") else None,
            )


def detect(root: Path) -> bool:
    """Tell whether a folder looks like ACIVW."""
    return any(_CLASS.fullmatch(path.name) for path in root.iterdir())


def open_dataset(root: Path, parameters: SignalParameters, geometry: ArrayGeometry | None) -> AcivwDataset:
    """Open the recordings below `root`; see `layouts.open_dataset`."""
    own_geometry: tuple[Path, ...] = ()
    if geometry is None:
        own_geometry = tuple(root / name for name in GEOMETRY_FILES if (root / name).is_file())[:1]
        geometry = read_geometry(own_geometry[0]) if own_geometry else None
    if geometry is not None and geometry.num_microphones != NUM_MICROPHONES:
        raise AcousticImagesError(
            f"{root}: found {NUM_MICROPHONES} channels in .dc files, wanted {geometry.num_microphones} as "
            f"{geometry.name} has microphones"
        )
    recordings = [_open_recording(folder, parameters, geometry is not None) for folder in _recording_folders(root)]
    return AcivwDataset("acivw", CLASS_NAMES, *set_aside_short(recordings), parameters, geometry, own_geometry)


def _recording_folders(root: Path) -> Iterator[Path]:
    for class_folder in sorted(path for path in root.iterdir() if path.is_dir()):
        match = _CLASS.fullmatch(class_folder.name)
        if match is None:
            continue
        if int(match.group(1)) >= len(CLASS_NAMES):
            raise AcousticImagesError(
                f"{class_folder}: unknown class {match.group(1)}, wanted class_0 to class_{len(CLASS_NAMES) - 1}"
            )
        yield from sorted(path for path in class_folder.iterdir() if _RECORDING.fullmatch(path.name))


def _open_recording(folder: Path, parameters: SignalParameters, has_geometry: bool) -> Recording:
    kinds = {"audio": ("A_", ".dc"), "video": ("I_", ".bmp"), "MFCC_Image": ("Data_", ".mat")}
    has_images = (folder / "MFCC_Image").is_dir()
    if not has_images:
        del kinds["MFCC_Image"]
    files = {kind: numbered_files(folder / kind, *names) for kind, names in kinds.items()}
    check_equal_counts(folder, {kind: len(paths) for kind, paths in files.items()})
    check_sizes(files["audio"], parameters.frame_length * NUM_MICROPHONES * np.dtype("<i4").itemsize)
    class_index = int(folder.parent.name.removeprefix("class_"))
    name = f"{CLASS_NAMES[class_index]}/{folder.name.removeprefix('data_')}"
    modalities = ["waveform", "video"]
    modalities += ["acoustic_images"] if has_images or has_geometry else []
    modalities += ["acoustic_energy"] if has_geometry else []
    return Recording(
        name=name,
        class_index=class_index,
        num_windows=_num_frames(folder, len(files["audio"]), parameters) // parameters.frames_per_window,
        split_group=name,
        sources=(folder, *(folder / kind for kind in kinds)),
        modalities=tuple(modalities),
    )


def _num_frames(folder: Path, num_files: int, parameters: SignalParameters) -> int:
    """Return how many frames count: as `video_time.txt` says where it lies there."""
    path = folder / "video_time.txt"
    if not path.is_file():
        return num_files
    text = read_limited(path, 1024, "length", "wanted `video seconds: N`").decode(errors="replace")
    match = re.fullmatch(r"\s*video seconds:\s*(\d{1,6})\s*", text)
    if match is None:
        raise AcousticImagesError(f"{path}: found {text[:40]!r}, wanted `video seconds: N`")
    wanted = int(match.group(1)) * parameters.frames_per_second
    if wanted > num_files:
        raise AcousticImagesError(
            f"{path}: found {num_files} frames, wanted {wanted} for {match.group(1)} s; copy the recording again"
        )
    return wanted


def read_dc(path: Path, frame_length: int) -> np.ndarray:
    """Return [frame_length, 128] int32 of one file; raises AcousticImagesError unless it holds just that many."""
    with parsing(path, "samples", "copy the file again"):
        samples = np.fromfile(path, "<i4", count=frame_length * NUM_MICROPHONES + 1)
    if samples.size != frame_length * NUM_MICROPHONES:
        wanted = frame_length * NUM_MICROPHONES * samples.itemsize
        found = path.stat().st_size
        raise AcousticImagesError(f"{path}: found {found} bytes, wanted {wanted}; copy the file again")
    return samples.reshape(frame_length, NUM_MICROPHONES)


def _read_upright(path: Path, parameters: SignalParameters) -> np.ndarray:
    image = read_mfcc(path)
    wanted = (parameters.image_height, parameters.image_width, parameters.num_coefficients)
    if image.shape != wanted:
        raise AcousticImagesError(f"{path}: found shape {list(image.shape)}, wanted {list(wanted)}")
    return image[::-1, ::-1]
