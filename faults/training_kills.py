"""Training, killed in the step, in validation and while it writes: the same weights, bit for bit."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from common.atomic_files import PARTIAL_SUFFIX, is_partial_file
from faults.children import wait_for
from faults.outcome import Outcome
from faults.training_marks import ENDS, IN_STEP, IN_TEACHER, IN_VALIDATION, MARKS
from faults.trainings import STUDENT, SUPERVISED, Training, same_weights, small_training_data
from training.checkpoints import CHECKPOINT_FOLDER

WRITING, BETWEEN = "while a checkpoint is written", "in between"
# Of each kind of run: how many kills, and the moments that are aimed at in turn.
KILLS_AT_FULL_SCALE = {SUPERVISED: 14, STUDENT: 6}
MOMENTS = {SUPERVISED: (IN_STEP, IN_VALIDATION, WRITING), STUDENT: (IN_TEACHER, IN_STEP, IN_VALIDATION, WRITING)}
_LONGEST_WAIT_S = 0.8
# Of a moment that the kill was not quick enough for.
_TRIES_FOR_ONE = 5


def run(scale: float, seed: int) -> list[Outcome]:
    """Kill trainings, `scale` times `KILLS_AT_FULL_SCALE` in all, and a supervised one at each moment at least."""
    with tempfile.TemporaryDirectory(prefix="training-kills-") as scratch:
        folder = Path(scratch)
        data = small_training_data(folder)
        outcomes = []
        for model, kills in KILLS_AT_FULL_SCALE.items():
            count = max(len(MOMENTS[model]) if model == SUPERVISED else 0, round(scale * kills))
            if count:
                generator = np.random.default_rng([seed, count])
                outcomes += _Campaign(model, data, folder / model, generator).run(count)
        return outcomes


class _Campaign:
    """Kills one run of a kind after the other, in its folder `killed`."""

    def __init__(self, model: str, data: Path, folder: Path, generator: np.random.Generator) -> None:
        self._model, self._data, self._generator = model, data, generator
        self._whole, self._run = folder / "whole", folder / "killed"
        self._kills = dict.fromkeys((*MOMENTS[model], BETWEEN), 0)
        self._lost: list[str] = []
        self._damaged = self._noticed = self._finished = 0

    def run(self, kills: int) -> list[Outcome]:
        """Kill until each moment was met often enough, let the last run finish, and sum up."""
        self._start(self._whole).finish()
        aims = [MOMENTS[self._model][number % len(MOMENTS[self._model])] for number in range(kills)]
        tries_left, expects_warning = _TRIES_FOR_ONE * kills, False
        while True:
            training = self._start(self._run)
            if aims and tries_left:
                tries_left -= 1
                self._aim(training, aims[0])
            status, printed = training.end()
            if expects_warning and (status == 0 or training.lines or "warning" in printed):
                self._noticed += "trying the checkpoint before it" in printed
                expects_warning = False
            if status == 0:
                self._compare()
                if not (aims and tries_left):
                    self._lost += [f"in {_TRIES_FOR_ONE * kills} tries never {moment}" for moment in aims]
                    return self._outcomes()
            elif status > 0:
                self._lost.append(f"exit status {status} after a kill: {printed[-300:]}")
                shutil.rmtree(self._run)
            else:
                moment = _moment_of(training.lines, self._run)
                self._kills[moment] += 1
                if moment in aims:
                    aims.remove(moment)
                if not expects_warning and self._damaged * 3 < sum(self._kills.values()):
                    expects_warning = self._damage_newest()

    def _start(self, run: Path) -> Training:
        return Training(self._data, run, f"--model={self._model}")

    def _aim(self, training: Training, moment: str) -> None:
        """Kill about when a moment comes; what it really was is seen from what is left."""
        if moment == WRITING:
            training.read_until(ENDS[IN_STEP], times=int(self._generator.integers(1, 3)))
            wait_for(training.child, partial(_has_partial_file, self._run / CHECKPOINT_FOLDER))
        else:
            training.read_until(moment, times=int(self._generator.integers(1, 3)))
            # Mostly short: after a process's first step, which is compiled before, one takes some hundredths.
            time.sleep(_LONGEST_WAIT_S * self._generator.uniform() ** 4)
        training.child.kill()

    def _damage_newest(self) -> bool:
        """Change a byte of the newest checkpoint, where there is one before it."""
        files = sorted((self._run / CHECKPOINT_FOLDER).glob("epoch-*.json"))
        if len(files) < 2:
            return False
        with open(files[-1].with_suffix(".npz"), "r+b") as file:
            file.seek(1000)
            file.write(b"\x55\xaa")
        self._damaged += 1
        return True

    def _compare(self) -> None:
        self._finished += 1
        if not same_weights(self._run, self._whole):
            self._lost.append(f"run {self._finished}: other weights than those of the undisturbed run")
        shutil.rmtree(self._run)

    def _outcomes(self) -> list[Outcome]:
        moments = ", ".join(f"{count} {moment}" for moment, count in self._kills.items())
        remarks = f"{moments}; {self._finished} runs finished, weights compared bit for bit"
        unnoticed = ("a damaged checkpoint was used without a word",) * (self._damaged - self._noticed)
        kills, what = sum(self._kills.values()), f"SIGKILL, then resumed ({self._model})"
        return [
            Outcome("training killed", what, kills, tuple(self._lost), remarks),
            Outcome("training killed", "newest checkpoint damaged", self._damaged, unnoticed, "the one before is used"),
        ]


def _moment_of(lines: Sequence[str], run: Path) -> str:
    """Return in which part a training was killed: a checkpoint is half written, or a part begun and not ended."""
    if _has_partial_file(run / CHECKPOINT_FOLDER):
        return WRITING
    marks = [line for line in lines if line in (*MARKS, *ENDS.values())]
    return marks[-1] if marks and marks[-1] in MARKS else BETWEEN


def _has_partial_file(folder: Path) -> bool:
    return any(map(is_partial_file, folder.glob(f".*{PARTIAL_SUFFIX}*")))
