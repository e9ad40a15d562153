"""Simulate a recording of claps with a 16:9 camera, to see what make check-array tells.

Example: python -m data_prep.simulate_claps_main --output mine-claps
"""

from pathlib import Path

from absl import flags

from common import command_line
from data_prep.simulation.claps import AUDIO_FILE, GEOMETRY_FILE, LEAST_SECONDS, VIDEO_FILE, write_claps

_OUTPUT = flags.DEFINE_string("output", None, "Folder for sound, video and geometry.", required=True)
_SECONDS = flags.DEFINE_integer("seconds", 16, "Length of the recording.", lower_bound=LEAST_SECONDS)
_SEED = flags.DEFINE_integer("seed", 0, "The same seed gives the same bytes.", lower_bound=0)


def main() -> None:
    """Write the files, and tell how to make a dataset of them."""
    output = Path(_OUTPUT.value)
    count = write_claps(output, _SECONDS.value, _SEED.value)
    files = f"--audio {output / AUDIO_FILE} --video {output / VIDEO_FILE} --geometry {output / GEOMETRY_FILE}"
    command_line.close(
        f"{output}: {count} claps in {_SECONDS.value} s",
        f"python -m data_prep.describe_array_main {files} --class_name clap --output raw-claps",
    )


if __name__ == "__main__":
    command_line.run(main)
