"""The front door: `make help`, a wrong Python, and targets that name real commands."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Call make as from a fresh shell: under `make test` it would speak of the make around it."""
    shell = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *words], cwd=folder, env=shell, capture_output=True, text=True, check=False)


def test_help_lists_the_users_targets() -> None:
    listed = make(ROOT, "help").stdout
    for target in (
        "check-array",
        "tfrecords",
        "train-teacher",
        "train-student",
        "eval",
        "export",
        "verify",
        "conformance",
        "demo",
        "clean",
        "view",
    ):
        assert re.search(rf"^  {target} +\w", listed, re.MULTILINE), target
    assert "VERBOSE=1 shows" in listed


def test_another_python_is_refused_in_one_line(tmp_path: Path) -> None:
    for path in (ROOT / "Makefile", *ROOT.glob("requirements*.txt")):
        shutil.copy(path, tmp_path / path.name)
    done = make(tmp_path, "setup", "PYTHON=false")
    assert done.returncode == 2
    assert done.stdout.splitlines() == [
        "error: false is not Python 3.11, which the pinned TensorFlow 2.15 needs; call make PYTHON=/path/to/python3.11"
    ]
    assert not (tmp_path / ".venv").exists()


def test_a_misspelt_variable_is_refused_not_ignored() -> None:
    done = make(ROOT, "--dry-run", "tfrecords", "RWA=somewhere")
    assert done.returncode == 2
    assert "found the variable RWA, wanted RAW.  Stop." in done.stderr
    assert "wanted one of ALPHA BEAM_ARGS" in make(ROOT, "--dry-run", "tfrecords", "COLOUR_OF_MONEY=green").stderr
    assert make(ROOT, "--dry-run", "tfrecords", "RAW=somewhere", "VERBOSE=1").returncode == 0


def test_every_command_of_the_makefile_exists() -> None:
    modules = re.findall(r"-m ([\w.]+_main)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert len(modules) >= 7
    assert all(importlib.util.find_spec(module) for module in modules)


def test_the_readme_stays_short_and_names_what_it_should() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 200
    for name in ("LICENSE", "CITATION.cff", "CHANGELOG.md", "VERBOSE=1", "make view", "make setup", "make test"):
        assert name in text, name


def test_requirements_are_pinned_exactly() -> None:
    for path in ROOT.glob("requirements*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[\w.\-\[\]]+==[\w.]+", line), f"{path.name}: {line}"


def test_the_requirements_for_gpus_are_the_others_but_for_tensorflow_itself() -> None:
    def lines(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return {line for line in text.splitlines() if not line.startswith("#")}

    assert lines("requirements.txt") ^ lines("requirements-gpu.txt") == {
        "tensorflow==2.15.1",
        "tensorflow[and-cuda]==2.15.1",
    }
