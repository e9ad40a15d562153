"""A queue of experiments and seeds that can be stopped and called again.

Each run is a process of its own, so that one that fails or is killed leaves the others alone. What is finished is
kept, a half-done run goes on, one teacher a seed serves all of that seed's students.
"""

import csv
import io
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.atomic_files import write_text
from common.durations import format_duration
from common.foreign_files import parsing
from tfrecords_schema.storage import require_local
from training.experiment import find_experiment, run_name
from training.run_folder import is_finished
from training.run_process import INTERRUPTED, RunProcess, share_cores
from training.stop_signals import StopSignals

STATE_FILE = "queue.csv"
LOG_FOLDER = "logs"
FINISHED, FAILED, WAITING = "finished", "failed", "waiting"
_LOOK_EVERY_S = 0.5


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
            job = Job(name, seed)
            teacher = _teacher_of(job)
            if teacher is not None:
                jobs.setdefault(teacher)
            jobs.setdefault(job)
    return tuple(jobs)


def expected_seconds(jobs: Sequence[Job], states: dict[str, JobState]) -> float | None:
    """Return the time that the unfinished jobs will take one after the other.

    Each counts as its experiment's finished runs, else as all finished ones, less what a half-done run has taken so
    far. None while nothing is finished.
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
    """Runs jobs, several side by side where wanted.

    Parameters
    ----------
    jobs : sequence of Job
        In order.
    runs_dir : Path
        Where the runs, their logs and `queue.csv` lie.
    command : callable
        A job to the command line that trains it.
    workers : int
        Runs at a time, each on an even share of the cores.
    """

    def __init__(
        self, jobs: Sequence[Job], runs_dir: Path, command: Callable[[Job], list[str]], workers: int = 1
    ) -> None:
        require_local(runs_dir, "runs")
        self._jobs, self._runs_dir, self._command = tuple(jobs), runs_dir, command
        self._workers, self._free_cores = workers, share_cores(workers)
        self._running: dict[Job, RunProcess] = {}
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
            Somebody wished to stop; the checkpoints of what ran are written.
        """
        self._tell("queue")
        with StopSignals() as stop:
            try:
                while any(state.state == WAITING for state in self.states.values()):
                    if stop.requested:
                        raise KeyboardInterrupt
                    self._start_what_can_run()
                    time.sleep(_LOOK_EVERY_S)
                    self._take_what_has_ended()
            except KeyboardInterrupt:
                self._stop()
                raise
        self._write()
        return all(state.state == FINISHED for state in self.states.values())

    def _state_now(self, job: Job, stored: JobState) -> JobState:
        state = FINISHED if is_finished(self._runs_dir / job.name) else WAITING
        return JobState(state, stored.seconds)

    def _start_what_can_run(self) -> None:
        for job in self._jobs:
            if self.states[job.name].state != WAITING or job in self._running:
                continue
            teacher = _teacher_of(job)
            teacher_state = self.states[teacher.name].state if teacher else FINISHED
            if teacher and teacher_state == FAILED:
                reason = f"its teacher {teacher.name} is not finished"
                self._end(job, JobState(FAILED, self.states[job.name].seconds, reason))
            elif teacher_state == FINISHED and self._free_cores:
                log = self._runs_dir / LOG_FOLDER / f"{job.name}.log"
                self._running[job] = RunProcess(self._command(job), log, self._free_cores.pop(0))

    def _take_what_has_ended(self) -> None:
        for job, process in list(self._running.items()):
            if process.status is not None:
                state = self._state_after(job, process)
                self._running.pop(job)
                self._free_cores.append(process.cores)
                self._end(job, state)
                if process.status == INTERRUPTED:
                    raise KeyboardInterrupt

    def _stop(self) -> None:
        """Ask what runs to save and end, and wait for it; a further wish to stop is passed on as well."""
        while self._running:
            try:
                for process in self._running.values():
                    process.ask_to_stop()
                for job, process in list(self._running.items()):
                    process.wait()
                    # It may have reached its end in the meantime; otherwise it is half done, not failed.
                    self._set(job, self._state_now(job, JobState(seconds=self._seconds(job, process))))
                    self._running.pop(job)
            except KeyboardInterrupt:
                continue

    def _state_after(self, job: Job, process: RunProcess) -> JobState:
        seconds = self._seconds(job, process)
        if is_finished(self._runs_dir / job.name):
            return JobState(FINISHED, seconds)
        if process.status == INTERRUPTED:
            return JobState(WAITING, seconds)
        return JobState(FAILED, seconds, process.last_line or f"exit status {process.status}")

    def _seconds(self, job: Job, process: RunProcess) -> float:
        return self.states[job.name].seconds + process.seconds

    def _end(self, job: Job, state: JobState) -> None:
        self._set(job, state)
        self._tell(f"{job.name}: {state.state}")

    def _set(self, job: Job, state: JobState) -> None:
        self.states[job.name] = state
        self._write()

    def _tell(self, what: str) -> None:
        states = list(self.states.values())
        done, failed, left = (sum(one.state == state for one in states) for state in (FINISHED, FAILED, WAITING))
        seconds = expected_seconds(self._jobs, self.states)
        time_left = "" if seconds is None or not left else f", about {format_duration(seconds / self._workers)}"
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


def _teacher_of(job: Job) -> Job | None:
    teacher = find_experiment(job.experiment).teacher
    return None if teacher is None else Job(teacher, job.seed)


def _read_states(path: Path) -> dict[str, JobState]:
    if not path.is_file():
        return {}
    with (
        parsing(path, "list of runs", "delete it: runs that are finished stay so, only their times are lost"),
        open(path, newline="", encoding="utf-8") as file,
    ):
        states = {
            row["run"]: JobState(row["state"], float(row["seconds"]), row["reason"]) for row in csv.DictReader(file)
        }
        if not all(math.isfinite(state.seconds) for state in states.values()):
            raise ValueError("seconds that are not finite")
        return states
