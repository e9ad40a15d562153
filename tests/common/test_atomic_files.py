"""A file is whole under its final name, or not there."""

import errno
from pathlib import Path

import pytest

from common.atomic_files import atomic_path, write_json


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "manifest.json"
    write_json(target, {"version": 1})
    with pytest.raises(RuntimeError), atomic_path(target) as partial:
        partial.write_text("half of")
        raise RuntimeError
    assert target.read_text() == '{\n  "version": 1\n}\n'
    assert list(tmp_path.iterdir()) == [target]


def test_a_write_without_room_tells_the_file_and_another_error_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"No space.*/a\.bin'$"), atomic_path(tmp_path / "a.bin"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(OSError, match=r"error$"), atomic_path(tmp_path / "a.bin"):
        raise OSError(errno.EIO, "Input/output error")


def test_the_temporary_name_keeps_the_suffix(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "new" / "weights.npz") as partial:
        assert partial.suffix == ".npz"
        partial.write_bytes(b"1")
    assert (tmp_path / "new" / "weights.npz").read_bytes() == b"1"


def test_not_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", float("nan"))
    assert not (tmp_path / "a.json").exists()
