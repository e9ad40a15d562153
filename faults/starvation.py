"""A build without room or rights, with files that go away, a second writer, a worker that dies: told, and resumable.

Each case disturbs a build once, wants the documented exit status and one clear line, then calls the same
command again without the disturbance and wants the undisturbed result. What a build can be disturbed by before it
begins stands in `disturbed_builds.py`.
"""

import itertools
import json
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.command_line import EXIT_UNUSABLE_INPUT
from common.errors import AcousticImagesError
from common.folder_lock import LOCK_FILE
from faults.children import (
    build_flags,
    build_small,
    content_of,
    end,
    finish,
    has_locked,
    start,
    start_build,
    wait_for,
    workers_of,
    wrong_end,
)
from faults.outcome import Outcome
from faults.small_files import write_recordings

_PATIENCE_WITH_ALL_S = 7200.0
_ROOMS_LEFT_BYTES = (0, 2**18, 2**20, 2**22)


@dataclass(frozen=True)
class Place:
    """A dataset to build and the result that is wanted of it."""

    raw: Path
    folder: Path
    wanted: dict[str, bytes]

    def resumed(self, output: Path) -> list[str]:
        """Build undisturbed, in this process, compare, and remove the result; return what is wrong."""
        build_small(self.raw, output)
        same = content_of(output) == self.wanted
        shutil.rmtree(output)
        return [] if same else ["the resumed build differs from the undisturbed one"]


def run(scale: float, seed: int) -> list[Outcome]:
    """Try every case once, of full disks as large a part as `scale`."""
    with tempfile.TemporaryDirectory(prefix="starvation-") as scratch:
        folder = Path(scratch)
        # Whoever is nobody must be able to come here, and no further.
        folder.chmod(0o755)
        place = prepare(folder)
        return [
            *disturbed_before(folder, scale, seed),
            _case("recording vanishes during the build", place, _vanishing),
            _case("recording changes during the build", place, _changing),
            _case("two builds on one folder", place, two_builds),
            _case("worker process killed, as the kernel does for lack of memory", place, killed_worker),
            _starved_workers(place),
        ]


def prepare(folder: Path) -> Place:
    """Write recordings, and build them undisturbed."""
    raw = write_recordings(folder / "raw", per_class=4)
    build_small(raw, folder / "whole")
    return Place(raw, folder, content_of(folder / "whole"))


def _case(name: str, place: Place, disturb: Callable[[Place], Sequence[str]]) -> Outcome:
    return Outcome("starved and disturbed", name, 1, tuple(disturb(place)))


def disturbed_before(folder: Path, scale: float, seed: int) -> list[Outcome]:
    """Return what a process of its own finds, which forks as none may that has computed with TensorFlow."""
    raw, output = write_recordings(folder / "small", seconds=2), folder / "disturbed" / "data"
    output.parent.mkdir(mode=0o755)
    flags = (*build_flags(raw, output, workers=1), f"--part={scale}", f"--draw={seed}")
    status, printed = end(start("faults.disturbed_builds_main", *flags), _PATIENCE_WITH_ALL_S)
    if status != 0:
        raise AcousticImagesError(f"{output}: found exit status {status}, wanted 0: {printed[-500:]}")
    found = next(line for line in printed.splitlines() if line.startswith("["))
    return [Outcome(**{**fields, "lost": tuple(fields["lost"])}) for fields in json.loads(found)]


def _vanishing(place: Place) -> Sequence[str]:
    return _with_recording(place, lambda path: path.unlink())


def _changing(place: Place) -> Sequence[str]:
    return _with_recording(place, lambda path: path.write_bytes(path.read_bytes()[:-10000]))


def _with_recording(place: Place, spoil: Callable[[Path], object]) -> Sequence[str]:
    """Spoil the last recording while the build is at its first ones; then put it back."""
    output, path = place.folder / "spoiled", sorted(place.raw.glob("*.wav"))[-1]
    content = path.read_bytes()
    child = start_build(place.raw, output, workers=1)
    wait_for(child, lambda: has_locked(output, child))
    spoil(path)
    wrong = wrong_end("spoiled recording", end(child), EXIT_UNUSABLE_INPUT, path.name)
    path.write_bytes(content)
    return [*wrong, *place.resumed(output)]


def two_builds(place: Place) -> Sequence[str]:
    """Start a second build while one is at work; return what was lost."""
    output = place.folder / "twice"
    first = start_build(place.raw, output)
    wait_for(first, lambda: has_locked(output, first))
    # It waits, so that the second one comes while it is at work however fast it is.
    first.send_signal(signal.SIGSTOP)
    second = end(start_build(place.raw, output))
    first.send_signal(signal.SIGCONT)
    wrong = wrong_end("second build", second, EXIT_UNUSABLE_INPUT, f"number {first.pid}")
    finish(first)
    return [*wrong, *place.resumed(output)]


def killed_worker(place: Place) -> Sequence[str]:
    """Kill a worker process of a build; return what was lost."""
    output = place.folder / "worker"
    child = start_build(place.raw, output)
    wait_for(child, lambda: has_locked(output, child) and bool(workers_of(child)))
    os.kill(workers_of(child)[0], signal.SIGKILL)
    wrong = wrong_end("killed worker", end(child), EXIT_UNUSABLE_INPUT, "a worker process died")
    return [*wrong, *place.resumed(output)]


def _starved_workers(place: Place) -> Outcome:
    """Leave workers little more memory than they have: as they begin, and once they are at their first windows."""
    lost: list[str] = []
    failed = 0
    for moment, room in itertools.product((LOCK_FILE, "spool/*"), _ROOMS_LEFT_BYTES):
        output = place.folder / "starved"
        ended = _build_starved(place.raw, output, moment, room)
        if ended[0] != 0:
            failed += 1
            lost += wrong_end(f"workers with room for {room} bytes", ended, EXIT_UNUSABLE_INPUT, "memory")
        lost += place.resumed(output)
    if not failed:
        lost.append("every build had memory enough")
    tried = 2 * len(_ROOMS_LEFT_BYTES)
    remarks = f"{failed} ended for it, the others got through"
    return Outcome("starved and disturbed", "worker processes that get no more memory", tried, tuple(lost), remarks)


def _build_starved(raw: Path, output: Path, moment: str, room: int) -> tuple[int, str]:
    """Build with workers that get `room` bytes more from when there is a file of the pattern `moment`."""
    child = start_build(raw, output)
    wait_for(child, lambda: any(output.glob(moment)) and bool(workers_of(child)))
    for worker in workers_of(child):
        size = int(Path(f"/proc/{worker}/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        resource.prlimit(worker, resource.RLIMIT_AS, (size + room, size + room))
    return end(child)
