"""Write what the study's pictures of single windows are drawn from: maps on a few windows, 2-D maps of the features.

Example: python -m evaluation.picture_data_main --runs RUN,RUN --data data/tfrecords --output results/tables
"""

from pathlib import Path

from absl import flags

from common import command_line
from evaluation.picture_data import write_picture_data
from evaluation.runs import find_runs
from tfrecords_schema.reader import WindowReader

_RUNS = flags.DEFINE_list("runs", None, "Run folders of a teacher and of students.", required=True)
_DATA = flags.DEFINE_string("data", None, "Folder of TFRecord shards.", required=True)
_OUTPUT = flags.DEFINE_string("output", "results/tables", "Folder to write.")


def main() -> None:
    """Parse the flags and write."""
    runs = find_runs([Path(place) for place in _RUNS.value])
    write_picture_data(Path(_OUTPUT.value), WindowReader(_DATA.value), runs)
    written = f"{_OUTPUT.value}: maps and embeddings of {len(runs)} runs"
    command_line.close(written, f"python -m evaluation.study_figures_main --results {Path(_OUTPUT.value).parent}")


if __name__ == "__main__":
    command_line.run(main)
