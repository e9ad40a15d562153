"""The command's own complaints, and an attached array that stands in for the recording."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.data_prep.camera.scenes import write_recording

pytest.importorskip("aiohttp", reason="requirements-view.txt is not installed")

ROOT = Path(__file__).parents[3]
# What `sounddevice` is to the command: nothing that PortAudio is needed for.
WITHOUT_PORTAUDIO = "raise OSError('PortAudio library not found')"
WITH_A_DEVICE = "from tests.data_prep.camera.scenes import SimulatedDevice as InputStream"


def command(recording: Path, *others: str) -> list[str]:
    return [sys.executable, "-m", "data_prep.view_main", f"--recording={recording}", *others]


def with_sounddevice(folder: Path, source: str) -> dict[str, str]:
    """Return an environment in which `sounddevice` is this source."""
    folder.mkdir()
    (folder / "sounddevice.py").write_text(source + "\n", encoding="utf-8")
    return {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def test_what_is_no_recording_is_one_line_with_status_2(tmp_path: Path) -> None:
    done = subprocess.run(command(tmp_path), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path}: found no dataset.yaml there or above")
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_portaudio_is_one_line_with_status_2(tmp_path: Path) -> None:
    raw = write_recording(tmp_path / "raw", seconds=2, video=False)
    environment = with_sounddevice(tmp_path / "packages", WITHOUT_PORTAUDIO)
    words = command(raw, "--device=Array 24")
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: device: PortAudio library not found; install PortAudio (Debian: libportaudio2)\n"


@pytest.mark.slow
def test_a_device_is_served_until_it_is_interrupted(tmp_path: Path) -> None:
    raw = write_recording(tmp_path / "raw", seconds=2, video=False)
    environment = with_sounddevice(tmp_path / "packages", WITH_A_DEVICE)
    words = command(raw, "--device=Array 24")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, cwd=ROOT, env=environment, **pipes) as running:
        try:
            line = running.stdout.readline()
            assert line.startswith("device Array 24: open http://127.0.0.1:"), line
            with urllib.request.urlopen(f"{line.split()[4]}api/source", timeout=30) as answer:
                about = answer.read().decode()
            assert '"is_live": true' in about
            assert '"microphones": 24' in about
        finally:
            running.terminate()
        assert running.wait(timeout=30) == 0
        assert running.stderr.read() == ""
