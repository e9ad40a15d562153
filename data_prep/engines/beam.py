"""Jobs on Apache Beam: the same function in a DoFn, on any runner (`requirements-beam.txt`, `docs/scale.md`)."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineState

from common.errors import AcousticImagesError
from data_prep.engines.engine import Job

# Not DirectRunner, which looks for a binary to download first, and comes down to this one when it finds none.
_LOCAL_RUNNER = "--runner=FnApiRunner"
_ERROR_OF_A_JOB = re.compile(rf"{AcousticImagesError.__name__}: (.*?)(?: \[while running .*)?$", re.MULTILINE)
_LONGEST_REASON = 300
# Else that runner hands 128 jobs to one worker process, all of a small dataset, while the others stand idle.
_ONE_JOB_AT_A_TIME = "--dask_partition_size=1"


@dataclass(frozen=True)
class BeamEngine:
    """A Beam pipeline for each call.

    Attributes
    ----------
    arguments : tuple of str
        Pipeline options as Beam takes them on its command lines. Without a runner among them the jobs run in
        `workers` processes of this machine.
    workers : int
        Of the runner on this machine only; others are told by their own options.
    """

    arguments: tuple[str, ...]
    workers: int
    name: str = "beam"

    def run(self, function: Callable[[Job], Any], jobs: Sequence[Job]) -> Iterator[Job]:
        """Yield the jobs when the whole pipeline has ended; see `Engine`."""
        if not jobs:
            return
        try:
            state = self._run_pipeline(function, jobs)
        except Exception as error:
            raise AcousticImagesError(_reason(error)) from error
        if state != PipelineState.DONE:
            raise AcousticImagesError(f"beam: found the pipeline {state}, wanted {PipelineState.DONE}; call again")
        yield from jobs

    def _run_pipeline(self, function: Callable[[Job], Any], jobs: Sequence[Job]) -> str:
        # It tells of every channel that it opens, in the midst of the progress.
        logging.getLogger(apache_beam.__name__).setLevel(logging.WARNING)
        pipeline = apache_beam.Pipeline(options=PipelineOptions(self._options()))
        # One branch that ends in one place: the Dask runner leaves out every other one without a word.
        _ = pipeline | "Jobs" >> apache_beam.Create(jobs) | "Run" >> apache_beam.ParDo(_RunJob(function))
        result = pipeline.run()
        try:
            return str(result.wait_until_finish())
        finally:
            # The Dask runner leaves its connection open, which then complains about the cluster's end.
            if hasattr(result, "client"):
                result.client.close()

    def _options(self) -> list[str]:
        names = {argument.split("=")[0] for argument in self.arguments}
        if "--runner" not in names:
            # The last one counts where an option is given twice.
            return [*self._local_options(), *self.arguments]
        is_dask = any(argument.endswith("DaskRunner") for argument in self.arguments)
        if is_dask and not names & {"--dask_npartitions", "--dask_partition_size"}:
            return [_ONE_JOB_AT_A_TIME, *self.arguments]
        return list(self.arguments)

    def _local_options(self) -> list[str]:
        return [
            _LOCAL_RUNNER,
            "--direct_running_mode=multi_processing",
            f"--direct_num_workers={self.workers}",
            "--default_sdk_harness_log_level=WARNING",
        ]


class _RunJob(apache_beam.DoFn):
    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def process(self, job: Any) -> None:
        self._function(job)


def _reason(error: Exception) -> str:
    """Return what a job raised, which runners wrap in tracebacks of their own; else the runner's last words."""
    of_a_job = _ERROR_OF_A_JOB.search(f"{type(error).__name__}: {error}")
    if of_a_job:
        return of_a_job.group(1)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    last = lines[-1][:_LONGEST_REASON] if lines else type(error).__name__
    return f"beam: the runner ended with {last!r}; see its log, check --beam_args, call again to go on"
