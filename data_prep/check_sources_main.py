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
    """Print each changed file; return 0, or 1 when there is one."""
    raw_dir, data_dir = Path(_RAW.value), Path(_DATA.value)
    count, problems = len(read_sources(data_dir)), list(changed_sources(data_dir, raw_dir))
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    if problems:
        changed = f"{raw_dir}: {len(problems)} of {count} files are not as {data_dir} was built from"
        command_line.close(changed, f"bring them back, or make tfrecords RAW={raw_dir} DATA={data_dir} builds anew")
        return command_line.EXIT_CHECK_FAILED
    command_line.close(f"{raw_dir}: {count} files are as {data_dir} was built from", f"make verify DATA={data_dir}")
    return 0


if __name__ == "__main__":
    command_line.run(main)
