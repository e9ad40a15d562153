"""Engines: the same bytes on each, a runner that leaves jobs out is noticed, what a job raises comes through."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from common.errors import AcousticImagesError
from data_prep.build import BuildConfig, build_dataset
from data_prep.engines.choice import open_engine
from data_prep.engines.engine import Engine
from data_prep.shards import records_per_shard
from tests.data_prep.trees import write_array

# 3 shards of 2 windows and more in training: several jobs for each engine.
SHARD_MB = 5
# Set by `make test-engines`: a missing Beam is a failure there.
MUST_HAVE_BEAM = os.environ.get("MUST_HAVE_BEAM") == "1"
# Within which every worker process has its first job, on a busy machine.
SECONDS_TO_START = 120
DASK_RUNNER = "--runner=apache_beam.runners.dask.dask_runner.DaskRunner"


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_array(tmp_path_factory.mktemp("raw"), per_class=3)


@pytest.fixture(scope="module")
def built_locally(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return content_of_build(raw, tmp_path_factory.mktemp("built") / "data", None)


def content_of_build(raw: Path, output: Path, engine: Engine | None) -> dict[str, bytes]:
    build_dataset(BuildConfig(raw, output, shard_mb=SHARD_MB, engine=engine))
    return {path.name: path.read_bytes() for path in sorted(output.iterdir())}


class ForgetfulEngine:
    """Hands every job back, and has run all but the last of some calls."""

    name = "forgetful"

    def __init__(self, forgetful_calls: set[int]) -> None:
        self._forgetful_calls = forgetful_calls
        self.calls: list[list[Any]] = []

    def run(self, function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
        self.calls.append(list(jobs))
        forgets = len(self.calls) in self._forgetful_calls
        for job in jobs[:-1] if forgets else jobs:
            function(job)
        yield from jobs


def test_jobs_that_an_engine_left_out_are_noticed_and_made_by_the_next_call(
    raw: Path, built_locally: dict[str, bytes], tmp_path: Path
) -> None:
    output, engine = tmp_path / "data", ForgetfulEngine({1, 3})
    with pytest.raises(AcousticImagesError, match=r"engine forgetful: found 5 of 6 recordings .* horn/5 is not there"):
        content_of_build(raw, output, engine)
    with pytest.raises(AcousticImagesError, match=r"engine forgetful: found \d of \d shards .* test-0000\d\.tfrecord"):
        content_of_build(raw, output, engine)
    assert not (output / "manifest.json").exists()
    # Of a plan with more shards, made before a recording became smaller.
    (output / "train-00099.tfrecord").write_bytes(b"")
    assert content_of_build(raw, output, engine) == built_locally
    recordings, last_recording, shards, no_recordings, last_shard = engine.calls
    assert (len(recordings), last_recording, no_recordings) == (6, recordings[-1:], [])
    assert (len(shards) > 3, last_shard) == (True, shards[-1:])


def test_a_shard_is_as_large_as_wanted() -> None:
    # Records of 2.4 MB: 62 of them are 148.8 MB, 63 would be 151.2. Waveforms alone are 176 kB.
    assert records_per_shard(None, 1000, 2_400_000_000) == records_per_shard(150, 1000, 2_400_000_000) == 62
    assert records_per_shard(None, 1000, 176_000_000) == 852
    assert records_per_shard(1, 1000, 2_400_000_000) == 1
    with pytest.raises(AcousticImagesError, match="shard_mb: found 0, wanted at least 1"):
        records_per_shard(0, 1, 1)


def test_options_of_beam_are_refused_without_it() -> None:
    assert open_engine("local", 2) is None
    with pytest.raises(AcousticImagesError, match="beam_args: found '--runner=X' with the local engine"):
        open_engine("local", 2, "--runner=X")


@dataclass(frozen=True)
class WatchedEngine:
    """Runs jobs on another engine, none of them before `processes` processes have one."""

    engine: Engine
    processes: int
    folder: Path
    name: str = "watched"

    def run(self, function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[Any]:
        present = self.folder / str(len(list(self.folder.glob("*"))))
        present.mkdir(parents=True)
        yield from self.engine.run(partial(run_when_all_are_present, function, present, self.processes), jobs)
        assert len(list(present.iterdir())) == self.processes


def run_when_all_are_present(function: Callable[[Any], Any], present: Path, processes: int, job: Any) -> None:
    (present / str(os.getpid())).touch()
    ends = time.monotonic() + SECONDS_TO_START
    while len(list(present.iterdir())) < processes:
        if time.monotonic() > ends:
            raise AcousticImagesError(f"found jobs in {len(list(present.iterdir()))} processes, wanted {processes}")
        time.sleep(0.01)
    function(job)


def beam_engine(arguments: str, workers: int = 1) -> Engine:
    if not MUST_HAVE_BEAM:
        pytest.importorskip("apache_beam", reason="requirements-beam.txt is not installed")
    engine = open_engine("beam", workers, arguments)
    assert engine is not None
    return engine


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3])
def test_any_number_of_beams_worker_processes_gives_the_local_bytes(
    raw: Path, built_locally: dict[str, bytes], tmp_path: Path, workers: int
) -> None:
    engine = WatchedEngine(beam_engine("", workers), workers, tmp_path / "present")
    assert content_of_build(raw, tmp_path / "data", engine) == built_locally


def test_beam_in_one_process_gives_the_local_bytes(raw: Path, built_locally: dict[str, bytes], tmp_path: Path) -> None:
    engine = beam_engine("--direct_running_mode=in_memory")
    assert content_of_build(raw, tmp_path / "data", engine) == built_locally


@pytest.mark.slow
def test_dask_gives_the_local_bytes_and_both_of_its_processes_work(
    raw: Path, built_locally: dict[str, bytes], tmp_path: Path
) -> None:
    if not MUST_HAVE_BEAM:
        pytest.importorskip("distributed", reason="requirements-beam.txt is not installed")
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        engine = beam_engine(f"{DASK_RUNNER} --dask_client_address={cluster.scheduler_address}")
        watched = WatchedEngine(engine, 2, tmp_path / "present")
        assert content_of_build(raw, tmp_path / "data", watched) == built_locally


def test_a_fault_in_a_job_on_beam_comes_through_in_one_line() -> None:
    engine = beam_engine("--direct_running_mode=in_memory")
    with pytest.raises(AcousticImagesError, match=r"^shelf: found 3, wanted 2; tidy up$"):
        list(engine.run(complain, [3]))


def test_a_runner_that_is_not_there_is_told() -> None:
    with pytest.raises(AcousticImagesError, match=r"beam: the runner ended with .*NoSuchRunner"):
        list(beam_engine("--runner=NoSuchRunner").run(complain, [3]))


def complain(number: int) -> None:
    raise AcousticImagesError(f"shelf: found {number}, wanted 2; tidy up")
