"""Write a finished run's networks with float16 weights, half as large, to be passed on without the run.

Example: python -m models.compact_main --run runs/student-alpha0.5-seed0 --output pretrained/student

Everything that takes a run folder takes the result: embedding, export, evaluation. The card that goes with a student is
written by python -m evaluation.card_main --model pretrained/student
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
    card = f"python -m evaluation.card_main --model {_OUTPUT.value} writes a student's card"
    command_line.close(f"{_OUTPUT.value}: {size / 1e6:.1f} MB", card)


if __name__ == "__main__":
    command_line.run(main)
