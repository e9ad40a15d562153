"""A training run as a process of its own, on its share of the processor's cores."""

import itertools
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

INTERRUPTED = 130
# Not on macOS, where runs side by side share all cores.
_CAN_PLACE = hasattr(os, "sched_setaffinity")


def share_cores(workers: int) -> list[set[int]]:
    """Return the cores of each of so many workers: even shares of those that this process may use.

    Two runs on a core each take less time than two runs one after the other on both, for much of a step of these
    small networks does not spread over cores. With more workers than cores they take turns.
    """
    cores = sorted(os.sched_getaffinity(0)) if _CAN_PLACE else list(range(os.cpu_count() or 1))
    if workers > len(cores):
        return [{cores[worker % len(cores)]} for worker in range(workers)]
    bounds = [worker * len(cores) // workers for worker in range(workers + 1)]
    return [set(cores[first:last]) for first, last in itertools.pairwise(bounds)]


class RunProcess:
    """A started command.

    Parameters
    ----------
    command : sequence of str
        Command line.
    log : Path
        File that its output is appended to.
    cores : set of int
        Where it may run.
    """

    def __init__(self, command: Sequence[str], log: Path, cores: set[int]) -> None:
        self.log, self.cores = log, cores
        self._began = time.monotonic()
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "a", encoding="utf-8") as file:
            # In a session of its own: a Ctrl-C at the terminal reaches the queue alone, which passes it on.
            self._process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, start_new_session=True)
        if _CAN_PLACE:
            # Its threads are made later, and inherit this.
            os.sched_setaffinity(self._process.pid, cores)

    @property
    def status(self) -> int | None:
        """Exit status; None while it runs."""
        return self._process.poll()

    @property
    def seconds(self) -> float:
        """Time since its start."""
        return time.monotonic() - self._began

    @property
    def last_line(self) -> str:
        """What it printed last."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def ask_to_stop(self) -> None:
        """Send SIGTERM: a training run saves, then ends; asked twice, it ends at once."""
        self._process.terminate()

    def wait(self) -> None:
        """Wait for its end."""
        self._process.wait()
