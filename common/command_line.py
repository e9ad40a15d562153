"""How every command starts and ends: its flags, one line for an error, documented exit status.

Exit status: 0 done; 1 the work was done and found something wrong (a check failed, a run of many failed); 2 unusable
input or flags, so that there was nothing to check or to do; 130 interrupted (call again to go on).
"""

import errno
import signal
import sys
from collections.abc import Callable
from types import FrameType

from absl import app

from common.command_flags import parse_flags
from common.errors import AcousticImagesError

EXIT_CHECK_FAILED = 1
EXIT_UNUSABLE_INPUT = 2
EXIT_INTERRUPTED = 130
# What a full disk, a missing right or a wrong path raise; anything else is a bug, and told with its traceback.
EXPECTED_OS_ERRORS = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT),
    *(errno.EIO, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ESTALE),
}


def run(main: Callable[[], int | None]) -> None:
    """Parse the flags, call `main`, and end the process.

    Parameters
    ----------
    main : callable
        Takes nothing (it reads its flags) and returns an exit status, or None for 0.
    """

    def without_words(words: list[str]) -> int | None:
        if words:
            raise AcousticImagesError(f"{words[0]}: found a bare word, wanted flags; see --help")
        return main()

    run_with_words(without_words)


def run_with_words(main: Callable[[list[str]], int | None]) -> None:
    """Run a command that takes bare words beside its flags; `main` gets them."""
    signal.signal(signal.SIGTERM, _interrupt)
    app.run(lambda arguments: sys.exit(_status_of(main, arguments[1:])), flags_parser=_parse_flags)


def close(written: str, next_step: str) -> None:
    """Print a command's last line: what was written, and what to run or to look at next."""
    print(f"{written}; next: {next_step}")


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Take SIGTERM like Ctrl-C: what is half written is removed, and worker processes end."""
    raise KeyboardInterrupt


def _parse_flags(arguments: list[str]) -> list[str]:
    try:
        return parse_flags(arguments)
    except AcousticImagesError as error:
        raise SystemExit(_complain(str(error))) from None


def _status_of(main: Callable[[list[str]], int | None], words: list[str]) -> int:
    try:
        return main(words) or 0
    except AcousticImagesError as error:
        return _complain(str(error))
    except OSError as error:
        if error.errno not in EXPECTED_OS_ERRORS:
            raise
        return _complain(f"{error.filename or 'output'}: {error.strerror}; free some space or fix the path, call again")
    except MemoryError:
        return _complain("found too little memory; call again with fewer workers, smaller batches or more memory")
    except KeyboardInterrupt:
        print("interrupted: call the same command again to go on", file=sys.stderr)
        return EXIT_INTERRUPTED


def _complain(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return EXIT_UNUSABLE_INPUT
