"""The build: the same bytes however it is run, resumed, refused; and its input checked."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import data_prep.build as build_module
import data_prep.spool as spool_module
from common.errors import AcousticImagesError
from data_prep.build import BuildConfig, build_dataset
from data_prep.shards import plan_shards
from data_prep.signal_parameters import SignalParameters
from data_prep.sources import changed_sources
from data_prep.statistics import SpectrogramStatistics
from data_prep.windows import cut_into_frames
from models.mono_audio import mono_waveform
from models.spectrogram import spectrogram
from tests.data_prep.trees import RATE, array_samples, edit_text, write_acivw, write_array, write_dcase
from tfrecords_schema.manifest import RecordingEntry
from tfrecords_schema.reader import WindowReader, iterate
from tfrecords_schema.verify import verify

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_array(tmp_path_factory.mktemp("raw"), per_class=3)


@pytest.fixture(scope="module")
def built(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("built") / "data"
    build_dataset(BuildConfig(raw, output))
    return output


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_built_dataset_is_whole_and_holds_the_recordings(raw: Path, built: Path) -> None:
    verify(built)
    reader = WindowReader(built)
    assert reader.manifest.class_names == ("bell", "horn")
    assert {entry.split for entry in reader.manifest.recordings} == {"train", "validation", "test"}
    window = next(iter(iterate(reader.dataset(np.array([0]), reader.manifest.record_format.modalities, 1))))
    name = window["recording"].numpy()[0].decode()
    number, start = int(name.split("/")[1]), int(window["window_index"].numpy()[0]) * 24576
    samples = array_samples(number, 4.0)[start : start + 24576]
    assert np.array_equal(window["waveform"].numpy()[0], mono_waveform(samples[:, 0], RATE, 22050, 44100))
    assert window["acoustic_images"].shape == (1, 24, 36, 48, 12)
    assert window["source_direction_deg"].numpy()[0, 3, 0] == pytest.approx(start / 1024 / 10 + 0.3)
    red = window["video_frames"].numpy()[0, :, 100, 200, 0]
    assert red[1] - red[0] == pytest.approx(8 * 23, abs=6)
    assert not (built / "spool").exists()


def test_any_number_of_workers_and_an_interruption_give_the_same_bytes(
    raw: Path, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = BuildConfig(raw, tmp_path / "data", workers=2)
    honest, calls = build_module.spool_recording, []

    def interrupted(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        honest(*arguments)

    monkeypatch.setattr(build_module, "spool_recording", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_dataset(BuildConfig(raw, tmp_path / "data", workers=1))
    monkeypatch.undo()
    spooled = sorted((tmp_path / "data" / "spool").glob("*.json"))
    assert len(spooled) == 2
    before = spooled[0].stat().st_mtime_ns
    honest_rmtree = shutil.rmtree
    monkeypatch.setattr(build_module.shutil, "rmtree", lambda *_, **__: None)
    build_dataset(config)
    assert spooled[0].stat().st_mtime_ns == before
    honest_rmtree(tmp_path / "data" / "spool")
    assert content(tmp_path / "data") == content(built)


def test_another_configuration_or_a_foreign_folder_is_refused(raw: Path, built: Path, tmp_path: Path) -> None:
    before = content(built)
    with pytest.raises(AcousticImagesError, match=r"found a dataset with other .*seed.*; give another DATA="):
        build_dataset(BuildConfig(raw, built, seed=1))
    with pytest.raises(AcousticImagesError, match="found a dataset with other record_format"):
        build_dataset(BuildConfig(raw, built, modalities=("waveform",)))
    assert content(built) == before
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(AcousticImagesError, match="found other files, wanted an empty folder"):
        build_dataset(BuildConfig(raw, tmp_path))


def test_a_finished_dataset_is_left_alone(raw: Path, built: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in built.iterdir()}
    build_dataset(BuildConfig(raw, built))
    assert {path.name: path.stat().st_mtime_ns for path in built.iterdir()} == before


def test_a_subset_of_modalities_and_audio_alone(tmp_path: Path) -> None:
    raw = write_array(tmp_path / "raw", video=False)
    summary = build_dataset(BuildConfig(raw, tmp_path / "a", modalities=("waveform",)))
    assert summary.manifest.record_format.modalities == ("waveform",)
    verify(tmp_path / "a")
    with pytest.raises(AcousticImagesError, match="wanted video as well"):
        build_dataset(BuildConfig(raw, tmp_path / "b", modalities=("waveform", "video")))


def test_stored_images_come_upright_without_an_array(tmp_path: Path) -> None:
    write_acivw(tmp_path / "raw", recording=0)
    summary = build_dataset(BuildConfig(tmp_path / "raw", tmp_path / "data", acoustic_dtype="float16"))
    assert summary.manifest.record_format.modalities == ("acoustic_images", "waveform", "video")
    verify(tmp_path / "data")


def test_statistics_are_the_mean_and_deviation_over_training_windows(built: Path) -> None:
    reader = WindowReader(built)
    waveforms = np.concatenate(
        [batch["waveform"].numpy() for batch in iterate(reader.dataset(reader.rows("train"), ("waveform",), 4))]
    )
    magnitudes = spectrogram(waveforms).numpy().astype(np.float64).reshape(-1, 257)
    assert np.allclose(reader.manifest.spectrogram_mean, magnitudes.mean(axis=0), rtol=1e-6)
    assert np.allclose(reader.manifest.spectrogram_std, magnitudes.std(axis=0), rtol=1e-5)
    assert reader.manifest.statistics_windows == len(waveforms)
    mean, std = SpectrogramStatistics().result()
    assert not mean.any()
    assert (std == 1).all()


@pytest.mark.parametrize("file", ["bell_0.wav", "recordings.csv"])
def test_a_file_written_to_while_it_is_read_ends_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """Its size stays: only its time, or its bytes, tell."""
    raw = write_array(tmp_path / "raw", per_class=1, video=False)
    honest, path = spool_module.finished_windows, raw / file
    os.utime(path, ns=(0, 0))

    def disturbed(*arguments: Any) -> Iterator[Any]:
        for window in honest(*arguments):
            with open(path, "r+b") as changed:
                changed.seek(-1, os.SEEK_END)
                changed.write(b" ")
            yield window

    monkeypatch.setattr(spool_module, "finished_windows", disturbed)
    config = BuildConfig(raw, tmp_path / "data", modalities=("waveform",))
    with pytest.raises(AcousticImagesError, match=rf"{file}: changed while .*; call again"):
        build_dataset(config)
    assert not (tmp_path / "data/manifest.json").exists()
    monkeypatch.undo()
    build_dataset(config)
    assert list(changed_sources(config.output_dir, raw)) == []


@pytest.mark.parametrize(
    ("write", "files"),
    [
        (write_array, ["dataset.yaml", "recordings.csv", "microphones.csv", "bell_0.wav", "bell_0.csv"]),
        (write_dcase, ["meta.csv", *(f"evaluation_setup/fold1_{part}.txt" for part in ("train", "evaluate", "test"))]),
    ],
)
def test_every_file_that_tells_of_the_recordings_is_among_the_sources(
    tmp_path: Path, write: Callable[[Path], object], files: list[str]
) -> None:
    raw, data = tmp_path / "raw", tmp_path / "data"
    write(raw)
    build_dataset(BuildConfig(raw, data, modalities=("waveform",)))
    for file in files:
        with open(raw / file, "ab") as changed:
            changed.write(b"\n")
    assert [problem.split(": ")[0] for problem in changed_sources(data, raw)] == [f"{raw / file}" for file in files]


def spoil_samples(raw: Path, value: float) -> None:
    samples = array_samples(0, 4.0) / 32768.0
    samples[24576:] = value
    soundfile.write(raw / "bell_0.wav", samples, RATE, subtype="FLOAT")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.0, r"bell_0\.wav: bell/0, window 1: found silence in the microphones"),
        (np.nan, r"bell_0\.wav: bell/0, window 1: found 98304 samples of the microphones that are not finite"),
    ],
)
def test_silence_and_nan_end_the_build_before_anything_is_finished(tmp_path: Path, value: float, message: str) -> None:
    raw = write_array(tmp_path / "raw", per_class=1)
    spoil_samples(raw, value)
    with pytest.raises(AcousticImagesError, match=message):
        build_dataset(BuildConfig(raw, tmp_path / "data"))
    assert not list((tmp_path / "data").rglob("*.tfrecord"))
    assert not (tmp_path / "data" / "manifest.json").exists()


def test_clipped_samples_are_counted(tmp_path: Path) -> None:
    raw = write_array(tmp_path / "raw", per_class=1)
    samples = array_samples(0, 4.0)
    samples[100:110, 2] = 32767
    samples[30000, 0] = -32768
    soundfile.write(raw / "bell_0.wav", samples, RATE)
    assert build_dataset(BuildConfig(raw, tmp_path / "data")).clipped == ("bell/0: 11 clipped samples in 2 windows",)


def test_the_command_tells_a_fault_in_one_line_with_status_2(tmp_path: Path) -> None:
    raw = write_array(tmp_path / "raw", per_class=1)
    edit_text(raw / "recordings.csv", "bell/0,bell", "bell/0,gong")
    done = command(raw, tmp_path / "data")
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {raw}/recordings.csv: line 2: unknown class 'gong'")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_a_disk_that_fills_up_leaves_nothing_half_written(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the same failing write, at the same place."""
    raw = write_array(tmp_path / "raw", per_class=1)
    done = command(raw, tmp_path / "data", most_bytes=2**20)
    assert done.returncode == 2
    assert "recording-000000.tfrecord: File too large; free some space" in done.stderr
    left = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["build.json"]
    assert command(raw, tmp_path / "data").returncode == 0


def command(raw: Path, output: Path, most_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if most_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    words = ["-m", "data_prep.make_tfrecords_main", f"--raw={raw}", f"--output={output}", "--workers=1"]
    words = [sys.executable, *words]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT, preexec_fn=limit)


def test_shards_deal_every_window_once_and_mix_recordings() -> None:
    entries = [RecordingEntry(f"r/{n}", 0, "train", 10) for n in range(20)]
    entries.append(RecordingEntry("r/v", 0, "validation", 3))
    plans = list(plan_shards(entries, 1, 64))
    assert [len(plan.windows) for plan in plans] == [64, 64, 64, 8, 3]
    dealt = [window for plan in plans for window in plan.windows]
    assert len(set(dealt)) == len(dealt) == 203
    assert len({recording for recording, _ in plans[0].windows}) > 10
    assert list(plan_shards(entries, 1, 64)) == plans
    assert list(plan_shards(entries, 2, 64)) != plans


def test_frames_of_another_rate_are_spread_evenly() -> None:
    parameters = SignalParameters.of_rate(16000)
    samples = np.arange(32000)[:, None]
    frames = cut_into_frames(samples, parameters)
    assert frames.shape == (24, 1024, 1)
    assert frames[:, 0, 0].tolist() == [n * 16000 // 12 for n in range(24)]
    assert np.array_equal(cut_into_frames(samples[:24576], SignalParameters()).reshape(-1), np.arange(24576))


def test_a_recording_of_another_length_than_a_window_is_refused() -> None:
    with pytest.raises(AcousticImagesError, match="found 24000 samples at 12288 Hz, wanted a window of 2 s"):
        mono_waveform(np.ones(24000), RATE, 22050, 44100)
