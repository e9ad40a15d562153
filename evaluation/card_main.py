"""Write the model card of a student's run into its folder: data, configuration, metrics, limits.

Example: python -m evaluation.card_main --model pretrained/student

Runs trained by earlier versions do not remember their data: --data names it. Metrics are those of the folder measured/,
which python -m evaluation.tables_main --runs RUN --data DATA writes.
"""

from pathlib import Path

from absl import flags

from common import command_line
from common.atomic_files import write_text
from evaluation.model_card import model_card
from tfrecords_schema.manifest import read_manifest
from tfrecords_schema.summary import dataset_summary

CARD = "README.md"

_MODEL = flags.DEFINE_string("model", None, "Run folder of a student.", required=True)
_DATA = flags.DEFINE_string("data", None, "The dataset it was trained on, where the run does not remember it.")


def main() -> None:
    """Parse the flags and write."""
    model = Path(_MODEL.value)
    data = dataset_summary(read_manifest(_DATA.value)) if _DATA.value else None
    write_text(model / CARD, model_card(model, data=data))
    command_line.close(
        str(model / CARD), f"python -m evaluation.export_main --model {model} makes it a file for others"
    )


if __name__ == "__main__":
    command_line.run(main)
