"""Build a dataset over and over, disturbed in another way each time, and print what was lost; the campaigns' part.

Takes the flags of a build beside its own. `--raw` is written to; the folder above `--output` must be empty.

Example: python -m faults.disturbed_builds_main --raw data/small --output data/disturbed/data --workers 1
"""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
from absl import flags

from common import command_line
from common.errors import AcousticImagesError
from faults import disturbed_builds as builds

_PART = flags.DEFINE_float("part", 1.0, "Part of the full number of tries.")
_DRAW = flags.DEFINE_integer("draw", 1, "Seed of what is drawn.")


def main() -> None:
    """Try every case; the last line printed is a JSON list of outcomes."""
    raw, output = Path(str(flags.FLAGS["raw"].value)), Path(str(flags.FLAGS["output"].value))
    status, printed = builds.build()
    if status != 0:
        raise AcousticImagesError(f"{output}: found exit status {status} without a fault, wanted 0: {printed}")
    place = builds.Place(raw, output, builds.content_of(output))
    shutil.rmtree(output)
    outcomes = [
        builds.full_at_each_call(place, every=max(1, round(1 / _PART.value))),
        builds.limited_files(
            place, max(1, round(_PART.value * builds.LIMITS_AT_FULL_SCALE)), np.random.default_rng(_DRAW.value)
        ),
        builds.growing_disk(place, max(3, round(_PART.value * builds.SIZES_AT_FULL_SCALE))),
        builds.read_only(place),
        builds.stepping_clock(place),
    ]
    print(json.dumps([dataclasses.asdict(outcome) for outcome in outcomes]))


if __name__ == "__main__":
    command_line.run(main)
