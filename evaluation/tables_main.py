"""Measure all finished runs and write the paper's four tables over their seeds, ours beside the paper's.

Example: python -m evaluation.tables_main --runs runs/tables --data data/tfrecords --output results/tables

What is measured once is kept, in each run's folder and in OUTPUT/measurements.csv, which also keeps what runs that
are gone by now had reached.
"""

from pathlib import Path

from absl import flags

from common import command_line
from evaluation.measurements import measure_all
from evaluation.result_files import require_same_data
from evaluation.runs import find_runs
from evaluation.seed_tables import TransferTarget
from evaluation.write_tables import write_tables
from tfrecords_schema.manifest import read_manifest
from tfrecords_schema.storage import require_local

_RUNS = flags.DEFINE_list("runs", None, "Run folders, or folders that hold runs.", required=True)
_DATA = flags.DEFINE_string("data", None, "The dataset that the runs were trained on.", required=True)
_OTHER_ARRAY = flags.DEFINE_list("other_array", [], "Datasets of arrays for table 3, such as AVIA.")
_OTHER_SOUND = flags.DEFINE_list("other_sound", [], "Datasets of sound for table 4, such as DCASE 2018.")
_OUTPUT = flags.DEFINE_string("output", "results/tables", "Folder to write.")
_WORKERS = flags.DEFINE_integer("workers", 1, "Processes that measure.", lower_bound=1)


def main() -> None:
    """Parse the flags, measure, and print the tables."""
    # Before what is measured for minutes, to be written there.
    require_local(_OUTPUT.value, "tables")
    runs = find_runs([Path(place) for place in _RUNS.value])
    targets = [TransferTarget(Path(place).name, 3) for place in _OTHER_ARRAY.value]
    targets += [TransferTarget(Path(place).name, 4) for place in _OTHER_SOUND.value]
    places = [Path(place) for place in (_DATA.value, *_OTHER_ARRAY.value, *_OTHER_SOUND.value)]
    output = Path(_OUTPUT.value)
    hashes = {place.name: read_manifest(place).hash() for place in places}
    # Before what is measured for minutes as well.
    require_same_data(output, hashes)
    measured = measure_all(runs, places, _WORKERS.value)
    for table in write_tables(output, measured, places[0].name, targets, hashes):
        print(table.to_markdown())
    written = f"{output}: tables.md, and measurements.csv of {len(runs)} runs"
    command_line.close(written, f"python -m evaluation.study_figures_main --results {output.parent}")


if __name__ == "__main__":
    command_line.run(main)
