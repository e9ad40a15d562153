"""Write a finished run's networks with float16 weights, half as large, to be passed on without the run.

Example: python -m models.compact_main --run runs/student-alpha0.5-seed0 --output pretrained/student

Everything that takes a run folder takes the result: embedding, export, evaluation.
"""

from pathlib import Path

from absl import flags

from common import command_line
from models.compact_networks import save_compact

_RUN = flags.DEFINE_string("run", None, "Folder of a finished run.", required=True)
_OUTPUT = flags.DEFINE_string("output", None, "Folder to write.", required=True)


def main() -> None:
    """Parse the flags and write."""
    size = save_compact(Path(_RUN.value), Path(_OUTPUT.value))
    student = f"python -m evaluation.embed_main --model {_OUTPUT.value} takes a student"
    command_line.close(f"{_OUTPUT.value}: {size / 1e6:.1f} MB", student)


if __name__ == "__main__":
    command_line.run(main)
