"""Own sounds without an array: windows, features equal to the training code's, and files that cannot be used."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from common.errors import AcousticImagesError
from evaluation.audio_features import AudioFeatures
from evaluation.sound_windows import cut_windows, read_windows
from models.audio_visual import audio_vector_from_hearnet
from models.network_inputs import network_inputs
from models.saved_networks import build_networks
from tests.evaluation.sound_students import DEVIATION, MEAN, SEED, tone, write_student

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_student(tmp_path_factory.mktemp("student"))


def test_features_are_those_of_the_training_code(student: Path) -> None:
    sound = np.random.default_rng(0).standard_normal(3 * 44100)
    windows, features = AudioFeatures(student).windows_of((sound, 22050))
    inputs = network_inputs({"waveform": windows.waveforms}, MEAN.astype(np.float32), DEVIATION.astype(np.float32))
    wanted = audio_vector_from_hearnet(build_networks("student", seed=SEED)["hearnet"](inputs["spectrogram"]))
    assert np.allclose(features, wanted, atol=1e-4)
    assert windows.starts_s.tolist() == [0, 2, 4]
    assert np.allclose(np.linalg.norm(features, axis=1), 1, atol=1e-5)


def test_loudness_and_format_do_not_matter(student: Path, tmp_path: Path) -> None:
    names = ("a.wav", "b.flac", "c.ogg", "d.mp3")
    for name, scale in zip(names, (1.0, 0.1, 1.0, 1.0), strict=True):
        soundfile.write(tmp_path / name, scale * tone(2.5, 44100), 44100)
    features = AudioFeatures(student).transform([tmp_path / name for name in names])
    assert features.shape == (4, 128)
    assert features[0] @ features[1] > 0.999
    assert features[0] @ features[2] > 0.9
    assert features[0] @ features[3] > 0.9


def test_short_sounds_are_padded_long_ones_hopped_and_silence_left_out() -> None:
    assert cut_windows(tone(0.5, 16000), 16000).waveforms.shape == (1, 44100)
    assert cut_windows(tone(5.0, 16000), 16000, hop_seconds=1.0).starts_s.tolist() == [0, 1, 2, 3]
    half_silent = np.concatenate([tone(2.0, 22050), np.zeros(44100)])
    windows = cut_windows(half_silent, 22050)
    assert (windows.starts_s.tolist(), windows.num_silent, windows.rest_s) == ([0], 1, 0)
    assert cut_windows(tone(5.0, 22050), 22050).rest_s == 1.0


def test_a_classifier_is_three_lines_away(student: Path) -> None:
    sounds = [(tone(2, 22050, hertz) + 1e-3 * np.random.default_rng(n).standard_normal(44100), 22050)
              for n, hertz in enumerate((300, 310, 3000, 3100))]  # fmt: skip
    classifier = make_pipeline(AudioFeatures(student), KNeighborsClassifier(1)).fit(
        sounds, ["low", "low", "high", "high"]
    )
    assert classifier.predict([(tone(2, 22050, 305), 22050), (tone(2, 22050, 3050), 22050)]).tolist() == ["low", "high"]


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match=r"none\.wav: found no such file, wanted a sound"):
        read_windows(tmp_path / "none.wav")
    (tmp_path / "x.wav").write_bytes(b"nothing")
    with pytest.raises(AcousticImagesError, match=r"x\.wav: found no readable sound"):
        read_windows(tmp_path / "x.wav")
    soundfile.write(tmp_path / "y.wav", np.zeros(9000), 9000)
    with pytest.raises(AcousticImagesError, match=r"y\.wav: found 9000 samples of silence"):
        read_windows(tmp_path / "y.wav")
    with pytest.raises(AcousticImagesError, match=r"found 1 channels, wanted channel 3"):
        read_windows(tmp_path / "y.wav", channel=3)


def test_the_command_writes_one_row_a_window(student: Path, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(4.5, 8000), 8000)
    soundfile.write(tmp_path / "b.wav", tone(1.0, 48000), 48000)
    words = [f"--model={student}", f"--output={tmp_path}/f.csv", "--input", f"{tmp_path}/a.wav", f"{tmp_path}/b.wav"]
    command = [sys.executable, "-m", "evaluation.embed_main", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert "3 windows of 2 files, 128 features each (left out: 0 silent windows, 0.5 s at the ends" in done.stdout
    table = pd.read_csv(tmp_path / "f.csv")
    done = subprocess.run(
        [word.replace("f.csv", "f.parquet") for word in command], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert np.allclose(pd.read_parquet(tmp_path / "f.parquet")["f0"], table["f0"], atol=1e-6)
    assert table["file"].tolist() == [f"{tmp_path}/a.wav"] * 2 + [f"{tmp_path}/b.wav"]
    assert list(table.columns) == ["file", "start_s", *(f"f{n}" for n in range(128))]
