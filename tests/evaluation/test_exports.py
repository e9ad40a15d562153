"""Exports hear what the training code hears, and say what they are."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from common.errors import AcousticImagesError
from evaluation import exports
from evaluation.audio_features import embed
from models import hearing
from tests.evaluation.sound_students import sounds_of_an_array, write_student

ROOT = Path(__file__).parents[2]


def test_every_export_hears_an_arrays_sound_as_the_training_code_does(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    student, sounds = write_student(tmp_path / "run"), sounds_of_an_array()
    capfd.readouterr()
    *models, card = exports.export_student(student, tmp_path / "out", tuple(exports.FORMATS))
    printed = capfd.readouterr()
    # Nothing of what the converters say; a slow machine tells its progress.
    assert printed.out == ""
    assert [line for line in printed.err.splitlines() if not line.startswith("export: ")] == []
    in_training = hearing.load_hearing(student)
    for path, (_, read) in zip(models, exports.FORMATS.values(), strict=True):
        heard = read(path)(np.stack(list(sounds.values())))
        for features, (name, sound) in zip(heard, sounds.items(), strict=True):
            assert np.abs(features - embed((sound, 22050), in_training)[0]).max() < 1e-4, (path.name, name)
    text = card.read_text(encoding="utf-8")
    assert "| alpha | 0.5 |" in text
    assert all(path.name in text for path in models)


def test_exports_are_compared_over_sounds_that_leave_bins_to_rounding(tmp_path: Path) -> None:
    """Where bins that hold rounding only are made as loud as the others, no format agrees with another."""
    student = write_student(tmp_path / "run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing, "normalise", lambda x, mean, deviation: tf.math.divide_no_nan(x - mean, deviation))
        with pytest.raises(AcousticImagesError, match=r"hearnet\.tflite: found features off by"):
            exports.export_student(student, tmp_path / "out", ("tflite",))


def test_an_export_that_hears_otherwise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    student = write_student(tmp_path / "run")
    write, read = exports.FORMATS["tflite"]
    turned = {"tflite": (write, lambda path: lambda sounds: -read(path)(sounds))}
    monkeypatch.setattr(exports, "FORMATS", turned)
    with pytest.raises(AcousticImagesError, match=r"hearnet\.tflite: found features off by .*, wanted 1e-04 at most"):
        exports.export_student(student, tmp_path / "out", ("tflite",))
    with pytest.raises(AcousticImagesError, match="formats: found 'tape', wanted tflite"):
        exports.export_student(student, tmp_path / "out", ("tape",))


def test_the_network_of_the_repository_can_be_exported_as_the_readme_says(tmp_path: Path) -> None:
    *_, card = exports.export_student(ROOT / "pretrained/student", tmp_path / "out", ("tflite",))
    text = card.read_text(encoding="utf-8")
    assert "| preset | study |" in text
    assert "| epoch | task_loss | transfer_loss | validation_accuracy |" in text


def test_an_export_is_whole_or_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    student, out = write_student(tmp_path / "run"), tmp_path / "out"
    exports.export_student(student, out, ("tflite",))
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setattr(exports, "TOLERANCE", -1.0)
    with pytest.raises(AcousticImagesError, match="nothing is exported"):
        exports.export_student(student, out, ("tflite",))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.tex").touch()
    with pytest.raises(AcousticImagesError, match="mine: found other files, wanted an earlier export"):
        exports.export_student(student, tmp_path / "mine", ("tflite",))


def test_the_command_refuses_a_folder_without_a_run(tmp_path: Path) -> None:
    words = [f"--model={tmp_path}", f"--output={tmp_path}/out"]
    command = [sys.executable, "-m", "evaluation.export_main", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stdout) == (2, "")
    assert "found no such file, wanted a finished run" in done.stderr
