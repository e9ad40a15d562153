"""The referee passes on the authors' numbers, and fails when a number is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import AcousticImagesError
from conformance.checks import Check, vector_error, worst
from conformance.referee import CHECKS, run_checks

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.slow
def test_every_check_passes_on_the_public_fixtures() -> None:
    checks = list(run_checks(FIXTURES))
    assert len(checks) > 200
    assert [check.line() for check in checks if not check.passed] == []


def test_a_wrong_loss_is_told_and_ends_with_status_1(tmp_path: Path) -> None:
    content = json.loads((FIXTURES / "losses.json").read_text(encoding="utf-8"))
    case = next(iter(content["random"]))
    content["random"][case]["triplet_all"] *= 1.0001
    (tmp_path / "losses.json").write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-m", "models.conformance_main", "--fixtures", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert sum(line.startswith("FAIL") for line in done.stdout.splitlines()) == 1
    assert f"FAIL losses random {case}" in done.stdout


def test_other_seeds_may_bring_the_diagonal_in_place_of_all_pairs(tmp_path: Path) -> None:
    with np.load(FIXTURES / "vectors.npz", allow_pickle=False) as stored:
        whole = stored["HR_seed0_inference_av"]
    diagonal = whole[np.arange(6), np.arange(6)]
    np.savez(tmp_path / "vectors.npz", HR_seed0_inference_av_diag=diagonal)
    (check,) = run_checks(tmp_path)
    assert check.passed


def test_an_empty_folder_and_a_damaged_file_are_errors(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match="found no fixture, wanted any of"):
        list(run_checks(tmp_path))
    (tmp_path / "losses.json").write_text("{", encoding="utf-8")
    with pytest.raises(AcousticImagesError, match=r"losses\.json: found JSONDecodeError"):
        list(run_checks(tmp_path))


def test_not_a_number_fails() -> None:
    assert not Check("x", float("nan"), 1.0).passed
    assert not worst("x", [0.0, float("nan")], 1.0).passed
    assert not worst("nothing compared", [], 1.0).passed
    assert vector_error([1.0, 2.0], [1.0]) == float("inf")
    assert vector_error([1.0, 2.2], [1.0, 2.0]) == pytest.approx(0.1)


def test_every_fixture_kind_has_a_check() -> None:
    unread = {"data.json", "spectrogram.json", "README.md"}
    names = {path.name for path in FIXTURES.iterdir()} - unread
    assert all(any(Path(name).match(pattern) for pattern in CHECKS) for name in names)
