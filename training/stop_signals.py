"""SIGTERM and SIGINT as a wish to stop, so that the loop can save first; with an end to waiting for it."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

from common.command_line import EXIT_INTERRUPTED

# Two less than the ten within which a command ends: the rest is for a machine that is busy.
STOP_WITHIN_S = 8.0
DEADLINE_THREAD = "deadline of a stop"
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def leave_at_once() -> None:
    """End the process as interrupted, whatever it is at."""
    print(
        "interrupted: what is under way takes too long to wait for, and is done again from the last checkpoint on; "
        "call the same command again to go on",
        file=sys.stderr,
        flush=True,
    )
    os._exit(EXIT_INTERRUPTED)


class StopSignals:
    """While open, the first signal sets `requested`; a second one interrupts at once.

    Signals reach Python's main thread only: in another thread nothing is caught. That thread learns of a signal when
    the operation that it is in ends, which a training step may take long for.

    Parameters
    ----------
    within_s : float or None
        Seconds after the first signal at which `give_up` is called, wherever the main thread is; None for never.
    give_up : callable
        Called in a thread of its own, unless everything is closed by then.
    """

    def __init__(self, within_s: float | None = None, give_up: Callable[[], object] = leave_at_once) -> None:
        self.requested = False
        self._within_s, self._give_up = within_s, give_up
        self._previous: dict[signal.Signals, Any] = {}
        self._deadline: _Deadline | None = None

    def __enter__(self) -> "StopSignals":
        if threading.current_thread() is threading.main_thread():
            if self._within_s is not None:
                self._deadline = _Deadline(self._within_s, self._give_up)
            self._previous = {number: signal.signal(number, self._receive) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        if self._deadline is not None:
            self._deadline.close()

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True


class _Deadline:
    """Calls a function some seconds after the first signal.

    Python's own handlers wait for the main thread. What tells of a signal at once is the number that the interpreter
    writes to a socket when the signal comes.
    """

    def __init__(self, within_s: float, give_up: Callable[[], object]) -> None:
        self._within_s, self._give_up = within_s, give_up
        self._received, self._sender = socket.socketpair()
        self._sender.setblocking(False)
        self._closed = threading.Event()
        self._previous = signal.set_wakeup_fd(self._sender.fileno(), warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._wait, name=DEADLINE_THREAD, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Call nothing from now on."""
        signal.set_wakeup_fd(self._previous)
        self._closed.set()
        self._sender.close()
        self._thread.join()
        self._received.close()

    def _wait(self) -> None:
        while number := self._received.recv(1):
            if number[0] in _SIGNALS and not self._closed.wait(self._within_s):
                self._give_up()
                return
