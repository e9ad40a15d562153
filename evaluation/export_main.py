"""Export a trained student: SavedModel, TensorFlow Lite, ONNX, the front end inside, with a model card.

Example: python -m evaluation.export_main --model runs/student-alpha0.5-seed0 --output exports/student
"""

from pathlib import Path

from absl import flags

from common import command_line
from evaluation.exports import CARD_FILE, FORMATS, export_student

_MODEL = flags.DEFINE_string("model", None, "Run folder of a student.", required=True)
_OUTPUT = flags.DEFINE_string("output", None, "Folder to write; default exports/ and the run's name.")
_FORMATS = flags.DEFINE_list("formats", list(FORMATS), f"Of {', '.join(FORMATS)}.")


def main() -> None:
    """Parse the flags, export, and name what was written."""
    model = Path(_MODEL.value)
    output = Path(_OUTPUT.value) if _OUTPUT.value else Path("exports") / model.resolve().name
    paths = export_student(model, output, tuple(_FORMATS.value))
    for path in paths:
        print(path)
    command_line.close(f"{output}: {len(paths)} files", f"read {output / CARD_FILE}")


if __name__ == "__main__":
    command_line.run(main)
