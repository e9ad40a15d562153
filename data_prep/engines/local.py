"""Jobs in processes of this machine."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from common.worker_pool import run_tasks
from data_prep.engines.engine import Job


@dataclass(frozen=True)
class LocalEngine:
    """A pool of `workers` processes; 1 runs the jobs in this one."""

    workers: int
    name: str = "local"

    def run(self, function: Callable[[Job], Any], jobs: Sequence[Job]) -> Iterator[Job]:
        """Yield the jobs as they are done; see `Engine`."""
        yield from run_tasks(partial(_run_job, function), jobs, self.workers)


def _run_job(function: Callable[[Job], Any], job: Job) -> Job:
    function(job)
    return job
