"""Simulated claps: the check hears them where they were put, and finds what is wrongly told of them."""

import re
from pathlib import Path

import pytest

from data_prep.array_check.measurements import measure
from data_prep.array_check.verdicts import PROBLEM, verdicts_of
from data_prep.audio_files import open_audio
from data_prep.layouts.array import open_dataset
from data_prep.layouts.array_writing import CameraKeys, NewRecording, add_recording
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.claps import write_claps


@pytest.mark.slow
def test_what_is_wrongly_told_of_simulated_claps_is_found_and_to_be_taken_back(tmp_path: Path) -> None:
    count = write_claps(tmp_path, seconds=10, seed=0)
    recording = NewRecording("clap", tmp_path / "clap.wav", tmp_path / "clap.mp4", video_offset_s=0.3)
    camera = CameraKeys(60.0, video_orientation="turned by 180 degrees")
    name = add_recording(tmp_path / "raw", recording, tmp_path / "microphones.csv", camera)
    dataset = open_dataset(tmp_path / "raw", SignalParameters(), None)
    audio = open_audio(dataset.files[name].audio, None, None)
    assert dataset.geometry is not None
    found = measure(audio, dataset.video(name), dataset.geometry, dataset.parameters)
    assert len(found.hearing.heard_from()) == count
    told = {verdict.check: verdict.text for verdict in verdicts_of(found) if verdict.status == PROBLEM}
    assert set(told) == {"sound and video", "picture"}
    assert "`video_orientation: as it is`" in told["picture"]
    (offset_s,) = re.findall("`video_offset_s: (.*?)`", told["sound and video"])
    assert float(offset_s) == pytest.approx(0, abs=0.02)
