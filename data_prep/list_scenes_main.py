"""List how loudly the scenes of simulated recordings are disturbed, one row a recording.

Example: python -m data_prep.list_scenes_main --raw data/simulated --output results/scenes.csv
"""

from pathlib import Path

from absl import flags

from common import command_line
from data_prep.simulation.scene_list import write_scene_list

_RAW = flags.DEFINE_string("raw", None, "Folder of simulated recordings.", required=True)
_OUTPUT = flags.DEFINE_string("output", None, "CSV file to write.", required=True)


def main() -> None:
    """Parse the flags and write the list."""
    count = write_scene_list(Path(_RAW.value), Path(_OUTPUT.value))
    command_line.close(f"{_OUTPUT.value}: {count} recordings", "make study-figures")


if __name__ == "__main__":
    command_line.run(main)
