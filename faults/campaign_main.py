"""Run the fault campaigns and write a table of what was tried, how often, and what was lost.

Example: python -m faults.campaign_main --scale 0.02 --output results/faults.md
"""

import sys
from pathlib import Path

from absl import flags

from common import command_line
from common.atomic_files import write_text
from common.errors import AcousticImagesError
from faults import bit_flips, build_kills, fuzz, starvation, training_kills
from faults.outcome import Outcome, markdown_table

_SCALE = flags.DEFINE_float("scale", 1.0, "Part of the full number of tries.")
_SEED = flags.DEFINE_integer("seed", 1, "Of everything that is drawn.")
_SECONDS = flags.DEFINE_float("fuzz_seconds", 600.0, "Most seconds for each reader; the table tells what it got.")
_CAMPAIGNS = {
    "fuzz": lambda scale, seed: fuzz.run(scale, seed, _SECONDS.value),
    "bit_flips": bit_flips.run,
    "build_kills": build_kills.run,
    "training_kills": training_kills.run,
    "starvation": starvation.run,
}
_CHOSEN = flags.DEFINE_list("campaigns", list(_CAMPAIGNS), f"Which of {', '.join(_CAMPAIGNS)}.")
_OUTPUT = flags.DEFINE_string("output", None, "Markdown file to write as well.")


def main() -> int:
    """Run what was chosen; return 1 when something was lost."""
    unknown = [name for name in _CHOSEN.value if name not in _CAMPAIGNS]
    if unknown or _SCALE.value <= 0:
        found = unknown[0] if unknown else f"scale {_SCALE.value}"
        raise AcousticImagesError(f"found {found!r}, wanted a scale above 0 and campaigns of {', '.join(_CAMPAIGNS)}")
    outcomes: list[Outcome] = []
    for name in _CHOSEN.value:
        print(f"{name} ...", file=sys.stderr, flush=True)
        outcomes += _CAMPAIGNS[name](_SCALE.value, _SEED.value)
    table = markdown_table(outcomes)
    print(table)
    if _OUTPUT.value:
        heading = f"# Fault campaigns\n\n`--scale {_SCALE.value:g} --seed {_SEED.value}`\n\n"
        write_text(Path(_OUTPUT.value), heading + table)
    return int(any(one.lost for one in outcomes))


if __name__ == "__main__":
    command_line.run(main)
