"""What one should know of a trained student before using it, as Markdown."""

import csv
from collections.abc import Mapping
from pathlib import Path

from common.foreign_files import parsing
from common.sealed_json import read_sealed_json
from models.saved_networks import CONFIG_FILE, RUN_FILE

_SHOWN = (
    "preset",
    "seed",
    "alpha",
    "teacher_control",
    "epochs",
    "batch_size",
    "learning_rate",
    "margin",
    "weight_decay",
    "mixed_precision",
    "optimizer",
)


def model_card(run_dir: Path, differences: Mapping[str, float]) -> str:
    """Return the card of a run.

    Parameters
    ----------
    run_dir : Path
        A finished student's run.
    differences : mapping of str to float
        Largest difference of a feature from the training code's, by exported file.

    Raises
    ------
    AcousticImagesError
        A run folder without its description.
    """
    stored = read_sealed_json(run_dir / CONFIG_FILE, "train again")
    config, identity = stored.get("configuration", {}), stored.get("identity", {})
    exported = [f"| `{name}` | {difference:.1e} |" for name, difference in differences.items()]
    settings = [f"| {name} | {config[name]} |" for name in _SHOWN if name in config]
    lines = [
        "# HearNet: 128 features of two seconds of sound",
        "",
        "HearNet hears one microphone. It was trained without labels, together with a network on video, and by",
        "imitating a network on acoustic images as much as alpha says (Sanguineti et al., ECCV 2020).",
        "",
        "Input: `waveform` [windows, 44100] float32, one channel at 22,050 Hz, any loudness but silence. Output:",
        "[windows, 128] float32 of unit length; compare them by Euclidean distance. The spectrogram is made inside.",
        "",
        "## Files",
        "",
        "| file | largest difference from the training code |",
        "|---|---|",
        *exported,
        "",
        "## Data",
        "",
        f"Dataset with the manifest hash `{identity.get('manifest_hash')}`. Its `manifest.json` tells whether it was",
        "recorded or simulated; features of simulated sounds are no measure of what the method reaches on recordings.",
        "",
        "## Configuration",
        "",
        "| | |",
        "|---|---|",
        *settings,
        *_made_by(run_dir / RUN_FILE),
        "",
        "## Metrics",
        "",
        *_metrics(run_dir / "history.csv"),
        "",
        "## Limits",
        "",
        "- It hears two seconds at a time and up to 11 kHz; what is shorter or higher is lost or diluted. What lies",
        "  above its training recordings (an array at 12,288 Hz carries sound up to 6 kHz) is strange to it.",
        "- Its features are as good as its data: sounds unlike those of training may lie anywhere.",
        "- It does not tell silence, and must not be given any.",
        "- It was made for research; nothing that matters to people should be decided by it alone.",
    ]
    return "\n".join(lines) + "\n"


def _metrics(history: Path) -> list[str]:
    """Return the last epoch's line of the history as a table."""
    if not history.is_file():
        return ["No history was kept."]
    with (
        parsing(history, "history of a training", "train again, or delete it to leave the metrics out"),
        open(history, newline="", encoding="utf-8") as file,
    ):
        rows = list(csv.DictReader(file))
    last = rows[-1] if rows else {}
    # A line that was cut short has no value for its last columns.
    names = [
        name for name in ("epoch", "task_loss", "transfer_loss", "validation_accuracy") if last.get(name) is not None
    ]
    return [
        "| " + " | ".join(names) + " |",
        "|" + "---|" * len(names),
        "| " + " | ".join(last[n] for n in names) + " |",
    ]


def _made_by(path: Path) -> list[str]:
    """Return which code trained the run, where its folder tells."""
    if not path.is_file():
        return []
    run = read_sealed_json(path, "train again")
    return [
        f"| code | {run.get('git_revision') or 'not known'} |",
        f"| TensorFlow | {run.get('tensorflow_version')} |",
    ]
