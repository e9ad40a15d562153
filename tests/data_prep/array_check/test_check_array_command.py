"""From three files to a checked dataset, by the commands that a user calls."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from data_prep.layouts import open_dataset
from tests.data_prep.array_check import claps

ROOT = Path(__file__).parents[3]


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", f"data_prep.{module}", *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)


def describe(files: Path, output: Path, *others: str) -> subprocess.CompletedProcess[str]:
    sound = [f"--audio={files}/audio.wav", f"--geometry={files}/microphones.csv", f"--output={output}"]
    return run("describe_array_main", *sound, *others)


@pytest.mark.slow
def test_three_files_become_a_dataset_that_is_checked(tmp_path: Path) -> None:
    files, raw, report = tmp_path / "files", tmp_path / "raw", tmp_path / "report"
    claps.write_recording(files, claps.swapped(claps.sound(), 3, 11), claps.each(claps.pictures(), np.fliplr))
    for arguments in (
        ["--class_name=clap", f"--video={files}/video.mp4"],
        ["--class_name=drone", "--video_offset_s=0.25"],
    ):
        done = describe(files, raw, *arguments)
        assert done.returncode == 0, done.stderr
    assert f"recording drone/000 added ({files}/audio.wav); next: make check-array" in done.stdout
    dataset = open_dataset(raw)
    assert [recording.name for recording in dataset.recordings] == ["clap/000", "drone/000"]
    assert dataset.class_names == ("clap", "drone")
    assert [files.video_offset_s for files in dataset.files.values()] == [0.0, 0.25]
    other = describe(files, raw, "--class_name=clap", "--video_orientation=turned by 180 degrees")
    assert other.returncode == 2
    assert "video_orientation: found None, wanted turned by 180 degrees" in other.stderr
    checked = run("check_array_main", f"--raw={raw}", "--recording=clap/000", f"--output={report}")
    assert checked.returncode == 1, checked.stderr
    assert "channels 3 and 11 are swapped" in checked.stdout
    assert "mirrored left to right" in checked.stdout
    told = json.loads((report / "clap" / "000.json").read_text())
    assert [verdict["status"] for verdict in told["verdicts"]] == ["ok", "problem", "ok", "ok", "problem"]
    assert told["microphones"][3]["fits_microphone"] == 11
    heard = told["heard_from"]
    assert len(heard) == len(claps.TIMES_S)
    for number, one in enumerate(heard):
        assert (one["azimuth_deg"], one["elevation_deg"]) == pytest.approx(claps.PLACES[number % 7], abs=1.0)
        assert one["time_s"] == pytest.approx(claps.TIMES_S[number], abs=0.02)
    picture = cv2.imread(str(report / "clap" / "000.png"))
    assert picture is not None
    assert min(picture.shape[:2]) > 500


def test_a_recording_that_does_not_fit_the_geometry_is_not_listed(tmp_path: Path) -> None:
    files, raw = tmp_path / "files", tmp_path / "raw"
    claps.write_recording(files, claps.sound()[:30000, :20], claps.pictures()[:50])
    done = describe(files, raw, "--class_name=clap")
    assert done.returncode == 2
    assert "found 20 channels, wanted 24" in done.stderr
    assert not raw.exists()
