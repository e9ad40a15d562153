"""Tiny trees of each layout, read back; and what is wrong with a tree is told."""

import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
import soundfile

from common.errors import AcousticImagesError
from data_prep.array_geometry import ArrayGeometry, aperiodic_array
from data_prep.layouts import open_dataset
from data_prep.recordings import RawDataset, RawWindow, WindowRequest
from data_prep.resampled_clips import resample_clips
from tests.data_prep.trees import (
    POSITIONS,
    array_samples,
    dc_samples,
    edit_text,
    frame_picture,
    stored_image,
    write_acivw,
    write_array,
    write_avia,
    write_dcase,
)

EVERYTHING = WindowRequest(frozenset({"acoustic_images", "acoustic_energy", "waveform", "video", "source"}), (0, 23))
STORED = WindowRequest(frozenset({"acoustic_images", "waveform", "video"}), (0, 23))


def windows(dataset: RawDataset, request: WindowRequest, recording: int = 0) -> list[RawWindow]:
    return list(dataset.windows(dataset.recordings[recording], request))


def test_acivw_with_stored_images(tmp_path: Path) -> None:
    write_acivw(tmp_path)
    dataset = open_dataset(tmp_path)
    (recording,) = dataset.recordings
    assert (dataset.layout, recording.name, recording.class_index, recording.num_windows) == (
        "acivw",
        "drone/001",
        2,
        1,
    )
    assert recording.modalities == ("waveform", "video", "acoustic_images")
    (window,) = windows(dataset, STORED)
    assert np.array_equal(window.mono, np.concatenate([dc_samples(n, 1)[:, 0] for n in range(24)]))
    # Stored images are turned by 180 degrees; ours are upright.
    assert np.array_equal(window.mfcc[3, 0, 0], stored_image(3)[35, 47])
    assert np.array_equal(window.frames[1], frame_picture(23))


def test_acivw_without_images_needs_the_array(tmp_path: Path) -> None:
    write_acivw(tmp_path, mat=False)
    assert "acoustic_images" not in open_dataset(tmp_path).recordings[0].modalities
    dataset = open_dataset(tmp_path, geometry=aperiodic_array())
    assert {"acoustic_images", "acoustic_energy"} <= set(dataset.recordings[0].modalities)
    (window,) = windows(dataset, EVERYTHING)
    assert window.mfcc is None
    assert np.array_equal(window.microphones[1024:2048], dc_samples(1, 1))


def test_avia_pads_before_the_data_and_counts_modulo_the_files(tmp_path: Path) -> None:
    write_avia(tmp_path, frames=5)
    dataset = open_dataset(tmp_path, geometry=aperiodic_array())
    (recording,) = dataset.recordings
    assert (dataset.layout, recording.class_index, recording.num_windows) == ("avia", 2, 15)
    assert dataset.geometry.dead_microphones == (79, 105)
    second = windows(dataset, STORED)[1]
    # Frame 24 is file 24 modulo 5: the fifth. Zeros come before the data on every axis.
    assert not second.mfcc[0, :2].any()
    assert not second.mfcc[0, :, 0].any()
    assert (second.mfcc[0, 2:, 1:] == 5).all()
    assert np.array_equal(second.mono[:1024], dc_samples(4, 7)[:, 0])


def test_clips_of_one_source_share_a_split_group_and_padding_makes_no_window(tmp_path: Path) -> None:
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(5 * 8000) / 8000)
    for name, heard_s in (("dog/1-7-A", 5), ("dog/1-7-B", 1), ("rain/2-9-A", 5)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        soundfile.write(tmp_path / f"{name}.wav", np.where(np.arange(40000) < 8000 * heard_s, tone, 0), 8000)
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names) == ("clips", ("dog", "rain"))
    assert [(one.name, one.num_windows, one.split_group) for one in dataset.recordings] == [
        ("dog/1-7-A", 2, "dog/1-7"),
        ("dog/1-7-B", 1, "dog/1-7"),
        ("rain/2-9-A", 2, "rain/2-9"),
    ]
    windows = list(dataset.windows(dataset.recordings[0], WindowRequest(frozenset(["waveform"]), ())))
    assert np.allclose(windows[1].mono / 32768, tone[16000:32000], atol=1e-4)
    assert windows[1].mono_rate_hz == 8000


def test_a_clips_silent_windows_are_left_out_wherever_they_are(tmp_path: Path) -> None:
    loud = 0.3 * np.sin(2 * np.pi * 440 * np.arange(16000) / 8000)
    (tmp_path / "dog").mkdir()
    soundfile.write(tmp_path / "dog/1-7-A.wav", np.concatenate([0 * loud, loud, 0 * loud, 0.5 * loud]), 8000)
    dataset = open_dataset(tmp_path)
    assert dataset.recordings[0].num_windows == 2
    found = list(dataset.windows(dataset.recordings[0], WindowRequest(frozenset(["waveform"]), ())))
    assert [round(float(np.abs(one.mono).max()) / 32768, 2) for one in found] == [0.3, 0.15]


def test_clips_at_an_arrays_rate_keep_what_it_can_carry(tmp_path: Path) -> None:
    time_s = np.arange(16000) / 8000
    low, high = (0.3 * np.sin(2 * np.pi * hz * time_s) for hz in (500, 3000))
    (tmp_path / "raw/dog").mkdir(parents=True)
    soundfile.write(tmp_path / "raw/dog/1-7-A.wav", low + high, 8000, subtype="FLOAT")
    assert resample_clips(tmp_path / "raw", tmp_path / "slow", 4000) == 1
    heard, rate = soundfile.read(tmp_path / "slow/dog/1-7-A.wav")
    assert rate == 4000
    assert np.allclose(heard[200:-200], low[::2][200:-200], atol=1e-3)
    with pytest.raises(AcousticImagesError, match="wanted another folder"):
        resample_clips(tmp_path / "raw", tmp_path / "raw", 4000)


def test_dcase_keeps_the_official_split_and_makes_validation_of_training_places(tmp_path: Path) -> None:
    write_dcase(tmp_path)
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, len(dataset.recordings)) == ("dcase2018", 10)
    for recording in dataset.recordings:
        assert recording.num_windows == 5
        assert recording.modalities == ("waveform",)
        assert (recording.split == "test") == ("-4-" in recording.name.split("paris")[1])
    splits = [recording.split for recording in dataset.recordings]
    assert splits.count("validation") == 2
    assert dataset.class_names[dataset.recordings[0].class_index] == "bus"
    window = windows(dataset, WindowRequest(frozenset({"waveform"}), (0,)))[0]
    assert window.mono_rate_hz == 48000
    assert window.mono.shape == (96000,)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32", "FLOAT"])
def test_array_reads_every_sample_format(tmp_path: Path, subtype: str) -> None:
    write_array(tmp_path, subtype=subtype)
    dataset = open_dataset(tmp_path)
    second = windows(dataset, EVERYTHING, recording=2)[1]
    wanted = array_samples(2, 4.0)[24576:].astype(float)
    scale = {"PCM_16": 1, "PCM_24": 2**8, "PCM_32": 2**16, "FLOAT": 1}[subtype]
    assert np.array_equal(second.microphones, wanted * scale)
    assert np.abs(second.frames[0].astype(int) - frame_picture(24)).max() <= 3
    assert np.abs(second.frames[1].astype(int) - frame_picture(47)).max() <= 3
    assert second.source_direction_deg[0] == pytest.approx([2.4, -1.2])
    assert second.source_radius_deg == pytest.approx(5.0)


def test_array_reads_hdf5(tmp_path: Path) -> None:
    write_array(tmp_path, per_class=1)
    samples = array_samples(0, 4.0).astype(np.float32)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("time_data", data=samples).attrs["sample_freq"] = 12288.0
    text = (tmp_path / "recordings.csv").read_text().replace("bell_0.wav", "a.h5")
    (tmp_path / "recordings.csv").write_text(text)
    assert np.array_equal(windows(open_dataset(tmp_path), EVERYTHING)[0].microphones, samples[:24576])


def test_short_recordings_are_skipped_and_named(tmp_path: Path) -> None:
    write_acivw(tmp_path, recording=1, frames=24)
    write_acivw(tmp_path, recording=2, frames=23)
    dataset = open_dataset(tmp_path)
    assert [recording.name for recording in dataset.recordings] == ["drone/001"]
    assert dataset.skipped == ("drone/002",)


def truncate_dc(folder: Path) -> None:
    path = folder / "audio" / "A_000004.dc"
    path.write_bytes(path.read_bytes()[:-4])


def spoil_bmp(folder: Path) -> None:
    (folder / "video" / "I_000001.bmp").write_bytes(b"BM nothing")


def reshape_mat(folder: Path) -> None:
    scipy.io.savemat(folder / "MFCC_Image" / "Data_2.mat", {"MFCC": np.zeros((36, 48, 11), np.float32)})


def rename_key(folder: Path) -> None:
    scipy.io.savemat(folder / "MFCC_Image" / "Data_2.mat", {"other": np.zeros((36, 48, 12), np.float32)})


def make_mat_infinite(folder: Path) -> None:
    scipy.io.savemat(folder / "MFCC_Image" / "Data_2.mat", {"MFCC": np.full((36, 48, 12), np.inf, np.float32)})


ACIVW_FAULTS: list[tuple[Callable[[Path], object], str]] = [
    (truncate_dc, r"A_000004\.dc: found 524284 bytes, wanted 524288"),
    (spoil_bmp, r"I_000001\.bmp: found 10 bytes that are no BMP, JPEG or PNG image"),
    (reshape_mat, r"Data_2\.mat: found shape \[36, 48, 11\], wanted \[36, 48, 12\]"),
    (rename_key, r"Data_2\.mat: found the keys other, wanted MFCC"),
    (make_mat_infinite, r"Data_2\.mat: found 20736 values that are not finite"),
    (lambda folder: (folder / "video" / "I_000025.bmp").unlink(), r"found files 25 in audio, 24 in video, 25 in MFCC"),
    (lambda folder: (folder / "audio" / "A_000007.dc").unlink(), r"found 24 files without number 7"),
    (lambda folder: (folder / "video_time.txt").write_text("video seconds: 9\n"), r"found 25 frames, wanted 108"),
    (lambda folder: (folder / "video_time.txt").write_text("two"), r"video_time\.txt: found 'two'"),
    (lambda folder: shutil.rmtree(folder / "audio"), r"audio: found no such folder"),
    (lambda folder: folder.parent.rename(folder.parents[1] / "class_12"), r"class_12: unknown class 12"),
    (lambda folder: shutil.rmtree(folder), r"found no recordings, wanted recordings of the layout acivw"),
]


@pytest.mark.parametrize(("spoil", "message"), ACIVW_FAULTS)
def test_faults_of_acivw_are_told(tmp_path: Path, spoil: Callable[[Path], object], message: str) -> None:
    spoil(write_acivw(tmp_path))
    with pytest.raises(AcousticImagesError, match=message):
        windows(open_dataset(tmp_path), STORED)


def test_a_geometry_of_another_number_of_microphones_is_refused(tmp_path: Path) -> None:
    write_acivw(tmp_path, mat=False)
    with pytest.raises(AcousticImagesError, match=r"found 128 channels in \.dc files, wanted 4"):
        open_dataset(tmp_path, geometry=ArrayGeometry(POSITIONS))


def write_wav_of_another_rate(root: Path) -> None:
    soundfile.write(root / "bell_0.wav", array_samples(0, 4.0), 16000)


def write_wav_of_five_channels(root: Path) -> None:
    soundfile.write(root / "bell_0.wav", np.zeros((50000, 5)), 12288)


ARRAY_FAULTS: list[tuple[Callable[[Path], object], str]] = [
    (write_wav_of_another_rate, r"bell_0\.wav: found 16000 Hz, wanted 12288 Hz"),
    (write_wav_of_five_channels, r"bell_0\.wav: found 5 channels, wanted 4 as .*microphones\.csv"),
    (lambda root: (root / "bell_0.wav").write_bytes(b"RIFF"), r"bell_0\.wav: found no readable audio"),
    (lambda root: (root / "bell_0.wav").unlink(), r"bell_0\.wav: found no such file"),
    (lambda root: (root / "bell_0.mp4").unlink(), r"bell_0\.mp4: found no such file"),
    (lambda root: (root / "bell_0.mp4").write_bytes(b"0" * 99), r"bell_0\.mp4: found no readable video"),
    (
        lambda root: edit_text(root / "recordings.csv", "bell/0,bell", "bell/0,gong"),
        r"line 2: unknown class 'gong'; known: bell",
    ),
    (lambda root: edit_text(root / "recordings.csv", "bell/1,bell", "bell/0,bell"), r"line 3: found bell/0 twice"),
    (lambda root: edit_text(root / "recordings.csv", "bell_0.wav", ""), r"line 2: found no audio"),
    (lambda root: edit_text(root / "dataset.yaml", "layout: array", "colour: red"), r"unknown keys \['colour'\]"),
    (lambda root: edit_text(root / "dataset.yaml", "12288", "fast"), r"sample_rate_hz: found 'fast'"),
    (lambda root: edit_text(root / "microphones.csv", "-0.1,0.05", "0.1,0.0"), r"microphones\.csv: two microphones at"),
    (lambda root: edit_text(root / "bell_0.csv", "\n47,", "\nx,y"), r"bell_0\.csv: found"),
]


@pytest.mark.parametrize(("spoil", "message"), ARRAY_FAULTS)
def test_faults_of_an_array_dataset_are_told(tmp_path: Path, spoil: Callable[[Path], object], message: str) -> None:
    spoil(write_array(tmp_path))
    with pytest.raises(AcousticImagesError, match=message):
        windows(open_dataset(tmp_path), EVERYTHING)


def test_folders_that_are_nothing_or_two_things(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match="found no such folder"):
        open_dataset(tmp_path / "gone")
    with pytest.raises(AcousticImagesError, match=r"found no recordings of a known layout \(array, acivw"):
        open_dataset(tmp_path)
    with pytest.raises(AcousticImagesError, match="layout: found 'mine'"):
        open_dataset(tmp_path, "mine")
    write_array(tmp_path, per_class=1)
    write_acivw(tmp_path, mat=False)
    with pytest.raises(AcousticImagesError, match="found what fits array and acivw"):
        open_dataset(tmp_path)
