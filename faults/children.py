"""Commands of this project as child processes, to be killed and starved."""

import ctypes
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from common.errors import AcousticImagesError
from common.folder_lock import LOCK_FILE
from data_prep.build import BuildConfig, build_dataset
from tfrecords_schema.framing import read_records

PATIENCE_S = 300.0
_SECONDS_BETWEEN_LOOKS = 0.002
# PR_CAPBSET_DROP of prctl(2), CAP_DAC_OVERRIDE of capabilities(7).
_DROP_FROM_BOUNDS, _OVERRIDE_RIGHTS = 24, 1
# Of linux/capability.h: the layout of the sets.
_RIGHTS_VERSION = 0x20080522
_ROOT = Path(__file__).parents[1]


def start(module: str, *flags: str, prepare: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    """Start `python -m module`; what it prints is kept for `end`."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", module, *flags]
    paths = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.Popen(
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        cwd=_ROOT,
        env=environment,
        preexec_fn=prepare,
        bufsize=1,
    )


def start_build(raw: Path, output: Path, *more: str, workers: int = 2) -> subprocess.Popen[str]:
    """Start a build of the waveforms, which takes no beamforming; `more` flags beside those that all builds have."""
    return start("data_prep.make_tfrecords_main", *build_flags(raw, output, workers), *more)


def build_small(raw: Path, output: Path, shard_mb: int | None = None) -> None:
    """Build in this process what `start_build` builds."""
    fractions = (0.5, 0.25, 0.25)
    build_dataset(BuildConfig(raw, output, modalities=("waveform",), split_fractions=fractions, shard_mb=shard_mb))


def build_flags(raw: Path, output: Path, workers: int) -> tuple[str, ...]:
    """Return the flags of a build of the waveforms."""
    where = (f"--raw={raw}", f"--output={output}", f"--workers={workers}")
    return (*where, "--modalities=waveform", "--split_fractions=0.5,0.25,0.25")


def limit_files(num_bytes: int) -> None:
    """Let no file of this process grow above a size, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, num_bytes))


def give_up_root() -> None:
    """Give up root's right to write everywhere, in this process and in a program that it becomes.

    It stays the same user, whom the interpreter and the packages are readable for.
    """
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    # Two sets of 32 rights, each what is in effect, permitted and inherited.
    head, rights = (ctypes.c_uint32 * 2)(_RIGHTS_VERSION, 0), (ctypes.c_uint32 * 6)()
    failed = libc.prctl(_DROP_FROM_BOUNDS, _OVERRIDE_RIGHTS, 0, 0, 0) or libc.capget(head, rights)
    rights[0] &= ~(1 << _OVERRIDE_RIGHTS)
    if failed or libc.capset(head, rights):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def end(child: subprocess.Popen[str], patience_s: float = PATIENCE_S) -> tuple[int, str]:
    """Wait for a child; return its exit status and all that it printed and has not been read."""
    printed = child.communicate(timeout=patience_s)
    return child.returncode, "".join(printed)


def finish(child: subprocess.Popen[str]) -> str:
    """Wait for a child that nothing is done to; raises AcousticImagesError unless it ends well."""
    status, printed = end(child)
    require_well_ended(child, status, printed)
    return printed


def require_well_ended(child: subprocess.Popen[str], status: int, printed: str) -> None:
    """Raise AcousticImagesError unless a child that nothing was done to has ended well."""
    if status != 0:
        raise AcousticImagesError(f"{child.args!r}: found exit status {status}, wanted 0: {printed[-500:]}")


def wrong_end(what: str, found: tuple[int, str], status: int, words: str) -> list[str]:
    """Return what is wrong with how a command ended: status, words, or more than one line for the user."""
    complaints = [line for line in found[1].splitlines() if line.startswith(("error:", "interrupted:"))]
    if found[0] == status and len(complaints) == 1 and words in complaints[0] and "Traceback" not in found[1]:
        return []
    return [f"{what}: exit status {found[0]}, wanted {status} and one line with {words!r}; printed {found[1][-400:]!r}"]


def wait_for(child: subprocess.Popen[str], event: Callable[[], bool]) -> bool:
    """Wait for something to happen; False when the child ended before."""
    give_up = time.monotonic() + PATIENCE_S
    while child.poll() is None and time.monotonic() < give_up:
        if event():
            return True
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return False


def has_locked(folder: Path, child: subprocess.Popen[str]) -> bool:
    """Tell whether the child has begun to write to a folder."""
    path = folder / LOCK_FILE
    try:
        return path.read_text(encoding="ascii").strip() == str(child.pid)
    except OSError:
        return False


def workers_of(child: subprocess.Popen[str]) -> list[int]:
    """Return the process numbers of a child's own children."""
    return [int(word) for word in Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split()]


def content_of(folder: Path) -> dict[str, bytes]:
    """Return all files of a finished dataset."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != LOCK_FILE)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def torn_shards(folder: Path) -> list[str]:
    """Return a line for each shard under its final name that does not parse wholly."""
    torn = []
    for path in _shards(folder):
        try:
            with open(path, "rb") as file:
                for _ in read_records(file, path):
                    pass
        except FileNotFoundError:
            # Workers of a killed build may still be at its spool for a moment.
            continue
        except ValueError as error:
            torn.append(str(error))
    return torn


def _shards(folder: Path) -> list[Path]:
    """Return all files below a folder that are called as whole shards or spooled recordings are."""
    try:
        return [path for path in sorted(folder.rglob("*.tfrecord")) if not path.name.startswith(".")]
    except FileNotFoundError:
        # The build has just removed a folder that was being listed.
        return []
