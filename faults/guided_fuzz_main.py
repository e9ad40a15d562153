"""Fuzz one reader by what its inputs reach: those that run new lines of the reader are changed further.

Example: python -m faults.guided_fuzz_main --reader manifest --inputs 100000

Needs atheris (requirements-fuzz.txt) and Linux. The inputs start from whole files; only the project's own error may
come out. An input that brings out another ends the run with the trace, and lies in a temporary folder as crash-*.
`make faults` runs it on the readers of `faults/guided_fuzz.py`.
"""

import importlib
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from absl import flags

from common import command_line
from common.errors import AcousticImagesError

_READER = flags.DEFINE_string("reader", None, "Of faults/readers.py, such as manifest.", required=True)
_INPUTS = flags.DEFINE_integer("inputs", 100_000, "How many to try.")
_SECONDS = flags.DEFINE_integer("seconds", 600, "Most time to take.")
_SEED = flags.DEFINE_integer("seed", 1, "Of what is drawn.")
_FOLDER = flags.DEFINE_string("folder", None, "Where inputs and what was found lie; a new temporary one by default.")
_MOST_INPUT_BYTES = 2**16
_MOST_SECONDS_FOR_ONE = 5
_MOST_MEGABYTES = 4096
# Whose lines count: the readers and what they are made of. Common is loaded by then, and does not.
_WATCHED = ["data_prep", "tfrecords_schema", "models", "yaml", "json", "csv", "xml"]


def main() -> None:
    """Start the fuzzer, which ends the process itself."""
    atheris = _atheris()
    with atheris.instrument_imports(include=_WATCHED, enable_loader_override=False):
        readers = importlib.import_module("faults.readers").READERS
    if _READER.value not in readers:
        raise AcousticImagesError(f"reader: found {_READER.value!r}, wanted one of {', '.join(readers)}")
    folder = Path(_FOLDER.value or tempfile.mkdtemp(prefix="guided-fuzz-"))
    for name in ("files", "corpus"):
        (folder / name).mkdir(parents=True)
    reader = readers[_READER.value](folder / "files")
    for number, sample in enumerate(reader.samples):
        (folder / "corpus" / str(number)).write_bytes(sample)

    def feed(content: bytes) -> None:
        reader.path.write_bytes(content)
        try:
            reader.read(reader.path)
        except AcousticImagesError:
            return

    limits = [f"-runs={_INPUTS.value}", f"-max_total_time={_SECONDS.value}", f"-timeout={_MOST_SECONDS_FOR_ONE}"]
    limits += [f"-rss_limit_mb={_MOST_MEGABYTES}", f"-max_len={_MOST_INPUT_BYTES}", f"-seed={_SEED.value}"]
    limits.append(f"-artifact_prefix={folder}/")
    atheris.Setup([sys.argv[0], *limits, str(folder / "corpus")], feed)
    atheris.Fuzz()


def _atheris() -> ModuleType:
    try:
        return importlib.import_module("atheris")
    except ImportError as error:
        raise AcousticImagesError(
            f"atheris: found none ({error}), wanted it; .venv/bin/python -m pip install -r requirements-fuzz.txt"
        ) from error


if __name__ == "__main__":
    command_line.run(main)
