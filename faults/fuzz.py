"""Every reader, fed with damaged, hostile and random files.

Only the project's own error may come out, in bounded time, and without room being made by a number in the file. Each
reader is tried in a process of its own, so that one that crashes or hangs is told by the input that did it.
"""

import json
import multiprocessing
import os
import resource
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st

from common.errors import AcousticImagesError
from common.worker_pool import end_with_parent
from faults.hostile_bytes import hostile_bytes
from faults.outcome import Outcome
from faults.reader import Reader
from faults.readers import READERS

INPUTS_AT_FULL_SCALE = 100_000
# Fresh draws each time: what Hypothesis remembers of one call grows with it.
_INPUTS_PER_CALL = 10_000
# Hypothesis draws where random numbers begin, not the files: what it draws it varies by repeating parts, and of files
# drawn byte by byte five of six had been tried before.
_FILES_PER_DRAW = 100
# The largest picture allowed takes 100 MB, however small its file.
_MOST_NEW_BYTES = 2**28
_MOST_SECONDS_FOR_ONE = 5.0
# What starting a process and importing everything may take on a busy machine.
_GRACE_SECONDS = 600.0
_REPORT, _LOG, _FILES = "report.json", "log.txt", "files"


@dataclass
class FuzzReport:
    """What one reader's process saw of inputs that all differ; `lost` maps an error's place to the first of them."""

    tried: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    new_bytes: int = 0
    peak_bytes: int = 0
    lost: dict[str, str] = field(default_factory=dict)


def run(scale: float, seed: int, seconds_each: float, names: Sequence[str] = tuple(READERS)) -> list[Outcome]:
    """Fuzz the readers one after the other.

    Parameters
    ----------
    scale : float
        Part of `INPUTS_AT_FULL_SCALE` for each.
    seed : int
        Of what is drawn.
    seconds_each : float
        A reader that is slow gets no more time than this; the table says how many inputs it saw.
    names : sequence of str
        Of `READERS`.
    """
    inputs = max(1, round(scale * INPUTS_AT_FULL_SCALE))
    return [_fuzz_in_a_process(name, inputs, seed, seconds_each) for name in names]


def _fuzz_in_a_process(name: str, inputs: int, seed: int, seconds: float) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        folder = Path(scratch)
        process = multiprocessing.get_context("spawn").Process(target=_work, args=(name, folder, inputs, seed, seconds))
        process.start()
        process.join(seconds + _GRACE_SECONDS)
        hangs = process.is_alive()
        process.kill()
        process.join()
        path = folder / _REPORT
        report = FuzzReport(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else FuzzReport()
        if hangs or process.exitcode != 0:
            how = "hangs" if hangs else f"ends with exit status {process.exitcode}"
            report.lost[f"the process {how}"] = _last_input(folder / _FILES)
    lost = tuple(f"{place}: {example}" for place, example in report.lost.items())
    remarks = f"{report.refused:,} refused; slowest {report.slowest_s:.2f} s; {report.new_bytes >> 20} MiB at most"
    return Outcome("fuzzing", name, report.tried, lost, remarks)


def _last_input(folder: Path) -> str:
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns, default=None)
    return "no input yet" if newest is None else _kept(newest.read_bytes())


def _work(name: str, folder: Path, inputs: int, seed: int, seconds: float) -> None:
    threading.Thread(target=end_with_parent, daemon=True).start()
    with open(folder / _LOG, "wb") as log:
        # What the libraries say of each damaged file.
        os.dup2(log.fileno(), 2)
    place = folder / _FILES
    place.mkdir()
    reader = READERS[name](place)
    for sample in reader.samples:
        reader.path.write_bytes(sample)
        reader.read(reader.path)
    bytes_before = _peak_bytes()
    report = FuzzReport(peak_bytes=bytes_before)
    resource.setrlimit(resource.RLIMIT_AS, (bytes_before + 8 * _MOST_NEW_BYTES,) * 2)
    give_up, seen, call = time.monotonic() + seconds, set(), 0

    def attempt(content: bytes) -> None:
        if report.tried < inputs and time.monotonic() < give_up and hash(content) not in seen:
            seen.add(hash(content))
            _try(reader, content, report)

    while report.tried < inputs and time.monotonic() < give_up:
        _feed(reader, min(_INPUTS_PER_CALL, inputs), seed * 1_000_003 + call, attempt)
        call += 1
        report.new_bytes = _peak_bytes() - bytes_before
        (folder / _REPORT).write_text(json.dumps(asdict(report)), encoding="utf-8")


def _feed(reader: Reader, count: int, seed: int, attempt: Callable[[bytes], None]) -> None:
    @settings(
        max_examples=-(-count // _FILES_PER_DRAW),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis_seed(seed)
    @given(st.randoms(use_true_random=True))
    def feed(draw: Random) -> None:
        for _ in range(_FILES_PER_DRAW):
            attempt(hostile_bytes(reader.samples, draw))

    feed()


def _try(reader: Reader, content: bytes, report: FuzzReport) -> None:
    reader.path.write_bytes(content)
    report.tried += 1
    began = time.monotonic()
    try:
        reader.read(reader.path)
    except AcousticImagesError:
        report.refused += 1
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        _lose(report, f"{type(error).__name__} in {Path(where.filename).name}:{where.lineno}", content)
    took, peak = time.monotonic() - began, _peak_bytes()
    grown, report.peak_bytes = peak - report.peak_bytes, peak
    report.slowest_s = max(report.slowest_s, took)
    if took > _MOST_SECONDS_FOR_ONE:
        _lose(report, f"more than {_MOST_SECONDS_FOR_ONE:.0f} s", content)
    if grown > _MOST_NEW_BYTES:
        _lose(report, f"room for {_MOST_NEW_BYTES >> 20} MiB at once", content)


def _lose(report: FuzzReport, what: str, content: bytes) -> None:
    if what not in report.lost:
        report.lost[what] = _kept(content)


def _kept(content: bytes) -> str:
    """Write an input where it stays, and tell where and how it begins."""
    number, name = tempfile.mkstemp(prefix="fuzz-lost-")
    with open(number, "wb") as file:
        file.write(content)
    return f"{name}: {content[:400]!r}"


def _peak_bytes() -> int:
    """Return the most address space that this process has had: it shows room that was made and never used, too."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmPeak:"):
            return int(line.split()[1]) * 1024
    return 0
