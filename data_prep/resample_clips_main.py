"""Write sound files at another rate: what is left of them for an array that samples more slowly.

Example: python -m data_prep.resample_clips_main --input ESC-10 --rate_hz 12288 --output data/esc10-at-12k

A student that was trained on an array's sound knows nothing above half the array's rate; clips that hold as much
as it has heard are the fairer ones to test it on.
"""

from pathlib import Path

from absl import flags

from common import command_line
from data_prep.resampled_clips import resample_clips
from data_prep.signal_parameters import SignalParameters

_INPUT = flags.DEFINE_string("input", None, "Folder of clips, a folder per class.", required=True)
_OUTPUT = flags.DEFINE_string("output", None, "Folder to write.", required=True)
_RATE_HZ = flags.DEFINE_integer("rate_hz", SignalParameters().sample_rate_hz, "Rate of the array.")


def main() -> None:
    """Parse the flags and write the clips."""
    output = Path(_OUTPUT.value)
    count = resample_clips(Path(_INPUT.value), output, _RATE_HZ.value)
    command_line.close(f"{output}: {count} clips at {_RATE_HZ.value} Hz", f"make tfrecords RAW={output} LAYOUT=clips")


if __name__ == "__main__":
    command_line.run(main)
