"""Builds in forks of one process, each disturbed before it begins: a full disk, no rights, a clock that steps.

The forks share the imports, which take a command its first seconds, so that a build can be tried at each of its
moments. The process that forks must not compute with TensorFlow itself: its threads would be missing in the forks.
"""

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from common import command_line
from common.atomic_files import is_partial_file
from common.command_line import EXIT_UNUSABLE_INPUT
from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json
from data_prep import make_tfrecords_main
from data_prep.sources import changed_sources
from faults.children import PATIENCE_S, content_of, give_up_root, limit_files, torn_shards, wrong_end
from faults.full_disk import FullDisk
from faults.outcome import Outcome

CAMPAIGN = "starved and disturbed"
LIMITS_AT_FULL_SCALE, SIZES_AT_FULL_SCALE = 20, 10
_FULL = "full: "
_DAY_S = 86400
# Half way through the small recordings: some are spooled, none is in a shard.
_HALF_WAY = 40


@dataclass(frozen=True)
class Place:
    """A dataset to build: its recordings and folder, those that the flags of this process name, and what is wanted.

    The folder above that of the dataset is the campaign's as well.
    """

    raw: Path
    output: Path
    wanted: dict[str, bytes]

    def resumed(self) -> list[str]:
        """Build undisturbed, compare, and remove the result; return what is wrong."""
        return [f"called again: {line}" for line in _through(self, *build())]

    def half_written(self) -> list[str]:
        """Return a line for each file that the disturbed build left behind and that is not whole."""
        torn = torn_shards(self.output)
        for path in sorted(self.output.rglob("*")):
            name = path.relative_to(self.output).as_posix()
            if is_partial_file(path):
                torn.append(f"{name} was left behind")
            elif name in self.wanted and path.read_bytes() != self.wanted[name]:
                torn.append(f"{name} is not whole")
            elif path.suffix == ".json":
                torn += _broken_seal(path)
        return torn


def build(prepare: Callable[[], object] = lambda: None) -> tuple[int, str]:
    """Build with the flags of this process, in a fork in which `prepare` is called first.

    Returns
    -------
    int, str
        Exit status, negative for a signal, and all that was printed.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _become_command(writing, prepare)
    os.close(writing)
    with open(reading, encoding="utf-8", errors="replace") as printed:
        text = printed.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def _become_command(output: int, prepare: Callable[[], object]) -> None:
    status = 1
    try:
        os.dup2(output, sys.stdout.fileno())
        os.dup2(output, sys.stderr.fileno())
        signal.alarm(round(PATIENCE_S))
        prepare()
        command_line.run(make_tfrecords_main.main)
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def full_at_each_call(place: Place, every: int) -> Outcome:
    """Let each `every`-th call that takes room fail, one a build, until a build takes fewer."""
    lost: list[str] = []
    for number in itertools.count(1, every):
        status, printed = build(partial(_fill_at, place.output, number))
        failed = [line for line in printed.splitlines() if line.startswith(_FULL)]
        if not failed:
            lost += _through(place, status, printed)
            break
        lost += _after(place, f"call {number}, {failed[0]}", (status, printed), "No space left on device")
    tried = (number - 1) // every
    remarks = f"of {number - 1} calls: folder or file made, bytes written, flushed, renamed"
    return Outcome(CAMPAIGN, "the disk full at each call of a build that takes room", tried, tuple(lost), remarks)


def limited_files(place: Place, limits: int, generator: np.random.Generator) -> Outcome:
    """Let files be of a drawn length at most."""
    lost: list[str] = []
    largest = max(map(len, place.wanted.values()))
    for limit in generator.integers(0, largest, limits).tolist():
        ended = build(partial(limit_files, limit))
        lost += _after(place, f"files of at most {limit} bytes", ended, "File too large")
    return Outcome(CAMPAIGN, "no room for a file, limit drawn at random", limits, tuple(lost))


def growing_disk(place: Place, sizes: int) -> Outcome:
    """Build on a real file system that is too small, made larger after each try."""
    what = "a file system in memory that is too small, enlarged"
    most = 3 * sum(map(len, place.wanted.values()))
    disk = place.output.parent
    with _mounted(disk, most // sizes) as mounted:
        if not mounted:
            return Outcome(CAMPAIGN, what, 0, (), "not tried: no right to mount one here")
        lost: list[str] = []
        for number in range(1, sizes + 1):
            status, printed = build()
            if status == 0:
                break
            lost += wrong_end(f"{number} of {sizes}", (status, printed), EXIT_UNUSABLE_INPUT, "No space left on device")
            lost += place.half_written()
            _mount("-o", f"remount,size={most * (number + 1) // sizes}", str(disk))
        lost += _through(place, status, printed)
    return Outcome(CAMPAIGN, what, number - 1, tuple(lost), f"{number - 1} sizes too small, in one build resumed")


def read_only(place: Place) -> Outcome:
    """Build where there is no right to write: above the dataset, in one half built, in a finished one."""
    parent, lost = place.output.parent, []
    with _without_write(parent):
        lost += _after(place, "the folder above", build(give_up_root), "Permission denied", resume=False)
    build(partial(_fill_at, place.output, _HALF_WAY))
    with _without_write(place.output):
        lost += _after(place, "a dataset half built", build(give_up_root), "Permission denied", resume=False)
    lost += place.resumed()
    build()
    with _without_write(place.output):
        ended = build(give_up_root)
    lost += _through(place, *ended)
    return Outcome(CAMPAIGN, "no right to write: above the dataset, in a half one, in a finished one", 3, tuple(lost))


def stepping_clock(place: Place) -> Outcome:
    """Let the clock step by a day at each look, with recordings of the future and the past, one of them changed."""
    lost: list[str] = []
    files = sorted(place.raw.glob("*.wav"))
    for number, path in enumerate(files):
        _set_time(path, (-1) ** number * 40 * 365)
    build(partial(_step_and_fill, place.output))
    lost += _through(place, *build(_let_the_clock_step))
    # The first recording, which is spooled by then, gets another content of the same length and a time before.
    build(partial(_step_and_fill, place.output))
    content = files[0].read_bytes()
    files[0].write_bytes(content[:-100] + bytes(100))
    _set_time(files[0], -41 * 365)
    resumed = content_of(place.output) if build(_let_the_clock_step)[0] == 0 else {}
    shutil.rmtree(place.output, ignore_errors=True)
    build()
    if resumed != content_of(place.output):
        lost.append("a recording changed under an earlier time, and the resumed build kept what it had of it")
    # Under the very time that it had, only its hash tells.
    state = files[0].stat()
    files[0].write_bytes(content)
    os.utime(files[0], ns=(state.st_atime_ns, state.st_mtime_ns))
    if len(list(changed_sources(place.output, place.raw))) != 1:
        lost.append("a recording changed under the same time, and check_sources did not tell")
    shutil.rmtree(place.output)
    what = "clock steps by a day at each look, recordings from the future and the past, one changed meanwhile"
    return Outcome(CAMPAIGN, what, 3, tuple(lost))


def _after(place: Place, what: str, ended: tuple[int, str], words: str, resume: bool = True) -> list[str]:
    """Return what is wrong with how a build ended, with what it left behind, and with the one that follows."""
    lost = [*wrong_end(what, ended, EXIT_UNUSABLE_INPUT, words), *place.half_written()]
    return [f"{what}: {line}" for line in [*lost, *(place.resumed() if resume else [])]]


def _through(place: Place, status: int, printed: str) -> list[str]:
    """Return what is wrong with a build that had to get through; remove what it built."""
    found = content_of(place.output) if status == 0 else {}
    shutil.rmtree(place.output, ignore_errors=True)
    if status != 0:
        return [f"exit status {status}, wanted 0; printed {printed[-400:]!r}"]
    return [] if found == place.wanted else ["differs from the undisturbed build"]


def _broken_seal(path: Path) -> list[str]:
    try:
        read_sealed_json(path, "x")
    except AcousticImagesError as error:
        return [str(error)]
    return []


def _fill_at(output: Path, number: int) -> None:
    FullDisk(output, number, lambda call: print(f"{_FULL}{call}", file=sys.stderr, flush=True)).install()


def _step_and_fill(output: Path) -> None:
    _let_the_clock_step()
    _fill_at(output, _HALF_WAY)


def _let_the_clock_step() -> None:
    seconds, nanoseconds, signs = time.time, time.time_ns, itertools.cycle((1, -1))
    time.time = lambda: seconds() + next(signs) * _DAY_S
    time.time_ns = lambda: nanoseconds() + next(signs) * _DAY_S * 10**9


def _set_time(path: Path, days: int) -> None:
    moment = path.stat().st_mtime_ns + days * _DAY_S * 10**9
    os.utime(path, ns=(moment, moment))


@contextmanager
def _without_write(folder: Path) -> Iterator[None]:
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(mode)


@contextmanager
def _mounted(folder: Path, num_bytes: int) -> Iterator[bool]:
    """Mount a file system in memory; gives False where that is not allowed."""
    mounted = _mount("-t", "tmpfs", "-o", f"size={num_bytes}", "tmpfs", str(folder))
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*words: str) -> bool:
    try:
        return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
