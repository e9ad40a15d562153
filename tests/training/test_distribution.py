import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from common.errors import AcousticImagesError
from faults.training_dataset import write_training_dataset
from models.saved_networks import load_networks, weight_arrays
from tests.training.small_networks import use_small_networks
from tests.training.small_worker import train_small
from tfrecords_schema import framing
from tfrecords_schema.reader import WindowReader
from tfrecords_schema.storage import read_range
from training.batch_plan import plan_epoch
from training.config import preset_config
from training.distribution import Replicas, open_replicas
from training.feed import Feed

ROOT = Path(__file__).parents[2]
# Of losses (0.2; the student's 0.02) and weights of ten steps, on several replicas and in one process.
# Adam divides a gradient by its own size: one of nothing but rounding still moves a weight by the learning rate, 1e-3.
LOSS_WITHIN = {"adam": 1e-7, "sgd": 1e-7, "student": 2e-7}
# Of what the loss is a mean of: task and transfer, which err apart.
PARTS_WITHIN = {"adam": 1e-7, "sgd": 1e-7, "student": 5e-7}
WEIGHTS_WITHIN = {"adam": 5e-5, "sgd": 1e-6, "student": 5e-5}
KINDS = tuple(WEIGHTS_WITHIN)


def fields(data: Path, runs: Path, kind: str) -> dict[str, Any]:
    """Return a run of ten epochs of one step, five of them with the hardest triplets."""
    of_kind = {
        "adam": {"model": "teacher", "learning_rate": 1e-3},
        "sgd": {"model": "teacher", "learning_rate": 1e-2, "optimizer": "sgd"},
        "student": {"model": "student", "margin": 0.01, "alpha": 0.5, "teacher_run": str(data.parent / "alone/adam")},
    }[kind]
    sizes = {"epochs": 10, "batch_size": 4, "hardest_from_epoch": 5, "learning_rate": 1e-3}
    return {"data_dir": str(data), "run_dir": str(runs / kind), **sizes, **of_kind}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_training_dataset(tmp_path_factory.mktemp("distribution") / "data")


@pytest.fixture(scope="module")
def alone(data: Path) -> Path:
    """Return the folder of the runs of one process."""
    for kind in KINDS:
        with pytest.MonkeyPatch.context() as monkeypatch:
            train_small(fields(data, data.parent / "alone", kind), monkeypatch)
    return data.parent / "alone"


def start(
    environment: dict[str, str], jobs: list[dict[str, Any]], replicas: int, number: int | None
) -> subprocess.Popen:
    task = json.dumps({"jobs": jobs, "replicas": replicas, "signal": number})
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.small_worker", task],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def two_workers(
    jobs: list[dict[str, Any]], hit: int | None = None, number: int = signal.SIGKILL
) -> list[tuple[int, str]]:
    """Train in two processes, of which one may be hit by a signal; return status and standard error of each."""
    with socket.socket() as first, socket.socket() as second:
        for one in (first, second):
            one.bind(("localhost", 0))
        addresses = [f"localhost:{one.getsockname()[1]}" for one in (first, second)]
    jobs = [{**job, "strategy": "multi_worker"} for job in jobs]
    workers = []
    for index in range(2):
        of_all = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        workers.append(start({"TF_CONFIG": json.dumps(of_all)}, jobs, 1, number if index == hit else None))
    errors = [worker.communicate()[1] for worker in workers]
    return [(worker.returncode, error) for worker, error in zip(workers, errors, strict=True)]


def weights_of(run: Path) -> dict[str, np.ndarray]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_small_networks(monkeypatch)
        return weight_arrays(load_networks(run))


def history_of(run: Path, name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in csv.DictReader((run / "history.csv").open())])


def assert_same_training(wanted: Path, found: Path) -> None:
    for name in ("loss", "task_loss", "transfer_loss", "validation_accuracy"):
        within = (LOSS_WITHIN if name == "loss" else PARTS_WITHIN)[wanted.name]
        np.testing.assert_allclose(history_of(found, name), history_of(wanted, name), rtol=0, atol=within)
    assert len(history_of(found, "loss")) == 10
    arrays, reference, within = weights_of(found), weights_of(wanted), WEIGHTS_WITHIN[wanted.name]
    assert set(arrays) == set(reference)
    for name, array in arrays.items():
        np.testing.assert_allclose(array, reference[name], rtol=0, atol=within, err_msg=name)
    assert any("norm/moving_variance" in name for name in arrays)


@pytest.mark.slow
def test_two_devices_of_a_machine_train_as_one_does(data: Path, alone: Path) -> None:
    job = {**fields(data, data.parent / "mirrored", "student"), "strategy": "mirrored"}
    process = start({}, [job], 2, None)
    error = process.communicate()[1]
    assert process.returncode == 0, error
    assert_same_training(alone / "student", Path(job["run_dir"]))


@pytest.mark.slow
def test_two_workers_train_as_one_process_does_and_a_killed_or_stopped_one_ends_the_run_which_goes_on(
    data: Path, alone: Path
) -> None:
    whole, broken = data.parent / "two", data.parent / "broken"
    job = fields(data, broken, "adam")
    jobs = [[*(fields(data, whole, kind) for kind in KINDS), job], [job]]
    # The chief as well: TensorFlow's own farewell would wait for it.
    for killed, survivor in ((1, 0), (0, 1)):
        ended = two_workers(jobs[killed == 0], killed)
        assert (ended[survivor][0], ended[killed][0]) == (2, -signal.SIGKILL), ended
        lost = f"^error: worker {survivor}: found that another worker is gone .*call the same command on every worker"
        assert re.search(lost, ended[survivor][1], re.MULTILINE), ended
        assert len(history_of(broken / "adam", "loss")) == 4
    for kind in KINDS:
        assert_same_training(alone / kind, whole / kind)
    # Not the chief, who saves.
    ended = two_workers([job], 1, signal.SIGTERM)
    assert [status for status, _ in ended] == [130, 130], ended
    assert list((broken / "adam/checkpoints").glob("*-step-00000005.json"))
    ended = two_workers([job])
    assert [status for status, _ in ended] == [0, 0], ended
    wanted, found = weights_of(whole / "adam"), weights_of(broken / "adam")
    assert all(np.array_equal(wanted[name], found[name]) for name in wanted)
    np.testing.assert_array_equal(history_of(whole / "adam", "loss"), history_of(broken / "adam", "loss"))


def test_a_batch_is_cut_in_order_and_whole_batches_are_dealt_in_rounds() -> None:
    workers = [Replicas(None, worker, 2) for worker in range(2)]
    assert [worker.share(np.arange(6) * 10).tolist() for worker in workers] == [[0, 10, 20], [30, 40, 50]]
    # The second worker has nothing to do in the second round, and does the first one's work too.
    assert [worker.dealt(3) for worker in workers] == [[0, 2], [1, 2]]
    assert [[worker.owns(number) for number in worker.dealt(3)] for worker in workers] == [[True, True], [True, False]]
    assert [worker.is_chief for worker in workers] == [True, False]


def test_two_workers_read_half_of_the_bytes_each_and_no_record_twice(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed(WindowReader(data), "train", ("waveform",))
    plan = plan_epoch(feed.recordings, batch_size=2, seed=1, epoch=0)
    ranges: list[tuple[str, int, int]] = []

    def counted(path: Path, offset: int, length: int) -> bytes:
        ranges.append((path.name, offset, length))
        return read_range(path, offset, length)

    monkeypatch.setattr(framing, "read_range", counted)

    def read_by(worker: Replicas) -> set[tuple[str, int, int]]:
        ranges.clear()
        assert len(list(feed.batches([worker.share(positions) for positions in plan]))) == len(plan) == 3
        assert len(ranges) == 3
        return set(ranges)

    whole, halves = os.path.getsize(data / "train-00000.tfrecord"), [read_by(Replicas(None, n, 2)) for n in (0, 1)]
    assert [sum(length for _, _, length in half) for half in halves] == [whole // 2, whole // 2]
    assert len(halves[0] | halves[1]) == 6


def test_a_batch_that_replicas_do_not_divide_is_refused() -> None:
    with pytest.raises(AcousticImagesError, match="found 64 windows a step on 3 replicas"):
        Replicas(SimpleNamespace(num_replicas_in_sync=3)).require_even(64)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "{",
        '{"cluster": {"worker": ["a:1", "b:1"]}}',
        '{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 2}}',
        '{"cluster": {"worker": ["a", "b"]}, "task": {"type": "worker", "index": 0}}',
        '{"cluster": {"ps": ["a:1"], "worker": ["b:1"]}, "task": {"type": "worker", "index": 0}}',
    ],
)
def test_a_cluster_that_cannot_be_meant_is_shown(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    monkeypatch.delenv("TF_CONFIG", raising=False)
    if text is not None:
        monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(AcousticImagesError, match=re.escape(f"TF_CONFIG: found {text or 'none'}, wanted")):
        open_replicas("multi_worker")


@pytest.mark.parametrize("changes", [{"optimizer": "adamw"}, {"model": "student", "spectrogram_masks": True}])
def test_what_several_workers_cannot_do_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(AcousticImagesError, match="strategy multi_worker"):
        preset_config(
            "paper", **{"data_dir": "d", "run_dir": "r", "model": "teacher", "strategy": "multi_worker", **changes}
        )
