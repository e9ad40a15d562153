"""Recordings that are no longer what a dataset was built from: the check and how its command ends."""

import subprocess
import sys
from pathlib import Path

from data_prep.build import BuildConfig, build_dataset
from tests.data_prep.trees import write_array

ROOT = Path(__file__).parents[2]


def check(raw: Path, data: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "data_prep.check_sources_main", f"--raw={raw}", f"--data={data}"]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)


def test_a_changed_and_a_lost_file_are_status_1_and_a_dataset_without_hashes_status_2(tmp_path: Path) -> None:
    raw, data = write_array(tmp_path / "raw", per_class=3), tmp_path / "data"
    build_dataset(BuildConfig(raw, data))
    done = check(raw, data)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f" files are as {data} was built from; next: make verify DATA={data}\n")
    lost, changed = sorted(raw.rglob("*.wav"))[:2]
    lost.unlink()
    changed.write_bytes(changed.read_bytes()[:-1])
    done = check(raw, data)
    assert done.returncode == 1
    assert [line.split(", wanted")[0][:-64] for line in done.stderr.splitlines() if "SHA" in line] == [
        f"error: {changed}: found SHA-256 "
    ]
    assert f"error: {lost}: found no such file\n" in done.stderr
    assert f"{raw}: 2 of " in done.stdout
    (data / "sources.csv").unlink()
    done = check(raw, data)
    assert (done.returncode, done.stdout) == (2, "")
