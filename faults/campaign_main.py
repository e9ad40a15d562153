"""Run the fault campaigns and write a table of what was tried, how often, and what was lost.

Example: python -m faults.campaign_main --scale 0.02 --output results/faults.md

What is finished is kept beside the table, in a JSON file of its name: called again with the same scale and seed, it
goes on where it was stopped.
"""

from pathlib import Path

from absl import flags

from common import command_line
from common.atomic_files import write_text
from common.errors import AcousticImagesError
from faults.campaigns import CAMPAIGNS, Settings, plan_parts, run_parts
from faults.outcome import markdown_table

_SCALE = flags.DEFINE_float("scale", 1.0, "Part of the full number of tries.")
_SEED = flags.DEFINE_integer("seed", 1, "Of everything that is drawn.")
_SECONDS = flags.DEFINE_float("fuzz_seconds", 600.0, "Most seconds for each reader; the table tells what it got.")
_CHOSEN = flags.DEFINE_list("campaigns", list(CAMPAIGNS), f"Which of {', '.join(CAMPAIGNS)}.")
_WORKERS = flags.DEFINE_integer("workers", 1, "Parts at a time.", lower_bound=1)
_OUTPUT = flags.DEFINE_string("output", "results/faults.md", "Markdown file to write.")


def main() -> int:
    """Run what was chosen; return 1 when something was lost."""
    if _SCALE.value <= 0:
        raise AcousticImagesError(f"scale: found {_SCALE.value:g}, wanted more than 0")
    settings, output = Settings(_SCALE.value, _SEED.value, _SECONDS.value), Path(_OUTPUT.value)
    outcomes = run_parts(plan_parts(_CHOSEN.value), settings, output.with_suffix(".json"), _WORKERS.value)
    table = markdown_table(outcomes)
    heading = f"# Fault campaigns\n\n`--scale {_SCALE.value:g} --seed {_SEED.value}`\n\n"
    write_text(output, heading + table)
    print(table)
    lost = sum(len(one.lost) for one in outcomes)
    command_line.close(f"{output}: {sum(one.tried for one in outcomes):,} tries, {lost} lost", "make soak")
    return int(lost > 0)


if __name__ == "__main__":
    command_line.run(main)
