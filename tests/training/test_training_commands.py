import os
import subprocess
import sys
from pathlib import Path

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


def test_bad_input_is_one_line_and_status_two(tmp_path: Path) -> None:
    run = tmp_path / "run"
    done = command("train_student_main", f"--data={tmp_path}", f"--run={run}", "--alpha=1.5", "--teacher=t")
    assert (done.returncode, done.stderr) == (2, "error: alpha: found 1.5, wanted in [0, 1]\n")
    assert not run.exists()
