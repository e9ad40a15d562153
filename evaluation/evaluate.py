"""Judges finished runs on a dataset and writes tables, figures and a report."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.atomic_files import write_text
from common.errors import AcousticImagesError
from evaluation.embeddings import Extractor
from evaluation.features import AUDIO
from evaluation.figures import cmc_curves, confusion, loss_curves, maps_over_video
from evaluation.gallery import make_gallery
from evaluation.gallery_page import map_section
from evaluation.localisation import peak_hits
from evaluation.report import write_report
from evaluation.runs import FinishedRun
from evaluation.scores import Scores, TrueSources, score
from evaluation.tables import Table, cmc_table, knn_table, localisation_table
from evaluation.window_fields import read_fields, read_first_frames, read_mean_energies, windows_of_different_classes
from tfrecords_schema.reader import WindowReader
from tfrecords_schema.schema import SPLITS
from tfrecords_schema.storage import require_local

# Kinds with a similarity map over the video; the tables of `evaluation.tables_main` are for all kinds.
PAIRED_KINDS = ("teacher", "student")
_DEFAULT_FOV_DEG = 60.0


@dataclass(frozen=True)
class Evaluation:
    """What was written: the tables, and the report's file."""

    tables: tuple[Table, ...]
    report: Path


def evaluate(data_dir: Path, runs: Sequence[FinishedRun], output_dir: Path) -> Evaluation:
    """Extract embeddings, work out the figures, and write them.

    Parameters
    ----------
    data_dir : Path
        Dataset of TFRecords.
    runs : sequence of FinishedRun
        Teachers and students trained on it, or on another dataset; other kinds are left out.
    output_dir : Path
        Where embeddings, `*.csv`, `*.md`, `*.png` and `report.html` go.

    Raises
    ------
    AcousticImagesError
        No teacher or student, an address to write to; a dataset without what the runs need, too few training windows,
        unreadable files.
    """
    require_local(output_dir, "a report")
    runs = [run for run in runs if run.kind in PAIRED_KINDS]
    if not runs:
        raise AcousticImagesError(
            "runs: found no teacher and no student, wanted one; python -m evaluation.tables_main judges the others"
        )
    reader = WindowReader(data_dir)
    sources = _true_sources(reader)
    scores = []
    for run in runs:
        extractor = Extractor(run, reader, output_dir / "embeddings")
        scores.append(score(run, {split: extractor.embeddings(split) for split in SPLITS}, sources))
    tables = tuple(
        table
        for table in (cmc_table(scores), knn_table(scores), localisation_table(scores, _energy_hits(reader, sources)))
        if table is not None
    )
    for table in tables:
        write_text(output_dir / f"{table.name}.csv", table.to_csv())
    write_text(output_dir / "tables.md", "\n".join(table.to_markdown() for table in tables))
    figures = _draw(reader, scores, output_dir)
    report = output_dir / "report.html"
    summary = _summary(reader, data_dir, runs)
    write_report(report, summary, tables, figures, make_gallery(reader, scores), _maps(reader, scores))
    return Evaluation(tables, report)


def _summary(reader: WindowReader, data_dir: Path, runs: Sequence[FinishedRun]) -> str:
    counts = ", ".join(f"{len(reader.rows(split))} {split}" for split in SPLITS)
    names = ", ".join(run.name for run in runs)
    return f"Data: {data_dir} ({counts} windows of 2 s, {len(reader.manifest.class_names)} classes). Runs: {names}."


def _maps(reader: WindowReader, scores: Sequence[Scores]) -> list[str]:
    names = reader.manifest.class_names
    return [
        map_section(
            f"Map of the audio features: {one.run.title}",
            one.test.features[AUDIO],
            one.test.labels,
            names,
            [
                f"{names[label].replace('_', ' ')}: {reader.manifest.recordings[recording].name}, window {window}"
                for label, recording, window in zip(
                    one.test.labels.tolist(), one.test.recordings.tolist(), one.test.windows.tolist(), strict=True
                )
            ],
        )
        for one in scores
    ]


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


def _draw(reader: WindowReader, scores: Sequence[Scores], output_dir: Path) -> list[tuple[str, Path]]:
    figures = [("CMC curves", output_dir / "cmc.png")]
    cmc_curves(figures[0][1], scores)
    losses = output_dir / "losses.png"
    if loss_curves(losses, [one.run for one in scores]):
        figures.append(("Training: losses and triplet accuracy on validation", losses))
    for one in scores:
        path = output_dir / f"confusion-{one.run.name}.png"
        confusion(path, one, reader.manifest.class_names)
        figures.append((f"Confusion matrix: {one.run.title}", path))
    maps = output_dir / "maps.png"
    _draw_maps(reader, scores, maps)
    return [*figures, ("Where the sound is: acoustic energy and similarity maps over the video", maps)]


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
