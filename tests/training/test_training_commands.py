import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def command(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", f"training.{module}", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        ("train_student_main", ["--alpha=1.5", "--teacher=t"], "alpha: found 1.5, wanted in [0, 1]"),
        ("train_teacher_main", [], "manifest.json: found no manifest"),
    ],
)
def test_bad_input_is_one_line_and_status_two(tmp_path: Path, module: str, arguments: list[str], message: str) -> None:
    run = tmp_path / "run"
    done = command(module, f"--data={tmp_path}", f"--run={run}", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert [line for line in done.stderr.splitlines() if line.startswith("error:")] == done.stderr.splitlines()
    assert not run.exists()
