"""Progress of long jobs: a bar on a terminal, plain lines elsewhere."""

import multiprocessing
import sys
import time
from collections.abc import Callable
from types import TracebackType

from tqdm import tqdm

SECONDS_BETWEEN_LINES = 10.0


def tell(line: str) -> None:
    """Print a line of a command's output while a bar may be on the terminal, which is drawn again below it."""
    tqdm.write(line, file=sys.stdout)
    sys.stdout.flush()


class Progress:
    """Count items, and tell rate and time left; a worker of a pool keeps silent, for its parent tells.

    Parameters
    ----------
    label : str
        What is being done.
    total : int
        How many items there are.
    unit : str
        Name of one item, for the rate.
    initial : int
        Items that an earlier, interrupted call has done already.
    clock : callable
        Returns seconds.
    """

    def __init__(
        self,
        label: str,
        total: int,
        unit: str = "item",
        initial: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label, self._total, self._unit = label, total, unit
        self._done, self._initial = initial, initial
        self._clock = clock
        self._started = self._last_line = clock()
        self._note = ""
        self._told: int | None = None
        self._is_silent = multiprocessing.parent_process() is not None
        self._bar = None
        if sys.stderr.isatty() and not self._is_silent:
            self._bar = tqdm(total=total, initial=initial, desc=label, unit=unit, file=sys.stderr)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        elif kind is None and self._told not in (None, self._done):
            self._print_line()

    def advance(self, count: int = 1, note: str = "") -> None:
        """Add `count` finished items; `note` (say, the loss) stands behind the bar."""
        self._done += count
        self._note = note
        if self._bar is not None:
            self._bar.set_postfix_str(note, refresh=False)
            self._bar.update(count)
        elif self._clock() - self._last_line >= SECONDS_BETWEEN_LINES:
            self._print_line()

    def _print_line(self) -> None:
        self._last_line, self._told = self._clock(), self._done
        if self._is_silent:
            return
        elapsed = self._last_line - self._started
        rate = (self._done - self._initial) / max(elapsed, 1e-9)
        left = f"{(self._total - self._done) / rate:.0f} s left" if rate > 0 else "time left unknown"
        line = f"{self._label}: {self._done}/{self._total} {self._unit}, {rate:.1f} {self._unit}/s, {left}"
        print(f"{line} {self._note}".rstrip(), file=sys.stderr, flush=True)
