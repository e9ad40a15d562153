"""What one should know of a trained student before using it, as Markdown."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.sealed_json import read_sealed_json
from evaluation.measurements import CHANCE, CMC, CMC_CHANCE, CMC_OTHERS, CMC_OTHERS_CHANCE, KNN, measured_files
from models.saved_networks import CONFIG_FILE, ROUNDED_FROM, RUN_FILE, read_network_description

_SHOWN = (
    *("run_dir", "data_dir", "teacher_run", "preset", "seed", "alpha", "teacher_control", "epochs", "batch_size"),
    *("learning_rate", "margin", "weight_decay", "mixed_precision", "optimizer"),
)
_FOLDERS = ("run_dir", "data_dir", "teacher_run")
_RANKS = ("1", "5", "10")
_RETRIEVAL = (
    (CMC, CMC_CHANCE, "a video of the sound's class among the nearest {}"),
    (CMC_OTHERS, CMC_OTHERS_CHANCE, "the same, of other recordings only, nearest {}"),
)


def model_card(
    run_dir: Path, differences: Mapping[str, float] | None = None, data: Mapping[str, Any] | None = None
) -> str:
    """Return the card of a run.

    Parameters
    ----------
    run_dir : Path
        A finished student's run.
    differences : mapping of str to float, or None
        Largest difference of a feature from the training code's, by exported file; None: the run itself.
    data : mapping or None
        `tfrecords_schema.summary.dataset_summary` of the dataset that it was trained on, for a run that does not
        remember it.

    Raises
    ------
    AcousticImagesError
        No student's run, one without its configuration, or the summary of another dataset.
    """
    network = read_network_description(run_dir, "student")
    stored = read_sealed_json(run_dir / CONFIG_FILE, "train again")
    run = read_sealed_json(run_dir / RUN_FILE, "train again") if (run_dir / RUN_FILE).is_file() else {}
    # What the files hold may be of another kind than what a run writes, wherever it is looked at.
    with parsing(run_dir / RUN_FILE, "description of a student's run", "train again"):
        settings, manifest_hash = stored.get("configuration", {}), stored.get("identity", {}).get("manifest_hash")
        sections = {
            "Files": _files(network, differences),
            "Data": _data(manifest_hash, data or run.get("data")),
            "Configuration": _configuration(settings, run),
            "Metrics": [*_metrics(run_dir, network), "", *_last_epoch(run_dir / "history.csv")],
            "Limits": list(_LIMITS),
        }
        lines = [line for title, body in sections.items() for line in ("", f"## {title}", "", *body)]
        return "\n".join([*_HEAD, "", _which_run(settings), *lines]) + "\n"


_HEAD = (
    "# HearNet: 128 features of two seconds of sound",
    "",
    "HearNet hears one microphone. It was trained without labels, together with a network on video, and by",
    "imitating a network on acoustic images as much as alpha says (Sanguineti et al., ECCV 2020).",
    "",
    "Input: `waveform` [windows, 44100] float32, one channel at 22,050 Hz, any loudness but silence. Output:",
    "[windows, 128] float32 of unit length; compare them by Euclidean distance. The spectrogram is made inside.",
)
_LIMITS = (
    "- It hears two seconds at a time and up to 11 kHz; what is shorter or higher is lost or diluted. What lies",
    "  above its training recordings (an array at 12,288 Hz carries sound up to 6 kHz) it does not hear.",
    "- Its features are as good as its data: sounds unlike those of training may lie anywhere.",
    "- It does not tell silence, and must not be given any.",
    "- It was made for research; nothing that matters to people should be decided by it alone.",
)


def _which_run(settings: Mapping[str, Any]) -> str:
    names = {name: Path(settings.get(name) or "(not told)").name for name in _FOLDERS}
    study = ", a run of the study (`docs/study.md`)" if settings.get("preset") == "study" else ""
    teacher = f", imitating `{names['teacher_run']}`" if settings.get("alpha") else ""
    return f"Trained as `{names['run_dir']}` on `{names['data_dir']}`{teacher}{study}."


def _files(network: Mapping[str, Any], differences: Mapping[str, float] | None) -> list[str]:
    if differences is not None:
        exported = [f"| `{name}` | {difference:.1e} |" for name, difference in differences.items()]
        return ["| file | largest difference from the training code |", "|---|---|", *exported]
    rounded = f"; float16, rounded from those of SHA-256 `{network[ROUNDED_FROM]}`" if ROUNDED_FROM in network else ""
    return [
        f"The run itself: weights with the SHA-256 `{network['weights_sha256']}`{rounded}.",
        "`python -m evaluation.embed_main` and `evaluation.audio_features.embed` take this folder,",
        "`python -m evaluation.export_main` makes a SavedModel, TensorFlow Lite and ONNX of it.",
    ]


def _data(manifest_hash: str | None, data: Mapping[str, Any] | None) -> list[str]:
    if data is None:
        return [
            f"Dataset with the manifest hash `{manifest_hash}`; the run does not remember more of it.",
            "`python -m evaluation.card_main --data DIR` fills in the rest from the dataset.",
        ]
    if data["manifest_hash"] != manifest_hash:
        raise AcousticImagesError(
            f"data: found a dataset with the hash {data['manifest_hash']}, wanted that of training, {manifest_hash}"
        )
    counts = [
        f"| {split} | {data['recordings'][split]} | {hours:.2f} |"
        for split, hours in data["hours"].items()
        if data["recordings"][split]
    ]
    rate_hz = float(data["sample_rates_hz"].get("microphones", 0))
    rate = f"at {rate_hz:g} Hz: sound up to {rate_hz / 2000:.1f} kHz" if rate_hz else "at a rate that is not told"
    return [
        "Simulated: the dataset tells the true place of each sound. Features of simulated sounds are no measure of"
        " what the method reaches on recordings."
        if data["source_is_known"]
        else "Recorded, or simulated without saying so: the dataset does not tell the true place of its sounds.",
        f"Manifest hash `{manifest_hash}`; recorded {rate}.",
        f"Classes ({len(data['classes'])}): {', '.join(data['classes'])}.",
        "",
        "| split | recordings | hours |",
        "|---|---|---|",
        *counts,
    ]


def _configuration(settings: Mapping[str, Any], run: Mapping[str, Any]) -> list[str]:
    shown = {
        name: Path(settings[name]).name if name in _FOLDERS and settings[name] else settings[name]
        for name in _SHOWN
        if name in settings
    }
    if run:
        shown |= {"code": run.get("git_revision") or "not known", "TensorFlow": run.get("tensorflow_version")}
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in shown.items())]


def _metrics(run_dir: Path, network: Mapping[str, Any]) -> Iterator[str]:
    """Yield what nearest neighbours and retrieval reach, where it was measured with these weights."""
    tables = [line for path in measured_files(run_dir) for line in _measured(path, network)]
    if not tables:
        yield "Nearest neighbours and retrieval were not measured with these weights. What measures them, before the"
        yield "card is written again: `python -m evaluation.tables_main --runs RUN --data DATASET --output OUTPUT`."
    yield from tables


def _measured(path: Path, network: Mapping[str, Any]) -> list[str]:
    """Return the table of one dataset's measurements; empty where they are of other weights."""
    stored = read_sealed_json(path, "delete it, it is measured anew")
    identity = str(stored.get("identity"))
    weights = {network["weights_sha256"]: "", network.get(ROUNDED_FROM): ", before the weights were rounded to float16"}
    how = next((words for sha256, words in weights.items() if sha256 and sha256 in identity), None)
    if how is None:
        return []
    values = {(what, of): value for what, of, value in stored["measurements"]}
    return [f"Test split of `{path.stem}`{how}:", "", "| | % | chance, % |", "|---|---|---|", *_rows(values), ""]


def _rows(values: Mapping[tuple[str, str], float]) -> Iterator[str]:
    for (what, of), value in values.items():
        if what == KNN:
            yield f"| class of the nearest neighbours, {of} | {_percent(value)} | {_percent(values[CHANCE, ''])} |"
    for what, chance, words in _RETRIEVAL:
        for rank in _RANKS:
            if (what, rank) in values:
                yield f"| {words.format(rank)} | {_percent(values[what, rank])} | {_percent(values[chance, rank])} |"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _last_epoch(history: Path) -> Sequence[str]:
    if not history.is_file():
        return ["No history of the training was kept."]
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
        "Last epoch of training (`validation_accuracy`: share of triplets in which the own video is nearer):",
        "",
        "| " + " | ".join(names) + " |",
        "|" + "---|" * len(names),
        "| " + " | ".join(last[n] for n in names) + " |",
    ]
