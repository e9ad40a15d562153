"""Builds without room, without rights, with a second writer, without a worker: the campaigns' cases, a few of each."""

import builtins
import io
import os
from pathlib import Path

import pytest

from common.atomic_files import write_text
from faults import starvation
from faults.full_disk import FullDisk

_REPLACED = ("write", "fsync", "replace", "mkdir", "open")


def test_builds_disturbed_before_they_begin_are_told_and_resumed(tmp_path: Path) -> None:
    outcomes = starvation.disturbed_before(tmp_path, 0.03, seed=1)
    assert [line for one in outcomes for line in one.lost] == []
    at_each_call, limits, sizes, rights, clock = (one.tried for one in outcomes)
    assert (at_each_call, limits, rights, clock) == (3, 1, 3, 3)
    assert sizes in (0, 2)


def test_a_second_build_and_a_killed_worker_are_told_and_nothing_is_lost(tmp_path: Path) -> None:
    place = starvation.prepare(tmp_path)
    assert [*starvation.two_builds(place), *starvation.killed_worker(place)] == []


@pytest.mark.parametrize(
    ("full_at", "failed", "kept"),
    [
        (1, "open ", []),
        (2, "write ", []),
        (3, "fsync ", []),
        (4, "replace ", []),
        (5, "fsync .", ["a"]),
        (6, "open b", ["a"]),
        (7, "write b", ["a", "b"]),
    ],
)
def test_a_disk_is_full_at_one_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full_at: int, failed: str, kept: list[str]
) -> None:
    for module, name in [(builtins, "open"), (io, "open"), *((os, name) for name in dir(os) if name in _REPLACED)]:
        monkeypatch.setattr(module, name, getattr(module, name))
    told: list[str] = []
    FullDisk(tmp_path, full_at, told.append).install()
    with pytest.raises(OSError, match="No space left"):
        write_text(tmp_path / "a", "12345678")
        with open(tmp_path / "b", "wb") as file:
            file.write(b"12345678")
    monkeypatch.undo()
    assert told[0].startswith(failed)
    assert sorted(path.name for path in tmp_path.iterdir()) == kept
    assert "b" not in kept or (tmp_path / "b").read_bytes() == b"1234"
