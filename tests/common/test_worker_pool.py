"""Tasks in processes of their own: what they raise comes out as what it is."""

import signal
import subprocess
import sys
from functools import partial

import pytest

from common.worker_pool import run_tasks

# In a small process of its own: one that has run tests has freed memory at hand, which no limit takes away.
STARVED = """
import resource
from pathlib import Path
from common.errors import AcousticImagesError
from common.worker_pool import run_tasks

def leave_room(num_bytes):
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    limit = pages * resource.getpagesize() + num_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))

def fail(room_bytes):
    leave_room(room_bytes)
    raise UnicodeError("no message can be parsed")

for room_bytes in (2**20, 2**30):
    try:
        list(run_tasks(fail, [room_bytes] * 2, workers=2))
    except (UnicodeError, MemoryError) as error:
        print(type(error).__name__)
# Workers get what this process has: too little for OpenBLAS, which would ask for it for ever.
leave_room(2**26)
try:
    list(run_tasks(abs, [1, 2], workers=2))
except AcousticImagesError as error:
    print(error)
"""


def fail(number: int) -> None:
    raise UnicodeError(f"no message can be parsed: {number}")


@pytest.mark.parametrize("start_method", ["fork", "spawn"])
def test_workers_and_whoever_starts_them_hear_signals(start_method: str) -> None:
    held = partial(signal.pthread_sigmask, signal.SIG_BLOCK)
    assert list(run_tasks(held, [[], []], workers=2, start_method=start_method)) == [set(), set()]
    assert held([]) == set()


def test_whatever_a_task_raises_without_memory_is_lack_of_memory() -> None:
    with pytest.raises(UnicodeError, match="no message"):
        list(run_tasks(fail, [1, 2], workers=2))
    done = subprocess.run([sys.executable, "-c", STARVED], capture_output=True, text=True, check=True, timeout=300)
    starved, failed, died = done.stdout.splitlines()
    assert (starved, failed) == ("MemoryError", "UnicodeError")
    assert died.startswith("a worker process died, most likely for lack of memory")
