"""A training without room or rights, with a second one in its folder, or asked to stop: told, and resumable.

Each case disturbs a training once, wants the documented exit status and one clear line, then calls the same command
again without the disturbance and wants the weights of a training that nobody disturbed, bit for bit.
"""

import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from common.command_line import EXIT_INTERRUPTED, EXIT_UNUSABLE_INPUT
from faults.children import give_up_root, limit_files, wrong_end
from faults.outcome import Outcome
from faults.training_marks import IN_STEP, IN_TEACHER, IN_VALIDATION
from faults.trainings import STUDENT, SUPERVISED, Training, same_weights, small_training_data

LIMITS_AT_FULL_SCALE = 20
# A checkpoint of the small training takes a little more: every limit below stops some write.
_LARGEST_FILE_BYTES = 38_000_000
_LONGEST_STOP_S = 10.0


@dataclass(frozen=True)
class _Place:
    """A dataset, a kind of run, and the folder of a run that nobody disturbed."""

    data: Path
    model: str
    folder: Path

    @property
    def whole(self) -> Path:
        """The undisturbed run."""
        return self.folder / "whole"

    def start(self, run: Path, *flags: str, prepare: Callable[[], None] | None = None) -> Training:
        """Start a training of two epochs."""
        return Training(self.data, run, f"--model={self.model}", "--epochs=2", *flags, prepare=prepare)

    def resumed(self, run: Path) -> list[str]:
        """Train undisturbed to the end, compare, and remove the run; return what is wrong."""
        self.start(run).finish()
        same = same_weights(run, self.whole)
        shutil.rmtree(run)
        return [] if same else ["other weights than those of the undisturbed run"]


def run(scale: float, seed: int) -> list[Outcome]:
    """Try every case once, a `scale`th of all writes, and `scale` times `LIMITS_AT_FULL_SCALE` full disks."""
    count = max(1, round(scale * LIMITS_AT_FULL_SCALE))
    limits = np.exp(np.random.default_rng(seed).uniform(0, np.log(_LARGEST_FILE_BYTES), count)).astype(int).tolist()
    with tempfile.TemporaryDirectory(prefix="training-starvation-") as scratch:
        folder = Path(scratch)
        data = small_training_data(folder)
        place, student = _Place(data, SUPERVISED, folder / SUPERVISED), _Place(data, STUDENT, folder / STUDENT)
        for one in (place, student):
            one.start(one.whole).finish()
        return [
            _full_disk(place, limits),
            _no_room_at_each_write(place, every=max(1, round(1 / scale))),
            _case("scalar log that cannot be written", _unwritable_log(place)),
            _case("run folder without the right to write", _read_only(place)),
            _case("two trainings in one folder", _two_trainings(place)),
            _stopped(place, IN_STEP),
            _stopped(place, IN_VALIDATION),
            _stopped(student, IN_TEACHER),
            _stopped(place, IN_STEP, comes_to_an_end=False),
        ]


def _case(what: str, lost: Sequence[str], tried: int = 1, remarks: str = "") -> Outcome:
    return Outcome("training starved and disturbed", what, tried, tuple(lost), remarks)


def _full_disk(place: _Place, limits: Sequence[int]) -> Outcome:
    lost: list[str] = []
    for limit in limits:
        run = place.folder / "full"
        ended = place.start(run, prepare=partial(limit_files, limit)).end()
        lost += wrong_end(f"files of at most {limit} bytes", ended, EXIT_UNUSABLE_INPUT, "File too large")
        lost += place.resumed(run)
    return _case("no room for a file, limit drawn at random", lost, len(limits))


def _no_room_at_each_write(place: _Place, every: int) -> Outcome:
    """Let the first flush to the disk fail, then a later one, until a run needs no more of them than that."""
    lost: list[str] = []
    number, tried = 1, 0
    while True:
        run = place.folder / "no-room"
        ended = place.start(run, f"--no_room={number}").end()
        if ended[0] == 0:
            return _case("no room at the n-th write", lost, tried, f"every {every}. of fewer than {number}")
        lost += wrong_end(f"no room at write {number}", ended, EXIT_UNUSABLE_INPUT, "No space left on device")
        lost += place.resumed(run)
        number, tried = number + every, tried + 1


def _unwritable_log(place: _Place) -> list[str]:
    run = place.folder / "log"
    run.mkdir()
    (run / "tensorboard").touch()
    wrong = wrong_end("scalar log", place.start(run).end(), EXIT_UNUSABLE_INPUT, "tensorboard: Not a directory")
    (run / "tensorboard").unlink()
    return [*wrong, *place.resumed(run)]


def _read_only(place: _Place) -> list[str]:
    run = place.folder / "locked"
    run.mkdir(mode=0o555)
    ended = place.start(run, prepare=give_up_root).end()
    wrong = wrong_end("read-only folder", ended, EXIT_UNUSABLE_INPUT, "Permission denied")
    run.chmod(0o755)
    return [*wrong, *place.resumed(run)]


def _two_trainings(place: _Place) -> list[str]:
    run = place.folder / "twice"
    # It waits, so that the second one comes while it is at work however fast it is.
    first = place.start(run, f"--hold={IN_STEP}")
    first.read_until(IN_STEP)
    second = place.start(run).end()
    wrong = wrong_end("second training", second, EXIT_UNUSABLE_INPUT, f"number {first.child.pid}")
    first.let_go(100)
    first.finish()
    return [*wrong, *place.resumed(run)]


def _stopped(place: _Place, mark: str, comes_to_an_end: bool = True) -> Outcome:
    """Send SIGTERM in the second piece of a part of the training, where there is one; it may never come to its end."""
    run = place.folder / "stopped"
    training = place.start(run, f"--hold={mark}")
    training.let_go()
    training.read_until(mark, times=2)
    began = time.monotonic()
    training.child.send_signal(signal.SIGTERM)
    if comes_to_an_end:
        training.let_go(100)
    lost = wrong_end("SIGTERM", training.end(), EXIT_INTERRUPTED, "interrupted")
    took = time.monotonic() - began
    if took > _LONGEST_STOP_S:
        lost.append(f"took {took:.1f} s, wanted {_LONGEST_STOP_S:.0f} s at most")
    lost += place.resumed(run)
    what = f"SIGTERM {mark}" if comes_to_an_end else f"SIGTERM {mark}, which does not end"
    return _case(what, lost, 1, f"stopped after {took:.1f} s")
