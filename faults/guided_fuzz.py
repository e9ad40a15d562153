"""Readers of text and of nested parts, fuzzed by what their inputs reach; each in a command of its own.

Reaching further helps where a file has a grammar; the others are drawn at random alone (`fuzz.py`).
"""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from faults import children
from faults.fuzz import INPUTS_AT_FULL_SCALE
from faults.outcome import Outcome

GUIDED_READERS = (
    *("manifest", "index", "network.json", "dataset.yaml", "recordings.csv"),
    *("geometry CSV", "geometry JSON", "geometry XML", ".mat"),
)
_LIBRARY = "atheris"
# What starting a process, importing everything and watching it may take on a busy machine.
_GRACE_SECONDS = 600.0
# libFuzzer's count at the start of its lines, and what it calls the input that ended the run.
_TRIED, _REACHED, _ARTIFACTS = re.compile(r"^#(\d+)", re.M), re.compile(r"\bcov: (\d+)"), ("crash", "timeout", "oom")


def run(scale: float, seed: int, seconds_each: float, names: Sequence[str] = GUIDED_READERS) -> list[Outcome]:
    """Fuzz the readers one after the other; see `fuzz.run`.

    A reader ends at its first loss, whose input stays in a temporary folder that the table names. Without atheris
    nothing is tried, and the row says so.
    """
    inputs = max(1, round(scale * INPUTS_AT_FULL_SCALE))
    if importlib.util.find_spec(_LIBRARY) is None:
        return [Outcome("guided fuzzing", name, 0, (), f"{_LIBRARY} is not installed") for name in names]
    return [_fuzz(name, inputs, seed, seconds_each) for name in names]


def _fuzz(name: str, inputs: int, seed: int, seconds: float) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="guided-fuzz-"))
    flags = (f"--reader={name}", f"--inputs={inputs}", f"--seconds={round(seconds)}", f"--seed={seed}")
    child = children.start("faults.guided_fuzz_main", *flags, f"--folder={folder}")
    try:
        printed = "".join(child.communicate(timeout=seconds + _GRACE_SECONDS))
        how = f"ends with exit status {child.returncode}" if child.returncode else ""
    except subprocess.TimeoutExpired:
        printed, how = "", "hangs"
    finally:
        child.kill()
    outcome = outcome_of(name, folder, printed, how)
    if not outcome.lost:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def outcome_of(name: str, folder: Path, printed: str, how: str) -> Outcome:
    """Return the row of one reader.

    Parameters
    ----------
    name : str
        The reader.
    folder : Path
        Where the input that ended the run lies, if one did.
    printed : str
        What the fuzzer told.
    how : str
        How the process failed; empty where it did not.
    """
    tried = max(map(int, _TRIED.findall(printed)), default=0)
    reached = max(map(int, _REACHED.findall(printed)), default=0)
    artifacts = [path for kind in _ARTIFACTS for path in sorted(folder.glob(f"{kind}-*"))]
    lost = [f"{_reason(printed) or how}: {path}: {path.read_bytes()[:400]!r}" for path in artifacts]
    if how and not lost:
        lost = [f"the process {how}: {' '.join(printed.split())[-400:]}"]
    return Outcome("guided fuzzing", name, tried, tuple(lost), f"{reached:,} branches reached")


def _reason(printed: str) -> str:
    """Return the error that came out, which the fuzzer tells below a heading of its own."""
    found = re.search(r"Uncaught Python exception: ===\s*\n(.+)", printed)
    return found.group(1).strip() if found else ""
