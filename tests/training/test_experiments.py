"""Experiments stand for the paper's rows; the queue keeps what is done, goes on, and survives what fails."""

import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import AcousticImagesError
from training.config import TrainingConfig
from training.experiment import experiment_config, load_experiments
from training.queue import STATE_FILE, Job, JobState, Queue, expected_seconds, plan_jobs
from training.run_process import share_cores
from training.teacher import of_other_recordings

# Stands in for a training command: notes its call, fails when told to, otherwise leaves a finished run.
_TRAINER = """
import json, pathlib, sys
name, runs, failing = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3].split(",")
with open(runs / "calls.txt", "a") as calls:
    calls.write(name + "\\n")
if name in failing:
    print("error: no luck")
    sys.exit(2)
(runs / name).mkdir(parents=True)
(runs / name / "run.json").write_text(json.dumps({"finished": True}))
"""


def queue(jobs: tuple[Job, ...], runs: Path, failing: str = "", workers: int = 1) -> Queue:
    return Queue(jobs, runs, lambda job: [sys.executable, "-c", _TRAINER, job.name, str(runs), failing], workers)


def test_every_experiment_makes_a_valid_run(tmp_path: Path) -> None:
    experiments = load_experiments()
    alphas = {
        one.alpha
        for one in experiments.values()
        if one.kind == "student" and one.teacher_control == "none" and one.is_trained
    }
    assert alphas == {0, 0.1, 0.3, 0.5, 0.7, 0.9}
    for name in experiments:
        config = experiment_config(name, 3, "paper", tmp_path / "data", tmp_path / "runs")
        assert isinstance(config, TrainingConfig)
        assert (config.run_dir, config.seed) == (str(tmp_path / "runs" / f"{name}-seed3"), 3)
    with pytest.raises(AcousticImagesError, match="experiment: found 'x', wanted one of"):
        experiment_config("x", 1, "paper", tmp_path, tmp_path)


def test_a_teacher_comes_once_and_before_its_students() -> None:
    jobs = plan_jobs(["hearnet_alpha_0_5", "hearnet_alpha_0", "hearnet_alpha_0_9"], [1, 2])
    assert [job.name for job in jobs[:4]] == [
        "dualcamnet-seed1",
        "hearnet_alpha_0_5-seed1",
        "hearnet_alpha_0-seed1",
        "hearnet_alpha_0_9-seed1",
    ]
    assert len(jobs) == 8


def test_a_failed_run_is_told_and_stops_nothing_but_its_students(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = plan_jobs(["hearnet_alpha_0_5", "hearnet_alpha_0"], [1, 2])
    assert not queue(jobs, tmp_path, failing="dualcamnet-seed1").run()
    assert "(4 of 6 done, 2 failed, 0 left)" in capsys.readouterr().out
    with open(tmp_path / STATE_FILE, newline="") as file:
        rows = {row["run"]: (row["state"], row["reason"]) for row in csv.DictReader(file)}
    assert rows["dualcamnet-seed1"] == ("failed", "error: no luck")
    assert rows["hearnet_alpha_0_5-seed1"] == ("failed", "its teacher dualcamnet-seed1 is not finished")
    assert rows["hearnet_alpha_0-seed1"] == rows["hearnet_alpha_0_5-seed2"] == ("finished", "")
    # Called again, only what failed is run.
    assert queue(jobs, tmp_path).run()
    assert (tmp_path / "calls.txt").read_text().split()[-2:] == ["dualcamnet-seed1", "hearnet_alpha_0_5-seed1"]
    assert len((tmp_path / "calls.txt").read_text().split()) == 7


def test_the_time_left_is_that_of_the_same_experiment_where_it_is_known() -> None:
    jobs = [Job("a", 1), Job("b", 1), Job("a", 2), Job("b", 2), Job("c", 1)]
    states = {job.name: JobState() for job in jobs}
    assert expected_seconds(jobs, states) is None
    states |= {"a-seed1": JobState("finished", 10.0), "b-seed1": JobState("finished", 30.0)}
    states["b-seed2"] = JobState("waiting", 25.0)
    # 10 for the other a, 5 of b are left, and c takes their mean.
    assert expected_seconds(jobs, states) == pytest.approx(10 + 5 + 20)


def test_shuffled_vectors_are_those_of_another_recording() -> None:
    recordings = np.array([4, 7, 4, 9, 9, 7, 4])
    vectors = recordings[:, np.newaxis] * np.ones((1, 3))
    shuffled = of_other_recordings(vectors, recordings, seed=5)
    assert (shuffled[:, 0] != recordings).all()
    assert {len(set(shuffled[recordings == recording, 0])) for recording in (4, 7, 9)} == {1}
    assert sorted(set(shuffled[:, 0])) == [4, 7, 9]
    assert np.array_equal(shuffled, of_other_recordings(vectors, recordings, seed=5))


def test_a_stopped_queue_stops_although_its_run_was_just_finished(tmp_path: Path) -> None:
    # The run reaches its end, then takes the wish to stop as any process does: killed by the signal.
    dies_finished = _TRAINER + "\nimport os, signal\nos.kill(os.getppid(), signal.SIGTERM)\nsignal.pause()\n"
    jobs = plan_jobs(["hearnet_alpha_0"], [1, 2])
    stopped = Queue(jobs, tmp_path, lambda job: [sys.executable, "-c", dies_finished, job.name, str(tmp_path), ""])
    with pytest.raises(KeyboardInterrupt):
        stopped.run()
    assert (tmp_path / "calls.txt").read_text().split() == ["hearnet_alpha_0-seed1"]
    assert [stopped.states[job.name].state for job in jobs] == ["finished", "waiting"]
    assert queue(jobs, tmp_path).run()
    assert (tmp_path / "calls.txt").read_text().split() == ["hearnet_alpha_0-seed1", "hearnet_alpha_0-seed2"]


def test_workers_run_side_by_side_on_cores_of_their_own(tmp_path: Path) -> None:
    # Either end of a pipe waits for the other to be opened; one run after the other would end by the alarm.
    os.mkfifo(tmp_path / "pipe")
    meets = "import os, signal\nsignal.alarm(60)\nopen(sys.argv[2] + '/pipe', 'rw'[name.endswith('1')]).close()\n"
    cores = "(runs / name / 'cores').write_text(str(sorted(os.sched_getaffinity(0))))\n"
    jobs = plan_jobs(["hearnet_alpha_0"], [1, 2])
    command = [sys.executable, "-c", _TRAINER + meets + cores]
    assert Queue(jobs, tmp_path, lambda job: [*command, job.name, str(tmp_path), ""], workers=2).run()
    placed = [json.loads((tmp_path / job.name / "cores").read_text()) for job in jobs]
    assert sorted(set(placed[0]) | set(placed[1])) == sorted(os.sched_getaffinity(0))
    assert not set(placed[0]) & set(placed[1]) or len(os.sched_getaffinity(0)) == 1


def test_a_student_waits_for_its_teacher_although_a_worker_is_free(tmp_path: Path) -> None:
    jobs = plan_jobs(["hearnet_alpha_0_5"], [1])
    assert queue(jobs, tmp_path, workers=2).run()
    assert (tmp_path / "calls.txt").read_text().split() == ["dualcamnet-seed1", "hearnet_alpha_0_5-seed1"]


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
def test_the_cores_are_shared_evenly(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {2, 3, 5, 8})
    shares = share_cores(workers)
    assert len(shares) == workers
    assert set().union(*shares) == {2, 3, 5, 8}
    sizes = [len(share) for share in shares]
    assert max(sizes) - min(sizes) <= 1
    assert min(sizes) >= 1
