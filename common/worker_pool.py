"""Tasks in several processes: one thread each, quiet when interrupted, the first error ends all."""

import _thread
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from common.errors import AcousticImagesError

# The buffer, and what the allocator puts around it.
_ROOM_FOR_PRODUCTS_BYTES = 2**27
# A few of the arrays that a task makes all the time.
_LEAST_ROOM_BYTES = 2**25
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
Task = TypeVar("Task")
Result = TypeVar("Result")


def run_tasks(
    function: Callable[[Task], Result], tasks: Sequence[Task], workers: int, start_method: str | None = None
) -> Iterator[Result]:
    """Yield the results of all tasks as they are done, in any order.

    Linear algebra runs in one thread within each task, so results do not hang on the number of workers.

    Parameters
    ----------
    function : callable
        A module's function (or a partial of one).
    tasks : sequence
        Its arguments.
    workers : int
        Processes; 1 runs the tasks in this one.
    start_method : str or None
        How they come about, as in `multiprocessing`: "spawn" for tasks that compute with TensorFlow, whose threads a
        forked process lacks.

    Raises
    ------
    AcousticImagesError
        What a task raised, or that a process died.
    MemoryError
        A task raised any other error where next to no memory was left.
    """
    if workers == 1 or len(tasks) == 1:
        for task in tasks:
            with threadpool_limits(1):
                result = _call(function, task)
            yield result
        return
    context = multiprocessing.get_context(start_method)
    executor = ProcessPoolExecutor(workers, context, initializer=_start_worker)
    try:
        with _signals_held():
            waiting = [executor.submit(_call, function, task) for task in tasks]
        for done in as_completed(waiting):
            yield done.result()
    except BrokenProcessPool as error:
        raise AcousticImagesError(
            "a worker process died, most likely for lack of memory; call again with fewer workers"
        ) from error
    except KeyboardInterrupt:
        # A task may take minutes; whoever interrupts waits for none of them.
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold signals back while processes are forked: until they begin they answer to them as this one does."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    # The parent alone answers Ctrl-C, and ends its workers by SIGTERM, which they must not take for a wish.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    threadpool_limits(1)
    _reserve_for_products()
    # `threading` would wait for ever for a thread that has no memory to begin with.
    _thread.start_new_thread(end_with_parent, ())


def _call(function: Callable[[Task], Result], task: Task) -> Result:
    try:
        return function(task)
    except (AcousticImagesError, OSError):
        raise
    except Exception as error:
        # Libraries tell lack of memory in ways of their own: protobuf by a message that it cannot parse.
        if not _has_room(_LEAST_ROOM_BYTES):
            raise MemoryError from error
        raise


def _has_room(num_bytes: int) -> bool:
    try:
        bytearray(num_bytes)
    except MemoryError:
        return False
    return True


def _reserve_for_products() -> None:
    """Let OpenBLAS take its buffer, or end this process where there is no room for it.

    It takes 32 MB at a process' first product and keeps them. Where it gets none it asks again for ever.
    """
    if not _has_room(_ROOM_FOR_PRODUCTS_BYTES):
        # An error in here would be printed with all its lines; that a worker is gone, the parent tells in one.
        os._exit(1)
    square = np.ones((256, 256))
    square @ square


def end_with_parent() -> None:
    """Wait until this process' parent is gone, then end it; a pool's workers would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
