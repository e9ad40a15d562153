"""Own sounds without an array: windows, features equal to the training code's, and files that cannot be used."""

import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
import soxr
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from common.errors import AcousticImagesError
from evaluation.audio_features import AudioFeatures
from evaluation.sound_features import sound_features
from evaluation.sound_windows import WindowBatch, sound_windows
from models.audio_visual import audio_vector_from_hearnet
from models.hearing import load_hearing
from models.network_inputs import network_inputs
from models.saved_networks import build_networks
from tests.evaluation.sound_students import DEVIATION, MEAN, SEED, sounds_of_an_array, tone, write_student

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_student(tmp_path_factory.mktemp("student"))


def test_features_are_those_of_the_training_code(student: Path) -> None:
    sound = np.concatenate([*sounds_of_an_array().values(), np.ones(22050, np.float32)])
    inputs = network_inputs(
        {"waveform": sound[:-22050].reshape(4, 44100)}, MEAN.astype(np.float32), DEVIATION.astype(np.float32)
    )
    wanted = audio_vector_from_hearnet(build_networks("student", seed=SEED)["hearnet"](inputs["spectrogram"]))
    features = sound_features((sound, 22050), load_hearing(student))
    assert np.allclose(features.vectors, wanted, atol=1e-5)
    assert (features.starts_s.tolist(), features.num_silent, features.rest_s) == ([0, 2, 4, 6], 0, 1)
    assert np.allclose(np.linalg.norm(features.vectors, axis=1), 1, atol=1e-5)


def test_loudness_and_format_do_not_matter(student: Path, tmp_path: Path) -> None:
    names = ("a.wav", "b.flac", "c.ogg", "d.mp3")
    for name, scale in zip(names, (1.0, 0.1, 1.0, 1.0), strict=True):
        soundfile.write(tmp_path / name, scale * tone(2.5, 44100), 44100)
    features = AudioFeatures(student).transform([tmp_path / name for name in names])
    assert features.shape == (4, 128)
    assert features[0] @ features[1] > 0.999
    assert features[0] @ features[2] > 0.9
    assert features[0] @ features[3] > 0.9


def windows_of(samples: np.ndarray, rate: int, hop_seconds: float = 2.0) -> tuple[np.ndarray, list[float], int, float]:
    """Return waveforms, starts, number of silent windows, rest of all batches."""
    batches = list(sound_windows((samples, rate), hop_seconds))
    starts = np.concatenate([batch.starts_s for batch in batches]).tolist()
    waveforms = np.concatenate([batch.waveforms for batch in batches])
    return waveforms, starts, sum(batch.num_silent for batch in batches), sum(batch.rest_s for batch in batches)


def test_short_sounds_are_padded_long_ones_hopped_and_silence_left_out() -> None:
    waveforms, starts, *_ = windows_of(tone(0.5, 16000), 16000)
    assert (waveforms.shape, starts, np.any(waveforms[0, 11025:])) == ((1, 44100), [0], False)
    assert windows_of(tone(5.0, 16000), 16000, hop_seconds=1.0)[1] == [0, 1, 2, 3]
    half_silent = np.concatenate([tone(2.0, 22050), np.zeros(22050), np.full(22050, 1e-39)])
    assert windows_of(half_silent, 22050)[1:] == ([0], 1, 0)
    assert windows_of(tone(5.0, 22050), 22050)[3] == 1.0
    assert windows_of(tone(9.0, 22050), 22050, hop_seconds=4.0)[1:] == ([0, 4], 0, 3.0)


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_windows_cut_piece_by_piece_are_those_of_the_whole_sound(rate: int) -> None:
    sound = np.random.default_rng(0).standard_normal(15 * rate + 77).astype(np.float32)
    whole = soxr.resample(sound, rate, 22050, quality="HQ")
    wanted = np.lib.stride_tricks.sliding_window_view(whole, 44100)[:: round(0.1 * 22050)]
    waveforms, starts, _, rest_s = windows_of(sound, rate, hop_seconds=0.1)
    assert np.array_equal(waveforms, wanted)
    assert len(starts) > 2 * 64
    assert rest_s == (len(whole) - (len(wanted) - 1) * 2205 - 44100) / 22050


def test_a_long_file_of_many_channels_takes_the_memory_of_some_seconds(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "long.wav", "w", 8000, 32, "PCM_16") as file:
        second = np.tile(tone(1, 8000)[:, np.newaxis], (1, 32))
        for _ in range(200):
            file.write(second)
    tracemalloc.start()
    batches = [len(batch.starts_s) for batch in sound_windows(tmp_path / "long.wav", 0.5, channel=31)]
    _, most_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert batches == [64] * 6 + [13]
    # The file is 205 MB in float32, its windows together are 70 MB; 64 of them are 11 MB, held once or twice.
    assert most_bytes < 50e6


@pytest.mark.parametrize(
    ("sound", "message"),
    [
        ((np.ones((44100, 2)), 22050), r"samples: found float64 \[44100, 2\], wanted real numbers \[n\]"),
        ((np.ones(9) * 1j, 22050), r"samples: found complex128"),
        (np.ones(44100), r"found ndarray, wanted a file or the pair \(samples, rate_hz\)"),
        ((np.ones(44100), 0), "found 0 Hz, wanted 1000 to 2000000 Hz"),
        ((np.zeros(0), 22050), r"found silence in all windows \(1; 0.0 s"),
        ((np.r_[np.zeros(44100), np.ones(22050)], 22050), r"found silence in all windows \(1; 1.0 s after them"),
        ((np.r_[np.ones(30000), np.nan], 22050), r"found samples that are not finite at 1\.\d\d s, wanted none"),
    ],
)
def test_samples_that_cannot_be_used_are_told(sound: Any, message: str) -> None:
    with pytest.raises(AcousticImagesError, match=message):
        list(sound_windows(sound))


@pytest.mark.parametrize("hop_seconds", [float("nan"), float("inf"), -1.0, 0.0, 1e-6])
def test_a_hop_that_is_none_is_refused(hop_seconds: float) -> None:
    with pytest.raises(AcousticImagesError, match=r"hop_seconds: found .*, wanted seconds above 0"):
        list(sound_windows((tone(2, 22050), 22050), hop_seconds))


def test_a_classifier_is_three_lines_away(student: Path) -> None:
    sounds = [(tone(2, 22050, hertz) + 1e-3 * np.random.default_rng(n).standard_normal(44100), 22050)
              for n, hertz in enumerate((300, 310, 3000, 3100))]  # fmt: skip
    classifier = make_pipeline(AudioFeatures(student), KNeighborsClassifier(1)).fit(
        sounds, ["low", "low", "high", "high"]
    )
    assert classifier.predict([(tone(2, 22050, 305), 22050), (tone(2, 22050, 3050), 22050)]).tolist() == ["low", "high"]


def test_features_have_names_in_a_table(student: Path) -> None:
    scaled = make_pipeline(AudioFeatures(student), StandardScaler()).set_output(transform="pandas")
    table = scaled.fit_transform([(tone(2, 22050, hertz), 22050) for hertz in (300, 3000)])
    assert list(table.columns) == [f"f{number}" for number in range(128)]
    assert np.allclose(table.to_numpy().mean(axis=0), 0, atol=1e-5)


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    def heard(name: str, channel: int = 0) -> list[WindowBatch]:
        return list(sound_windows(tmp_path / name, channel=channel))

    with pytest.raises(AcousticImagesError, match=r"none\.wav: found no such file, wanted a sound"):
        heard("none.wav")
    (tmp_path / "x.wav").write_bytes(b"nothing")
    with pytest.raises(AcousticImagesError, match=r"x\.wav: found no readable sound"):
        heard("x.wav")
    soundfile.write(tmp_path / "y.wav", np.zeros(9000), 9000)
    with pytest.raises(AcousticImagesError, match=r"y\.wav: found silence in all windows"):
        heard("y.wav")
    with pytest.raises(AcousticImagesError, match=r"y\.wav: found 1 channels, wanted channel 3"):
        heard("y.wav", channel=3)


def embed_command(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evaluation.embed_main", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_command_writes_one_row_a_window_and_leaves_out_what_it_cannot_use(student: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a,1.wav", tone(4.5, 8000), 8000)
    soundfile.write(tmp_path / "b.wav", tone(1.0, 48000), 48000)
    soundfile.write(tmp_path / "silent.wav", np.zeros(9000), 9000)
    (tmp_path / "c.wav").write_bytes(b"nothing")
    a, b, silent, c = (str(tmp_path / name) for name in ("a,1.wav", "b.wav", "silent.wav", "c.wav"))
    done = embed_command(f"--model={student}", "--input", a, silent, c, b, f"--output={tmp_path}/f.csv")
    assert done.returncode == 1, done.stderr
    assert "3 windows of 2 files, 128 features each (left out: 0 silent windows, 0.5 s at the ends" in done.stdout
    assert "fill no window, 2 files)" in done.stdout
    reasons = [line for line in done.stderr.splitlines() if line.startswith("left out: ")]
    assert [reason.split(": ")[1] for reason in reasons] == [silent, c]
    table = pd.read_csv(tmp_path / "f.csv")
    assert table["file"].tolist() == [a] * 2 + [b]
    assert table["start_s"].tolist() == [0, 2, 0]
    assert list(table.columns) == ["file", "start_s", *(f"f{n}" for n in range(128))]
    done = embed_command(f"--model={student}", "--input", a, "--input", b, f"--output={tmp_path}/f.parquet")
    assert done.returncode == 0, done.stderr
    assert np.allclose(pd.read_parquet(tmp_path / "f.parquet")["f0"], table["f0"], atol=1e-6)
    done = embed_command(f"--model={student}", "--input", silent, f"--output={tmp_path}/g.csv")
    assert done.returncode == 2
    assert done.stderr.endswith("error: input: found no usable file among 1, wanted at least one\n")
    assert not (tmp_path / "g.csv").exists()
