"""Judges finished runs on a dataset and writes tables, figures and a report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.atomic_files import write_text
from common.errors import AcousticImagesError
from common.progress import Progress
from evaluation.embedder import Embedder
from evaluation.embeddings import Embeddings, Extractor
from evaluation.figures import cmc_curves, confusion, loss_curves, maps_over_video
from evaluation.gallery import Gallery, make_gallery
from evaluation.gallery_page import map_section
from evaluation.localisation import peak_hits
from evaluation.report import write_report
from evaluation.runs import FinishedRun
from evaluation.scores import Scores, TrueSources, score
from evaluation.tables import Table, answers_table, cmc_table, knn_table, localisation_table
from evaluation.window_fields import read_fields, read_first_frames, read_mean_energies, windows_of_different_classes
from tfrecords_schema.reader import WindowReader
from tfrecords_schema.schema import SPLITS
from tfrecords_schema.storage import require_local

_DEFAULT_FOV_DEG = 60.0


@dataclass(frozen=True)
class Evaluation:
    """What was written: the tables, the report's file, and a line on what the runs do not have (perhaps empty)."""

    tables: tuple[Table, ...]
    report: Path
    left_out: str


def evaluate(data_dir: Path, runs: Sequence[FinishedRun], output_dir: Path) -> Evaluation:
    """Extract embeddings, work out the figures, and write them.

    Parameters
    ----------
    data_dir : Path
        Dataset of TFRecords.
    runs : sequence of FinishedRun
        One at least, of any kind, trained on it or on another dataset; supervised ones on a dataset of its classes.
    output_dir : Path
        Where embeddings, `*.csv`, `*.md`, `*.png` and `report.html` go.

    Raises
    ------
    AcousticImagesError
        An address to write to; a dataset without what the runs need or with other classes, too few training windows,
        unreadable files.
    """
    require_local(output_dir, "a report")
    reader = WindowReader(data_dir)
    sources = _true_sources(reader)
    scores = []
    for run in runs:
        extractor = Extractor(Embedder(run), reader, output_dir / "embeddings")
        splits = {split: extractor.embeddings(split) for split in SPLITS}
        _require_classes_of(reader, run, splits["test"])
        scores.append(score(run, splits, sources))
    localisation = localisation_table(scores, _energy_hits(reader, sources))
    found = (cmc_table(scores), knn_table(scores), answers_table(scores), localisation)
    tables = tuple(table for table in found if table is not None)
    for table in tables:
        write_text(output_dir / f"{table.name}.csv", table.to_csv())
    write_text(output_dir / "tables.md", "\n".join(table.to_markdown() for table in tables))
    report, left_out = output_dir / "report.html", _left_out(scores)
    summary = f"{_summary(reader, data_dir, runs)} {left_out}".strip()
    with Progress("report", 2 * len(scores) + 3, "part") as progress:
        figures = []
        for caption, path in _draw(reader, scores, output_dir):
            figures.append((caption, path))
            progress.advance(note=path.name)
        gallery = make_gallery(reader, scores)
        maps = []
        for section in _maps(reader, scores, gallery):
            maps.append(section)
            progress.advance(note="2-D map")
    write_report(report, summary, tables, figures, gallery, maps)
    return Evaluation(tables, report, left_out)


def _require_classes_of(reader: WindowReader, run: FinishedRun, test: Embeddings) -> None:
    wanted = len(reader.manifest.class_names)
    if test.logits.size and test.logits.shape[1] != wanted:
        raise AcousticImagesError(
            f"{run.folder}: found a classifier of {test.logits.shape[1]} classes, wanted the dataset's {wanted}; "
            "judge it on the data that it was trained on"
        )


def _left_out(scores: Sequence[Scores]) -> str:
    """Return a line on what some runs do not have."""
    lacks = {
        "similarity maps": [one.run.name for one in scores if not one.test.similarity.size],
        "retrieval": [one.run.name for one in scores if not one.test.distances.size],
    }
    told = "; ".join(f"no {what} of {', '.join(names)}" for what, names in lacks.items() if names)
    return f"Left out, as these runs do not have it: {told}." if told else ""


def _summary(reader: WindowReader, data_dir: Path, runs: Sequence[FinishedRun]) -> str:
    counts = ", ".join(f"{len(reader.rows(split))} {split}" for split in SPLITS)
    names = ", ".join(run.name for run in runs)
    return f"Data: {data_dir} ({counts} windows of 2 s, {len(reader.manifest.class_names)} classes). Runs: {names}."


def _maps(reader: WindowReader, scores: Sequence[Scores], gallery: Gallery) -> Iterator[str]:
    for one in scores:
        title = f"Map of the {one.feature} features: {one.run.title}"
        yield map_section(title, one.test.features[one.feature], one.test.labels, reader.manifest.class_names, gallery)


def _true_sources(reader: WindowReader) -> TrueSources | None:
    if "source" not in reader.manifest.record_format.modalities:
        return None
    fields = read_fields(reader, reader.rows("test"), ("source",))
    return TrueSources(fields["source_direction_deg"], fields["source_radius_deg"], _field_of_view(reader))


def _field_of_view(reader: WindowReader) -> float:
    parameters = reader.manifest.configuration.get("parameters", {})
    return float(parameters.get("horizontal_fov_deg", _DEFAULT_FOV_DEG))


def _energy_hits(reader: WindowReader, sources: TrueSources | None) -> float | None:
    """Return the hits of the beamformer's energy, mean over a window: what a map can reach without learning."""
    if sources is None or "acoustic_energy" not in reader.manifest.record_format.modalities:
        return None
    place = (sources.direction_deg, sources.radius_deg, sources.horizontal_fov_deg)
    return float(peak_hits(read_mean_energies(reader, reader.rows("test")), *place).mean())


def _draw(reader: WindowReader, scores: Sequence[Scores], output_dir: Path) -> Iterator[tuple[str, Path]]:
    """Draw the figures that the runs have something for; yield caption and file of each."""
    retrieving = [one for one in scores if one.cmc]
    if retrieving:
        cmc_curves(output_dir / "cmc.png", retrieving)
        yield "CMC curves", output_dir / "cmc.png"
    if loss_curves(output_dir / "losses.png", [one.run for one in scores]):
        yield "Training: losses, and accuracy on validation", output_dir / "losses.png"
    for one in scores:
        path = output_dir / f"confusion-{one.run.name}.png"
        confusion(path, one, reader.manifest.class_names)
        yield f"Confusion matrix: {one.run.title}", path
    localising = [one for one in scores if one.test.similarity.size]
    if localising:
        _draw_maps(reader, localising, output_dir / "maps.png")
        yield "Where the sound is: acoustic energy and similarity maps over the video", output_dir / "maps.png"


def _draw_maps(reader: WindowReader, scores: Sequence[Scores], path: Path) -> None:
    """Draw test windows of different classes."""
    labels = scores[0].test.labels
    windows = windows_of_different_classes(labels)
    rows = reader.rows("test")[windows]
    has_energy = "acoustic_energy" in reader.manifest.record_format.modalities
    maps_over_video(
        path,
        frames=read_first_frames(reader, rows),
        energies=read_mean_energies(reader, rows) if has_energy else None,
        scores=scores,
        windows=windows,
        titles=[reader.manifest.class_names[labels[window]].replace("_", " ") for window in windows],
    )
