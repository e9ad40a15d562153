"""The build, killed at random moments and called again: the same bytes as a build that nobody disturbed."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from common.errors import AcousticImagesError
from faults.children import content_of, end, has_locked, start_build, torn_shards, wait_for
from faults.outcome import Outcome
from faults.small_files import write_recordings

KILLS_AT_FULL_SCALE = 50
_SMALL_SHARDS = "--shard_mb=1"
_SECONDS_BETWEEN_LOOKS = 0.02


@dataclass
class _Seen:
    """How often was looked for torn shards, and those that were found, each once."""

    looks: int = 0
    torn: dict[str, None] = field(default_factory=dict)


def run(scale: float, seed: int) -> list[Outcome]:
    """Kill builds, `scale` times `KILLS_AT_FULL_SCALE` in all."""
    kills = max(1, round(scale * KILLS_AT_FULL_SCALE))
    with tempfile.TemporaryDirectory(prefix="build-kills-") as scratch:
        folder = Path(scratch)
        # Of 1 MB, four shards for training and two for each other split: something to tear at most moments.
        raw = write_recordings(folder / "raw", per_class=4, seconds=8)
        seconds = _undisturbed(raw, folder / "whole")
        return [_kill_often(raw, folder, kills, seconds, np.random.default_rng(seed))]


def _undisturbed(raw: Path, output: Path) -> float:
    """Build, and return the seconds between the first byte written and the end."""
    child = start_build(raw, output, _SMALL_SHARDS)
    wait_for(child, lambda: has_locked(output, child))
    began = time.monotonic()
    status, printed = end(child)
    if status != 0:
        raise AcousticImagesError(f"{output}: found exit status {status} without a fault, wanted 0: {printed}")
    return time.monotonic() - began


def _kill_often(raw: Path, folder: Path, kills: int, seconds: float, generator: np.random.Generator) -> Outcome:
    output, wanted = folder / "killed", content_of(folder / "whole")
    lost: list[str] = []
    done = finished = looks = 0
    while True:
        with _watched(output) as seen:
            child = start_build(raw, output, _SMALL_SHARDS)
            if done < kills and wait_for(child, partial(has_locked, output, child)):
                time.sleep(generator.uniform(0, seconds))
                if child.poll() is None:
                    child.kill()
                    done += 1
            status, printed = end(child)
        looks += seen.looks
        lost += [f"kill {done}: {line}" for line in [*seen.torn, *torn_shards(output)]]
        if status == 0:
            finished += 1
            if content_of(output) != wanted:
                lost.append(f"build {finished} differs from the undisturbed one")
            shutil.rmtree(output)
            if done == kills:
                remarks = (
                    f"{finished} builds finished in between, each compared byte for byte; looked for torn shards "
                    f"{looks:,} times while they were built, and after each end"
                )
                return Outcome("build killed", "SIGKILL at a random moment, then resumed", kills, tuple(lost), remarks)
        elif status > 0:
            lost.append(f"after kill {done}: exit status {status}: {printed[-300:]}")
            shutil.rmtree(output)


@contextmanager
def _watched(folder: Path) -> Iterator[_Seen]:
    """Look for torn shards over and over, beside what the block does."""
    seen, over = _Seen(), threading.Event()

    def look() -> None:
        while not over.wait(_SECONDS_BETWEEN_LOOKS):
            seen.looks += 1
            seen.torn.update(dict.fromkeys(torn_shards(folder)))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()
