"""Compare raw recordings with the hashes that a dataset was built from.

Example: python -m data_prep.check_sources_main --raw data/simulated --data data/tfrecords
"""

import sys
from pathlib import Path

from absl import flags

from common import command_line
from data_prep.sources import changed_sources, read_sources

_RAW = flags.DEFINE_string("raw", None, "Folder of raw recordings.", required=True)
_DATA = flags.DEFINE_string("data", None, "Folder of the dataset that was built from them.", required=True)


def main() -> int:
    """Print each changed file; return 0, or 2 when there is one."""
    raw_dir, data_dir = Path(_RAW.value), Path(_DATA.value)
    problems = list(changed_sources(data_dir, raw_dir))
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if problems:
        return command_line.EXIT_UNUSABLE_INPUT
    print(f"{raw_dir}: {len(read_sources(data_dir))} files are as {data_dir} was built from")
    return 0


if __name__ == "__main__":
    command_line.run(main)
