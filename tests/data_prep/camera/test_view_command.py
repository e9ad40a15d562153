"""The command's own complaints."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def test_what_is_no_recording_is_one_line_with_status_2(tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="requirements-view.txt is not installed")
    words = [sys.executable, "-m", "data_prep.view_main", f"--recording={tmp_path}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path}: found no dataset.yaml there or above")
    assert len(done.stderr.splitlines()) == 1
