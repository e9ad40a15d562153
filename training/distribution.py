"""Training on several devices and machines at once, so that it computes what one process would.

A replica is a copy of the networks on one device, a worker a process with a replica on each of its devices. All
replicas take a step together: each reads its part of the planned batch, what the networks make of it is gathered, and
every replica computes the loss of the whole batch. `docs/scale.md` tells how to start workers.
"""

import atexit
import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from common.command_line import EXIT_UNUSABLE_INPUT
from common.errors import AcousticImagesError

_WANTED_CLUSTER = (
    'wanted {"cluster": {"worker": ["HOST:PORT", ...]}, "task": {"type": "worker", "index": 0}}, the same cluster for '
    "every worker and an index of its own; see docs/scale.md"
)
# What the operations of a step end with when another process has gone.
_ERRORS_OF_A_LOST_WORKER = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.FailedPreconditionError,
    tf.errors.InternalError,
)


def gathered(values: tf.Tensor) -> tf.Tensor:
    """Return the values of all replicas, one after the other: [b, ...] to [B, ...], where a strategy's step is run.

    Anywhere else they are returned as they are. Gradients are summed over the replicas that use what was gathered.
    """
    if not tf.distribute.has_strategy():
        return values
    # The copy is on the replica's own device; what comes from a dataset lies elsewhere.
    return tf.distribute.get_replica_context().all_gather(tf.identity(values), axis=0)


class Replicas:
    """All replicas of a run, seen from one worker.

    Parameters
    ----------
    strategy : tf.distribute.Strategy or None
        What copies variables and sums gradients; None for one replica, with nothing in between.
    worker, workers : int
        Number of this process, from 0, and how many there are.
    """

    def __init__(self, strategy: tf.distribute.Strategy | None = None, worker: int = 0, workers: int = 1) -> None:
        self.worker, self.workers = worker, workers
        self._strategy: Any = strategy
        self.count: int = 1 if strategy is None else strategy.num_replicas_in_sync
        self._sum = None if workers == 1 else tf.function(self._sum_over_replicas)

    @property
    def is_chief(self) -> bool:
        """Whether this worker is the one that writes."""
        return self.worker == 0

    def scope(self) -> contextlib.AbstractContextManager[Any]:
        """Return the context in which networks and optimisers are made."""
        return contextlib.nullcontext() if self._strategy is None else self._strategy.scope()

    def require_even(self, batch_size: int) -> None:
        """Raise AcousticImagesError unless every replica gets as many windows of a batch."""
        if batch_size % self.count:
            raise AcousticImagesError(
                f"batch_size: found {batch_size} windows a step on {self.count} replicas, wanted a multiple of them; "
                "give another --batch_size or other devices"
            )

    def share(self, positions: np.ndarray) -> np.ndarray:
        """Return the stretch of a planned batch that this worker reads."""
        size = len(positions) // self.workers
        return positions[self.worker * size : (self.worker + 1) * size]

    def share_of_loss(self, loss: tf.Tensor) -> tf.Tensor:
        """Return what one replica's loss counts: all compute the same one, and their gradients are summed."""
        return loss if self._strategy is None else loss / self.count

    def compile(self, step: Callable[..., dict[str, tf.Tensor]]) -> Callable[..., dict[str, tf.Tensor]]:
        """Compile a step of a replica; the result takes this worker's inputs and returns its first replica's results.

        Parameters
        ----------
        step : callable
            A mapping of inputs [b, ...] and one more tensor, the same for all, to a dictionary of results.
        """
        strategy = self._strategy
        if strategy is None:
            return tf.function(step, reduce_retracing=True)

        @tf.function(reduce_retracing=True)
        def on_replicas(inputs: Mapping[str, Any], same_for_all: tf.Tensor) -> dict[str, tf.Tensor]:
            results = strategy.run(step, (inputs, same_for_all))
            return {name: strategy.experimental_local_results(value)[0] for name, value in results.items()}

        return lambda inputs, same_for_all: on_replicas(self._split(inputs), same_for_all)

    def dealt(self, count: int) -> list[int]:
        """Return which of `count` pieces of work this worker does, one a round.

        All workers take as many rounds: one without a piece in the last does the very last piece as well.
        """
        return [min(first + self.worker, count - 1) for first in range(0, count, self.workers)]

    def owns(self, number: int) -> bool:
        """Return whether this worker's result of a piece of work is the one that counts."""
        return number % self.workers == self.worker

    def total(self, values: np.ndarray) -> np.ndarray:
        """Return the sum over the workers; all of them have to call this together."""
        if self._sum is None or not values.size:
            return values
        first = self.worker * (self.count // self.workers)
        parts = self._strategy.experimental_distribute_values_from_function(
            lambda replica: tf.constant(values if replica.replica_id_in_sync_group == first else np.zeros_like(values))
        )
        return self._strategy.experimental_local_results(self._sum(parts))[0].numpy()

    def any(self, wish: bool) -> bool:
        """Return whether any worker wishes it; all of them have to call this together."""
        return wish if self.workers == 1 else bool(self.total(np.array([wish], np.float32))[0])

    def require_same(self, what: str, numbers: np.ndarray, advice: str) -> None:
        """Raise AcousticImagesError on every worker unless the numbers [n] of all are the same."""
        own = np.asarray(numbers, np.float64)
        table = np.zeros([self.workers, *own.shape])
        table[self.worker] = own
        differing = np.flatnonzero((self.total(table) != own).any(axis=1))
        if self.any(bool(differing.size)):
            others = f"that of worker {differing[0]} is another" if differing.size else "others differ"
            raise AcousticImagesError(f"worker {self.worker}: found its {what}, but {others}; {advice}")

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Tell the loss of another worker in one line.

        Raises
        ------
        AcousticImagesError
            Another worker has gone while this one waited for it.
        """
        try:
            yield
        except _ERRORS_OF_A_LOST_WORKER as error:
            if self.workers == 1:
                raise
            atexit.register(_leave_at_once)
            raise AcousticImagesError(
                f"worker {self.worker}: found that another worker is gone ({_reason(error)}), wanted all "
                f"{self.workers}; call the same command on every worker again, the run goes on from its last checkpoint"
            ) from error

    def _split(self, inputs: Mapping[str, tf.Tensor]) -> Any:
        """Return this worker's inputs cut into those of its replicas."""
        local = self.count // self.workers

        def part(replica: tf.distribute.experimental.ValueContext) -> dict[str, tf.Tensor]:
            number = replica.replica_id_in_sync_group - self.worker * local
            size = len(next(iter(inputs.values()))) // local
            return {name: value[number * size : (number + 1) * size] for name, value in inputs.items()}

        return self._strategy.experimental_distribute_values_from_function(part)

    def _sum_over_replicas(self, values: Any) -> Any:
        def total(value: tf.Tensor) -> tf.Tensor:
            # A sum is taken where its tensor lies, and an argument of a function lies nowhere.
            return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(value))

        return self._strategy.run(total, (values,))


ALONE = Replicas()


@functools.cache
def open_replicas(strategy: str) -> Replicas:
    """Open the devices of a strategy; several workers can be opened once a process, before TensorFlow does anything.

    Parameters
    ----------
    strategy : str
        "none"; "mirrored", all GPUs of this machine (without one, its logical CPUs); "multi_worker", the processes of
        the environment's TF_CONFIG.

    Raises
    ------
    AcousticImagesError
        TF_CONFIG is missing or malformed, or this worker's port is taken.
    """
    if strategy == "none":
        return ALONE
    if strategy == "mirrored":
        devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
        return Replicas(tf.distribute.MirroredStrategy([device.name for device in devices]))
    addresses, worker = _cluster()
    if os.environ.get("VERBOSE") != "1":
        tf.get_logger().setLevel("ERROR")
    print(f"worker {worker} of {len(addresses)}: waiting for the others", file=sys.stderr, flush=True)
    try:
        opened = tf.distribute.MultiWorkerMirroredStrategy()
    except tf.errors.OpError as error:
        raise AcousticImagesError(
            f"TF_CONFIG: found that {addresses[worker]} does not open ({_reason(error)}), wanted a free port of this "
            "machine and living workers; call the command on every worker again"
        ) from error
    return Replicas(opened, worker, len(addresses))


def _cluster() -> tuple[list[str], int]:
    """Return the addresses of all workers and the number of this one, as TF_CONFIG says."""
    text = os.environ.get("TF_CONFIG", "")
    try:
        fields = json.loads(text)
        addresses, task = fields["cluster"]["worker"], fields["task"]
        is_meant = set(fields["cluster"]) == {"worker"} and task["type"] == "worker" and type(task["index"]) is int
        is_meant = is_meant and isinstance(addresses, list) and 0 <= task["index"] < len(addresses)
        is_meant = is_meant and all(isinstance(address, str) and ":" in address for address in addresses)
    except (ValueError, KeyError, TypeError):
        is_meant = False
    if not is_meant:
        raise AcousticImagesError(f"TF_CONFIG: found {text or 'none'}, {_WANTED_CLUSTER}")
    return addresses, task["index"]


def _reason(error: tf.errors.OpError) -> str:
    """Return the telling line of TensorFlow's message."""
    lines = error.message.splitlines() or [type(error).__name__]
    return next((line for line in lines if "Collective ops is aborted" in line), lines[0])


def _leave_at_once() -> None:
    """End the process: TensorFlow's own farewell would wait for the lost worker without end."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(EXIT_UNUSABLE_INPUT)
