"""Tell whether array, geometry file and camera belong together: microphones, channel order, sync, orientation.

Example: python -m data_prep.check_array_main --raw my_recordings --recording clap/001 --output reports/check-array

Exit status 1 when something is wrong; what cannot be told is none of that.
"""

from pathlib import Path

from absl import flags

from common import command_line
from common.errors import AcousticImagesError
from common.progress import Progress
from data_prep.array_check.checking import check_recording
from data_prep.array_check.verdicts import PROBLEM, Verdict
from data_prep.layouts import open_dataset
from data_prep.layouts.array import ArrayDataset
from data_prep.recordings import Recording

_RAW = flags.DEFINE_string("raw", None, "Folder with a dataset.yaml (docs/array-layout.md).", required=True)
_RECORDING = flags.DEFINE_string("recording", None, "Name of the recording to check; default all.")
_OUTPUT = flags.DEFINE_string("output", "reports/check-array", "Folder for a JSON file and a picture a recording.")
_EXIT_PROBLEM = 1


def main() -> int:
    """Check the recordings, and print the verdicts."""
    output_dir = Path(_OUTPUT.value)
    dataset = open_dataset(Path(_RAW.value), "array")
    if not isinstance(dataset, ArrayDataset):
        raise AcousticImagesError(f"{_RAW.value}: found the layout {dataset.layout}, wanted array")
    recordings = _chosen(dataset)
    for note in dataset.notes:
        print(f"note: {note}")
    num_problems = 0
    with Progress("check-array", len(recordings), "recording") as progress:
        for recording in recordings:
            verdicts = check_recording(dataset, recording, output_dir)
            _tell(recording.name, verdicts)
            num_problems += any(verdict.status == PROBLEM for verdict in verdicts)
            progress.advance()
    written = f"a picture and a JSON file each of {len(recordings)} recordings, {num_problems} with problems"
    repair = "mend what is marked (docs/your-own-array.md) and call again"
    command_line.close(f"{output_dir}: {written}", repair if num_problems else f"make tfrecords RAW={_RAW.value}")
    return _EXIT_PROBLEM if num_problems else 0


def _chosen(dataset: ArrayDataset) -> tuple[Recording, ...]:
    if _RECORDING.value is None:
        return dataset.recordings
    chosen = tuple(recording for recording in dataset.recordings if recording.name == _RECORDING.value)
    if not chosen:
        known = ", ".join(recording.name for recording in dataset.recordings[:10])
        raise AcousticImagesError(f"recording: found {_RECORDING.value!r}, wanted one of at least 2 s: {known}")
    return chosen


def _tell(name: str, verdicts: list[Verdict]) -> None:
    print(name)
    for verdict in verdicts:
        print(f"  {verdict.status + ':':<13}{verdict.check}: {verdict.text}")


if __name__ == "__main__":
    command_line.run(main)
