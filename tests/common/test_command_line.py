"""A command ends with the documented status, and says why in one line."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from common import command_line
from common.errors import AcousticImagesError

ROOT = Path(__file__).parents[2]
_SCRIPT = """'Does nothing.'
from absl import flags
from common import command_line
flags.DEFINE_integer("number", 3, "How many.")
flags.DEFINE_string("input", None, "From where.", required=True)
command_line.run(lambda: 0)
"""


def run_script(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", _SCRIPT, *words], capture_output=True, text=True, check=False)


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


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--input=a", "--inptu=a"], "error: flags: found --inptu, wanted --input perhaps; see --help\n"),
        (["--input=a", "--colour"], "error: flags: found --colour, wanted a flag of this command; see --help\n"),
        (
            ["--input=a", "--verbose"],
            "error: flags: found --verbose, wanted VERBOSE=1 before the command, which shows TensorFlow's messages\n",
        ),
        ([], "error: flags: found no --input, wanted a value of each; see --help\n"),
        (["--input=a", "--number=many"], "error: flag --number=many: invalid literal for int() with base 10: 'many'\n"),
    ],
)
def test_a_flag_that_cannot_be_meant_is_named_in_one_line(words: list[str], message: str) -> None:
    outcome = run_script(*words)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (2, "", message)


def test_tensorflow_speaks_when_it_is_asked_to(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tfrecords_schema.verify_main", f"--data={tmp_path}"]
    shell = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"} | {"VERBOSE": "1"}
    lines = subprocess.run(command, capture_output=True, text=True, env=shell, cwd=ROOT).stderr.splitlines()
    assert lines[-1].startswith(f"error: {tmp_path}/manifest.json: ")
    assert any("tensorflow/" in line for line in lines)


def test_help_tells_all_flags_of_the_command_required_ones_first_and_none_of_libraries() -> None:
    outcome = run_script("--help")
    assert outcome.returncode == 0
    names = [line.split()[0] for line in outcome.stdout.splitlines() if line.startswith("  --")]
    assert names == ["--input", "--number"]
    assert "Does nothing." in outcome.stdout
    assert "--input (required)" in outcome.stdout
    assert "--number (default: 3)" in outcome.stdout


def test_a_bare_word_is_refused_where_none_is_taken() -> None:
    script = "from common import command_line; command_line.run(lambda: 0)"
    outcome = subprocess.run([sys.executable, "-c", script, "word"], capture_output=True, text=True)
    assert outcome.returncode == 2
    assert outcome.stderr == "error: word: found a bare word, wanted flags; see --help\n"
