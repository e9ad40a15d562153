"""The readers of recordings and of what tells of them, as targets for fuzzing."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from common.paths_in_folder import path_in_folder
from common.sealed_json import write_sealed_json
from data_prep.array_geometry import read_geometry
from data_prep.audio_files import open_audio, read_blocks
from data_prep.layouts import acivw, array, avia, dcase2018
from data_prep.layouts.array_writing import CameraKeys, NewRecording, add_recording
from data_prep.layouts.numbered_files import read_mfcc
from data_prep.recordings import WindowRequest
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.clips import clips_sound
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.dataset import CONFIGURATION_FILE, simulate_dataset
from data_prep.simulation.scene_list import write_scene_list
from data_prep.video_frames import read_image, read_video
from faults import small_files
from faults.reader import Reader, of_files, of_sealed_file

_SAMPLES_PER_BLOCK, _MOST_BLOCKS = 128, 64


def _dc(folder: Path) -> Reader:
    path = folder / "A_000001.dc"
    small_files.samples(0, 2, acivw.NUM_MICROPHONES).astype("<i4").tofile(path)
    return of_files((path,), lambda path: acivw.read_dc(path, 2))


def _npy(folder: Path) -> Reader:
    path = folder / "A_000001.npy"
    np.save(path, small_files.samples(0, 8).astype(np.int32))
    return of_files((path,), lambda path: avia.read_npy(path, 8))


def _mat(folder: Path) -> Reader:
    return of_files(small_files.write_matlab_images(folder), read_mfcc)


def _bmp(folder: Path) -> Reader:
    return of_files(small_files.write_pictures(folder)[:1], read_image)


def _pictures(folder: Path) -> Reader:
    return of_files(small_files.write_pictures(folder)[1:], read_image)


def _wav(folder: Path) -> Reader:
    return of_files(small_files.write_sounds(folder)[:3], _read_sound)


def _clips(folder: Path) -> Reader:
    return of_files(small_files.write_sounds(folder)[3:], _read_sound)


def _hdf5(folder: Path) -> Reader:
    return of_files((small_files.write_hdf5(folder / "a.h5"),), _read_sound)


def _read_sound(path: Path) -> None:
    audio = open_audio(path, None, None)
    num_blocks = min(audio.num_samples // _SAMPLES_PER_BLOCK, _MOST_BLOCKS)
    for _ in read_blocks(audio, _SAMPLES_PER_BLOCK, num_blocks):
        pass


def _video(folder: Path) -> Reader:
    path = small_files.write_video(folder / "a.mp4")
    return of_files((path,), lambda path: list(read_video(path, [0.0, 0.1, 0.2])))


def _geometry(suffix: str) -> Callable[[Path], Reader]:
    def reader(folder: Path) -> Reader:
        small_files.write_geometries(folder)
        return of_files((folder / f"microphones{suffix}",), read_geometry)

    return reader


def _description(folder: Path) -> Reader:
    return _of_array_dataset(folder, "dataset.yaml")


def _table(folder: Path) -> Reader:
    return _of_array_dataset(folder, "recordings.csv")


def _of_array_dataset(folder: Path, file: str) -> Reader:
    small_files.write_recordings(folder, per_class=1, seconds=2)
    return of_files((folder / file,), lambda path: array.open_dataset(path.parent, SignalParameters(), None))


def _names(folder: Path) -> Reader:
    return Reader((b"bell_0.wav", b"a/b/c.wav", b"./x"), folder / "name", _read_name)


def _read_name(path: Path) -> None:
    name = path.read_bytes().decode(errors="surrogateescape")
    found = os.path.realpath(path_in_folder(path.parent, name, path))
    if not f"{found}/".startswith(f"{os.path.realpath(path.parent)}/"):
        raise RuntimeError(f"the name {name!r} leads out of its folder to {found}")


def _truth(folder: Path) -> Reader:
    small_files.write_recordings(folder, per_class=1, seconds=2)
    rows = "".join(f"{n / 10},-{n / 20},5.0\n" for n in range(24))
    (folder / "truth.csv").write_text(f"azimuth_deg,elevation_deg,radius_deg\n{rows}", encoding="utf-8")
    table = folder / "recordings.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("wav,,,", "wav,,truth.csv,"), encoding="utf-8")
    dataset = array.open_dataset(folder, SignalParameters(), None)
    request = WindowRequest(frozenset({"source"}), ())
    return of_files((folder / "truth.csv",), lambda path: list(dataset.windows(dataset.recordings[0], request)))


def _extended_list(folder: Path) -> Reader:
    """Read the list as the command does that adds a recording, and writes the list anew."""
    small_files.write_recordings(folder, per_class=1, seconds=2)
    new = NewRecording("bell", folder / "horn_1.wav", None)
    return of_files(
        (folder / "recordings.csv",),
        lambda path: add_recording(folder, new, folder / "microphones.csv", CameraKeys(60.0)),
    )


def _dcase(file: str) -> Callable[[Path], Reader]:
    def reader(folder: Path) -> Reader:
        small_files.write_dcase(folder)
        return of_files((folder / file,), lambda path: dcase2018.open_dataset(folder, SignalParameters(), None))

    return reader


def _video_time(folder: Path) -> Reader:
    parameters = SignalParameters(frame_length=4)
    recording = folder / "class_2/data_001"
    for kind in ("audio", "video"):
        (recording / kind).mkdir(parents=True)
    for number in range(1, 25):
        frame = small_files.samples(0, parameters.frame_length, acivw.NUM_MICROPHONES)
        frame.astype("<i4").tofile(recording / f"audio/A_{number:06d}.dc")
        (recording / f"video/I_{number:06d}.bmp").touch()
    path = recording / "video_time.txt"
    path.write_text("video seconds: 2\n", encoding="utf-8")
    return of_files((path,), lambda path: acivw.open_dataset(folder, parameters, None))


def _simulated_clips(folder: Path) -> Reader:
    def read(path: Path) -> None:
        clips_sound([path], 400, small_files.RATE_HZ, np.random.default_rng(0))

    return of_files(small_files.write_sounds(folder), read)


def _simulation(folder: Path) -> Reader:
    """Go on with a simulation whose recordings are all there."""
    config = SimulationConfig(folder, recordings_per_class=1, class_names=("drone", "train"))
    for name in config.class_names:
        (folder / name / "000").mkdir(parents=True)
    path = folder / CONFIGURATION_FILE
    write_sealed_json(path, config.identity())
    return of_sealed_file(path, lambda path: simulate_dataset(config))


def _scene(folder: Path) -> Reader:
    path = folder / "bell/000/scene.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"snr_db": 5.5, "diffuse_snr_db": 7.0, "interferers": [{"level_db": 1}]}', encoding="utf-8")
    return of_files((path,), lambda path: write_scene_list(folder, folder / "scenes.csv"))


RECORDING_READERS: dict[str, Callable[[Path], Reader]] = {
    ".dc": _dc,
    "video_time.txt": _video_time,
    ".mat": _mat,
    ".bmp": _bmp,
    "JPEG, PNG": _pictures,
    "WAV": _wav,
    "FLAC, OGG": _clips,
    "clips, simulated with": _simulated_clips,
    "HDF5": _hdf5,
    ".npy": _npy,
    "video": _video,
    "geometry CSV": _geometry(".csv"),
    "geometry JSON": _geometry(".json"),
    "geometry XML": _geometry(".xml"),
    "dataset.yaml": _description,
    "recordings.csv": _table,
    "recordings.csv, added to": _extended_list,
    "truth table": _truth,
    "DCASE meta.csv": _dcase("meta.csv"),
    "DCASE split": _dcase("evaluation_setup/fold1_train.txt"),
    "simulation.json": _simulation,
    "scene.json": _scene,
    "names in data": _names,
}
