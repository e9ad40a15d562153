"""Check every record of a stored dataset: checksums, counts, shapes, finite values, splits.

Example: python -m tfrecords_schema.verify_main --data data/tfrecords
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from absl import flags

from common import command_line
from tfrecords_schema.verify import verify

_DATA = flags.DEFINE_string("data", None, "Folder of the dataset (it has a manifest.json).", required=True)


@dataclass(frozen=True)
class VerifyConfig:
    """What the flags say."""

    data_dir: Path


def main() -> int:
    """Print the report; return 0, or 1 when a shard cannot be used."""
    config = VerifyConfig(Path(_DATA.value))
    report = verify(config.data_dir)
    for problem in report.problems:
        print(f"error: {problem}", file=sys.stderr)
    if report.problems:
        wrong = f"{config.data_dir}: {len(report.problems)} of {report.num_shards} shards cannot be used"
        command_line.close(wrong, f"make tfrecords RAW=... DATA={config.data_dir} builds the dataset again")
        return command_line.EXIT_CHECK_FAILED
    sound = f"{config.data_dir}: {report.num_records} records in {report.num_shards} shards are sound"
    command_line.close(sound, f"make train-teacher DATA={config.data_dir}")
    return 0


if __name__ == "__main__":
    command_line.run(main)
