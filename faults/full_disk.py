"""A disk that is full at one call: the n-th that takes room for a file fails as the kernel would let it fail.

Counted is what a file system may refuse for lack of room: to make a folder or a file, to write, to flush, to rename.
"""

import builtins
import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


class FullDisk:
    """Counts the calls of this process that take room below a folder, and lets one of them fail.

    Parameters
    ----------
    folder : Path
        Whose disk it is; calls for files elsewhere are left alone.
    full_at : int
        Which call fails, from 1.
    tell : callable
        Called with what failed, before it fails.
    """

    def __init__(self, folder: Path, full_at: int, tell: Callable[[str], object]) -> None:
        self._folder, self._full_at, self._tell = os.path.abspath(folder), full_at, tell
        self._calls = 0

    def install(self) -> None:
        """Put counted calls in the place of this process' own, for good."""
        for name in ("write", "fsync"):
            setattr(os, name, self._of_descriptor(name, getattr(os, name)))
        self._replace("replace", lambda path, *_: True)
        self._replace("mkdir", lambda path, *_: not os.path.exists(path))
        self._replace("open", lambda path, flags, *_: bool(flags & os.O_CREAT))
        # `pathlib` opens by the one name, everything else by the other.
        builtins.open = io.open = self._opened(builtins.open)

    def take(self, call: str, path: Any) -> None:
        """Count a call; raises OSError when it is the one that fails."""
        place = os.path.relpath(os.path.abspath(os.fspath(path)), self._folder)
        if place.startswith(os.pardir):
            return
        self._calls += 1
        if self._calls == self._full_at:
            self._tell(f"{call} {place}")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _replace(self, name: str, takes_room: Callable[..., bool]) -> None:
        real = getattr(os, name)

        def counted(path: Any, *arguments: Any, **named: Any) -> Any:
            if takes_room(path, *arguments):
                self.take(name, path)
            return real(path, *arguments, **named)

        setattr(os, name, counted)

    def _of_descriptor(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(descriptor: int, *arguments: Any) -> Any:
            self.take(name, os.readlink(f"/proc/self/fd/{descriptor}"))
            return real(descriptor, *arguments)

        return counted

    def _opened(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(file: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            if isinstance(file, int) or not set(mode) & set("wax+"):
                return real(file, mode, *arguments, **named)
            self.take("open", file)
            binary = io.BufferedWriter(_CountedFile(self, os.fspath(file), mode.replace("b", "")))
            return binary if "b" in mode else io.TextIOWrapper(binary, named.get("encoding"))

        return counted


class _CountedFile(io.FileIO):
    """A file whose writes are counted."""

    def __init__(self, disk: FullDisk, path: str, mode: str) -> None:
        super().__init__(path, mode)
        self._disk, self._path = disk, path

    def write(self, content: Any) -> int:
        """Write; when the disk is full, the first half, as a kernel does before it refuses the rest."""
        try:
            self._disk.take("write", self._path)
        except OSError:
            super().write(memoryview(content)[: len(content) // 2])
            raise
        return super().write(content)
