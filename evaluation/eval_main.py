"""Judge finished runs: CMC and KNN tables beside the paper's, figures and a report.

Example: python -m evaluation.eval_main --data data/tfrecords --runs runs --output reports/latest
"""

from pathlib import Path

from absl import flags

from common import command_line
from evaluation.evaluate import evaluate
from evaluation.runs import find_runs

_DATA = flags.DEFINE_string("data", None, "Folder of TFRecord shards.", required=True)
_RUNS = flags.DEFINE_list("runs", None, "Run folders, or folders that hold runs.", required=True)
_OUTPUT = flags.DEFINE_string("output", "reports/latest", "Folder to write.")


def main() -> None:
    """Parse the flags, evaluate, and print the tables."""
    runs = find_runs([Path(place) for place in _RUNS.value])
    evaluation = evaluate(Path(_DATA.value), runs, Path(_OUTPUT.value))
    for table in evaluation.tables:
        print(table.to_markdown())
    if evaluation.left_out:
        print(evaluation.left_out)
    command_line.close(f"{_OUTPUT.value}: tables and figures", f"open {evaluation.report} in a browser")


if __name__ == "__main__":
    command_line.run(main)
