"""A queue of experiments and seeds that can be stopped and called again.

Each run is a process of its own, so that one that fails or is killed leaves the others alone. What is finished is
kept, a half-done run goes on, one teacher a seed serves all of that seed's students.
"""

import csv
import io
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from common.atomic_files import write_text
from common.durations import format_duration
from training.experiment import find_experiment, run_name
from training.run_folder import is_finished

STATE_FILE = "queue.csv"
LOG_FOLDER = "logs"
INTERRUPTED = 130
FINISHED, FAILED, WAITING = "finished", "failed", "waiting"


@dataclass(frozen=True)
class Job:
    """One run: an experiment's name and a seed."""

    experiment: str
    seed: int

    @property
    def name(self) -> str:
        """Name of the run's folder."""
        return run_name(self.experiment, self.seed)


@dataclass(frozen=True)
class JobState:
    """How a job stands: its state, the seconds it has taken over all calls, and why it failed."""

    state: str = WAITING
    seconds: float = 0.0
    reason: str = ""


def plan_jobs(experiments: Sequence[str], seeds: Sequence[int]) -> tuple[Job, ...]:
    """Return the jobs seed by seed, each teacher before its students and only once.

    Raises
    ------
    AcousticImagesError
        An unknown experiment.
    """
    jobs: dict[Job, None] = {}
    for seed in seeds:
        for name in experiments:
            teacher = find_experiment(name).teacher
            if teacher is not None:
                jobs.setdefault(Job(teacher, seed))
            jobs.setdefault(Job(name, seed))
    return tuple(jobs)


def expected_seconds(jobs: Sequence[Job], states: dict[str, JobState]) -> float | None:
    """Return the time that the unfinished jobs will take: as their experiment's finished runs, else as all of them.

    None while nothing is finished. What a half-done run has taken so far is taken off.
    """
    finished = [(job.experiment, states[job.name].seconds) for job in jobs if states[job.name].state == FINISHED]
    if not finished:
        return None
    overall = sum(seconds for _, seconds in finished) / len(finished)
    total = 0.0
    for job in jobs:
        if states[job.name].state == WAITING:
            same = [seconds for experiment, seconds in finished if experiment == job.experiment]
            whole = sum(same) / len(same) if same else overall
            total += max(whole - states[job.name].seconds, 0.0)
    return total


class Queue:
    """Runs jobs one after the other.

    Parameters
    ----------
    jobs : sequence of Job
        In order.
    runs_dir : Path
        Where the runs, their logs and `queue.csv` lie.
    command : callable
        A job to the command line that trains it.
    """

    def __init__(self, jobs: Sequence[Job], runs_dir: Path, command: Callable[[Job], list[str]]) -> None:
        self._jobs, self._runs_dir, self._command = tuple(jobs), runs_dir, command
        stored = _read_states(runs_dir / STATE_FILE)
        self.states = {job.name: self._state_now(job, stored.get(job.name, JobState())) for job in jobs}

    def run(self) -> bool:
        """Run what is not finished; a job that failed in an earlier call is tried again.

        Returns
        -------
        bool
            Whether all jobs are finished.

        Raises
        ------
        KeyboardInterrupt
            A run was interrupted; its checkpoint is written.
        """
        self._tell("queue")
        for job in self._jobs:
            if self.states[job.name].state != FINISHED:
                self._set(job, self._run(job))
                self._tell(f"{job.name}: {self.states[job.name].state}")
        self._write()
        return all(state.state == FINISHED for state in self.states.values())

    def _state_now(self, job: Job, stored: JobState) -> JobState:
        state = FINISHED if is_finished(self._runs_dir / job.name) else WAITING
        return JobState(state, stored.seconds)

    def _run(self, job: Job) -> JobState:
        teacher = find_experiment(job.experiment).teacher
        before = self.states[job.name].seconds
        if teacher is not None and self.states[Job(teacher, job.seed).name].state != FINISHED:
            return JobState(FAILED, before, f"its teacher {Job(teacher, job.seed).name} is not finished")
        log = self._runs_dir / LOG_FOLDER / f"{job.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with open(log, "a", encoding="utf-8") as file:
            status, stop = _wait(_start(self._command(job), file))
        seconds = before + time.monotonic() - began
        finished = is_finished(self._runs_dir / job.name)
        if stop or status == INTERRUPTED:
            # The wish to stop may come when the run has reached its end already; the queue stops all the same.
            self._set(job, JobState(FINISHED if finished else WAITING, seconds))
            raise KeyboardInterrupt
        if status == 0 and finished:
            return JobState(FINISHED, seconds)
        return JobState(FAILED, seconds, _last_line(log) or f"exit status {status}")

    def _set(self, job: Job, state: JobState) -> None:
        self.states[job.name] = state
        self._write()

    def _tell(self, what: str) -> None:
        states = list(self.states.values())
        done, failed, left = (sum(one.state == state for one in states) for state in (FINISHED, FAILED, WAITING))
        seconds = expected_seconds(self._jobs, self.states)
        time_left = "" if seconds is None or not left else f", about {format_duration(seconds)}"
        print(f"{what} ({done} of {len(states)} done, {failed} failed, {left} left{time_left})", flush=True)

    def _write(self) -> None:
        table = io.StringIO()
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["run", "experiment", "seed", "state", "seconds", "reason"])
        for job in self._jobs:
            state = self.states[job.name]
            writer.writerow([job.name, job.experiment, job.seed, state.state, f"{state.seconds:.0f}", state.reason])
        write_text(self._runs_dir / STATE_FILE, table.getvalue())


def training_command(preset: str, data_dir: Path, runs_dir: Path, epochs: int | None) -> Callable[[Job], list[str]]:
    """Return what makes a job's command line."""

    def command(job: Job) -> list[str]:
        words = [sys.executable, "-m", "training.run_experiment_main", "--experiment", job.experiment]
        words += ["--seed", str(job.seed), "--data", str(data_dir), "--runs", str(runs_dir), "--preset", preset]
        return [*words, "--epochs", str(epochs)] if epochs else words

    return command


def _start(command: list[str], log: TextIO) -> subprocess.Popen[bytes]:
    """Start a run in a session of its own: a Ctrl-C at the terminal reaches the queue alone, which passes it on."""
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, bool]:
    """Wait for a run; return its exit status and whether to stop. That wish is passed on, and the run saves first."""
    stop = False
    while True:
        try:
            return process.wait(), stop
        except KeyboardInterrupt:
            stop = True
            process.terminate()


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def _read_states(path: Path) -> dict[str, JobState]:
    if not path.is_file():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        return {
            row["run"]: JobState(row["state"], float(row["seconds"]), row["reason"]) for row in csv.DictReader(file)
        }
