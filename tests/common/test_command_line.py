"""A command ends with the documented status, and says why in one line."""

import errno
import subprocess
import sys
from collections.abc import Callable

import pytest

from common import command_line
from common.errors import AcousticImagesError


def raising(error: BaseException) -> Callable[[list[str]], int]:
    def main(words: list[str]) -> int:
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (AcousticImagesError("a.wav: found 3, wanted 4"), 2, "error: a.wav: found 3, wanted 4"),
        (OSError(errno.ENOSPC, "No space left on device", "out.bin"), 2, "out.bin: No space left"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_errors_become_one_line_and_a_status(
    error: BaseException, status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line._status_of(raising(error), []) == status
    message = capsys.readouterr().err
    assert words in message
    assert message.count("\n") == 1


def test_a_bug_is_not_disguised_as_bad_input() -> None:
    with pytest.raises(ZeroDivisionError):
        command_line._status_of(raising(ZeroDivisionError()), [])


def test_an_unknown_flag_ends_with_status_two() -> None:
    script = "from common import command_line; command_line.run(lambda: 0)"
    outcome = subprocess.run([sys.executable, "-c", script, "--nosuchflag=1"], capture_output=True, text=True)
    assert outcome.returncode == 2
    assert "nosuchflag" in outcome.stderr


def test_a_bare_word_is_refused_where_none_is_taken() -> None:
    script = "from common import command_line; command_line.run(lambda: 0)"
    outcome = subprocess.run([sys.executable, "-c", script, "word"], capture_output=True, text=True)
    assert outcome.returncode == 2
    assert outcome.stderr == "error: word: found a bare word, wanted flags; see --help\n"
