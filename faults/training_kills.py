"""Training, killed in the step, in validation and while it writes: the same weights, bit for bit."""

import shutil
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

from common.atomic_files import PARTIAL_SUFFIX
from common.errors import AcousticImagesError
from common.file_hash import sha256_of_file
from faults.children import end, start_build, start_training, wait_for
from faults.outcome import Outcome
from faults.small_files import write_recordings
from models.saved_networks import WEIGHTS_FILE
from training.checkpoints import CHECKPOINT_FOLDER

KILLS_AT_FULL_SCALE = 20
MOMENTS = ("in the step", "in validation", "while a checkpoint is written")
# Eight windows in batches of four.
_STEPS_PER_EPOCH = 2
_LONGEST_STEP_S = 0.8


def run(scale: float, seed: int) -> list[Outcome]:
    """Kill trainings, `scale` times `KILLS_AT_FULL_SCALE` in all."""
    kills = max(len(MOMENTS), round(scale * KILLS_AT_FULL_SCALE))
    with tempfile.TemporaryDirectory(prefix="training-kills-") as scratch:
        folder = Path(scratch)
        data = small_training_data(folder)
        finish(start_training(data, folder / "whole"))
        return _Campaign(data, folder, np.random.default_rng(seed)).run(kills)


def small_training_data(folder: Path) -> Path:
    """Build a dataset of sixteen windows below a folder."""
    finish(start_build(write_recordings(folder / "raw", per_class=4), folder / "data"))
    return folder / "data"


def finish(child: subprocess.Popen[str]) -> str:
    """Wait for a child that nothing is done to; raises AcousticImagesError unless it ends well."""
    status, printed = end(child)
    if status != 0:
        raise AcousticImagesError(f"{child.args!r}: found exit status {status}, wanted 0: {printed[-500:]}")
    return printed


def _has_file(folder: Path, pattern: str) -> bool:
    return any(folder.glob(pattern))


class _Campaign:
    """Kills one run after the other; `run` is the folder of the one at hand."""

    def __init__(self, data: Path, folder: Path, generator: np.random.Generator) -> None:
        self._data, self._run, self._generator = data, folder / "killed", generator
        self._wanted = sha256_of_file(folder / "whole" / WEIGHTS_FILE)
        self._kills = dict.fromkeys(MOMENTS, 0)
        self._lost: list[str] = []
        self._damaged = self._noticed = self._finished = 0

    def run(self, kills: int) -> list[Outcome]:
        """Kill until there were enough, let the last run finish, and sum up."""
        expects_warning = False
        while True:
            child = start_training(self._data, self._run)
            done = sum(self._kills.values())
            if done < kills:
                self._kill(child, MOMENTS[done % len(MOMENTS)])
            status, printed = end(child)
            if expects_warning and (status == 0 or "going on at epoch" in printed or "warning" in printed):
                self._noticed += "trying the checkpoint before it" in printed
                expects_warning = False
            if status == 0:
                self._compare()
                if sum(self._kills.values()) >= kills:
                    return self._outcomes()
            elif status > 0:
                self._lost.append(f"exit status {status} after a kill: {printed[-300:]}")
                shutil.rmtree(self._run)
            elif not expects_warning and self._damaged * 3 < sum(self._kills.values()):
                expects_warning = self._damage_newest()

    def _kill(self, child: subprocess.Popen[str], moment: str) -> None:
        assert child.stdout is not None
        checkpoints = self._run / CHECKPOINT_FOLDER
        skip = int(self._generator.integers(0, 2))
        for line in child.stdout:
            words = line.split()
            if words[:1] != ["step"]:
                continue
            step = int(words[1])
            if moment == MOMENTS[1] and step % _STEPS_PER_EPOCH:
                continue
            if moment != MOMENTS[1] and skip > 0:
                skip -= 1
                continue
            if moment == MOMENTS[0]:
                time.sleep(self._generator.uniform(0, _LONGEST_STEP_S))
            elif moment == MOMENTS[1]:
                wait_for(child, partial(_has_file, checkpoints, f"*-step-{step:08d}.json"))
                time.sleep(self._generator.uniform(0, 0.1))
            else:
                wait_for(child, partial(_has_file, checkpoints, f".*{PARTIAL_SUFFIX}*"))
            break
        if child.poll() is None:
            child.kill()
            self._kills[moment] += 1

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
        if sha256_of_file(self._run / WEIGHTS_FILE) != self._wanted:
            self._lost.append(f"run {self._finished}: other weights than those of the undisturbed run")
        shutil.rmtree(self._run)

    def _outcomes(self) -> list[Outcome]:
        moments = ", ".join(f"{count} {moment}" for moment, count in self._kills.items())
        remarks = f"{moments}; {self._finished} runs finished, weights compared bit for bit"
        unnoticed = ("a damaged checkpoint was used without a word",) * (self._damaged - self._noticed)
        return [
            Outcome("training killed", "SIGKILL, then resumed", sum(self._kills.values()), tuple(self._lost), remarks),
            Outcome("training killed", "newest checkpoint damaged", self._damaged, unnoticed, "the one before is used"),
        ]
