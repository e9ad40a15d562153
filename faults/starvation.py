"""A build without room or rights, with files that go away, a second writer, a worker that dies: told, and resumable.

Each case disturbs a build once, wants the documented exit status and one clear line, then calls the same
command again without the disturbance and wants the undisturbed result.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from common.command_line import EXIT_UNUSABLE_INPUT
from faults.children import (
    content_of,
    end,
    finish,
    give_up_root,
    has_locked,
    limit_files,
    start_build,
    wait_for,
    workers_of,
    wrong_end,
)
from faults.outcome import Outcome
from faults.small_files import write_recordings

LIMITS_AT_FULL_SCALE = 20
# Files of a build are up to this large; every limit below stops some write.
_LARGEST_FILE_BYTES = 700_000


@dataclass(frozen=True)
class _Place:
    """A dataset to build and the result that is wanted of it."""

    raw: Path
    folder: Path
    wanted: dict[str, bytes]

    def resumed(self, output: Path) -> list[str]:
        """Build undisturbed, compare, and remove the result; return what is wrong."""
        finish(start_build(self.raw, output))
        same = content_of(output) == self.wanted
        shutil.rmtree(output)
        return [] if same else ["the resumed build differs from the undisturbed one"]


def run(scale: float, seed: int) -> list[Outcome]:
    """Try every case once, and as many full disks as `scale` times `LIMITS_AT_FULL_SCALE`."""
    limits = max(1, round(scale * LIMITS_AT_FULL_SCALE))
    with tempfile.TemporaryDirectory(prefix="starvation-") as scratch:
        folder = Path(scratch)
        raw = write_recordings(folder / "raw", per_class=4)
        finish(start_build(raw, folder / "whole"))
        place = _Place(raw, folder, content_of(folder / "whole"))
        generator = np.random.default_rng(seed)
        return [
            _full_disk(place, [int(limit) for limit in generator.integers(0, _LARGEST_FILE_BYTES, limits)]),
            _case("folder without the right to write", place, _read_only),
            _case("recording vanishes during the build", place, _vanishing),
            _case("recording changes during the build", place, _changing),
            _case("two builds on one folder", place, _two_builds),
            _case("worker process killed, as for lack of memory", place, _killed_worker),
        ]


def _case(name: str, place: _Place, disturb: Callable[[_Place], Sequence[str]]) -> Outcome:
    return Outcome("starved and disturbed", name, 1, tuple(disturb(place)))


def _full_disk(place: _Place, limits: Sequence[int]) -> Outcome:
    lost: list[str] = []
    for limit in limits:
        output = place.folder / "full"
        child = start_build(place.raw, output, prepare=partial(limit_files, limit))
        lost += wrong_end(f"files of at most {limit} bytes", end(child), EXIT_UNUSABLE_INPUT, "File too large")
        lost += place.resumed(output)
    return Outcome("starved and disturbed", "no room for a file, limit drawn at random", len(limits), tuple(lost))


def _read_only(place: _Place) -> Sequence[str]:
    locked = place.folder / "locked"
    locked.mkdir(mode=0o555)
    child = start_build(place.raw, locked / "data", prepare=give_up_root)
    wrong = wrong_end("read-only folder", end(child), EXIT_UNUSABLE_INPUT, "Permission denied")
    locked.chmod(0o755)
    return [*wrong, *place.resumed(locked / "data")]


def _vanishing(place: _Place) -> Sequence[str]:
    return _with_recording(place, lambda path: path.unlink())


def _changing(place: _Place) -> Sequence[str]:
    return _with_recording(place, lambda path: path.write_bytes(path.read_bytes()[:-10000]))


def _with_recording(place: _Place, spoil: Callable[[Path], object]) -> Sequence[str]:
    """Spoil the last recording while the build is at its first ones; then put it back."""
    output, path = place.folder / "spoiled", sorted(place.raw.glob("*.wav"))[-1]
    content = path.read_bytes()
    child = start_build(place.raw, output, workers=1)
    wait_for(child, lambda: has_locked(output, child))
    spoil(path)
    wrong = wrong_end("spoiled recording", end(child), EXIT_UNUSABLE_INPUT, path.name)
    path.write_bytes(content)
    return [*wrong, *place.resumed(output)]


def _two_builds(place: _Place) -> Sequence[str]:
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


def _killed_worker(place: _Place) -> Sequence[str]:
    output = place.folder / "worker"
    child = start_build(place.raw, output)
    wait_for(child, lambda: has_locked(output, child) and bool(workers_of(child)))
    os.kill(workers_of(child)[0], signal.SIGKILL)
    wrong = wrong_end("killed worker", end(child), EXIT_UNUSABLE_INPUT, "a worker process died")
    return [*wrong, *place.resumed(output)]
