"""Our figures beside the paper's, as rows that become CSV, Markdown and HTML."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation import paper_tables
from evaluation.cmc import RANKS
from evaluation.scores import Scores


@dataclass(frozen=True)
class Table:
    """A titled table of text cells.

    Attributes
    ----------
    name : str
        File name without suffix.
    title, note : str
        What it is, and what one should know to read it.
    header : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        Cells.
    """

    name: str
    title: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def to_csv(self) -> str:
        """Return CSV text."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.header, *self.rows])
        return out.getvalue()

    def to_markdown(self) -> str:
        """Return a Markdown table, columns aligned, under its title."""
        widths = [max(len(row[i]) for row in (self.header, *self.rows)) for i in range(len(self.header))]

        def line(cells: Sequence[str]) -> str:
            return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return "\n".join([f"**{self.title}**", "", line(self.header), rule, *map(line, self.rows), "", self.note, ""])


def cmc_table(scores: Sequence[Scores]) -> Table | None:
    """Return the paper's table 1 with ours: retrieval from sound to video, per cent; None where no run retrieves."""
    scores = [one for one in scores if one.cmc]
    if not scores:
        return None
    rows: list[tuple[str, ...]] = []
    for one in scores:
        is_papers = one.run.kind == "student" and one.run.is_trained and one.run.teacher_control == "none"
        system = paper_tables.HEARNET_OF_TABLE_1 if is_papers else one.run.system
        paper = paper_tables.CMC.get(system)
        rows.append((f"{one.run.title}, ours", *(_percent(one.cmc[k]) for k in RANKS)))
        rows.append(("  other recordings only", *(_percent(one.cmc_other_recordings[k]) for k in RANKS)))
        if paper is not None:
            rows.append(("  paper, ACIVW", *(str(paper[k]) for k in RANKS)))
    first = scores[0]
    rows.append(("chance", *(_percent(first.cmc_chance[k]) for k in RANKS)))
    rows.append(("chance, other recordings only", *(_percent(first.cmc_other_recordings_chance[k]) for k in RANKS)))
    return Table(
        "cmc",
        "Cross-modal retrieval (CMC, %): is a video of the sound's class among the k nearest?",
        "The paper's gallery holds the query's own recording; `other recordings only` leaves it out. "
        "Ours is from this dataset, the paper's from ACIVW: compare the rows with chance, not with each other.",
        ("model", *(f"rank {k}" for k in RANKS)),
        tuple(rows),
    )


def knn_table(scores: Sequence[Scores]) -> Table:
    """Return the self-supervised rows of the paper's table 2 with ours: accuracy, per cent."""
    rows: list[tuple[str, ...]] = []
    for one in scores:
        for feature, result in one.knn.items():
            paper = paper_tables.TRAINING_DOMAIN.get((one.run.system, feature))
            best = _percent(result.validation_accuracy[result.k])
            cells = (_percent(result.accuracy), str(result.k), best, _percent(one.knn_chance), str(paper or "-"))
            rows.append((one.run.title, feature, *cells))
    return Table(
        "knn",
        "k nearest neighbours on the features (accuracy, %)",
        "k is chosen on validation from 7, 9, 11, 13, 15; `sum` adds audio and audio-visual vector. "
        "Chance is the share of the test's most frequent class.",
        ("model", "feature", "test", "k", "validation", "chance", "paper, ACIVW"),
        tuple(rows),
    )


def answers_table(scores: Sequence[Scores]) -> Table | None:
    """Return what classifiers, and L3-Net's correspondence, answer right, per cent; None where no run has either."""
    rows: list[tuple[str, ...]] = []
    for one in scores:
        if one.test.logits.size:
            right = float(np.mean(one.predictions == one.test.labels))
            rows.append((one.run.title, "class, from labels", _percent(right), _percent(one.knn_chance)))
        if one.test.answers.size:
            right = float(one.test.answers.mean())
            rows.append((one.run.title, "does the sound belong to the video?", _percent(right), "50.00"))
    if not rows:
        return None
    return Table(
        "answers",
        "What the networks answer themselves (right, %)",
        "A supervised run's classifier names the class; L3-Net is asked of each sound with its own video and with "
        "another recording's.",
        ("model", "question", "test", "chance"),
        tuple(rows),
    )


def localisation_table(scores: Sequence[Scores], energy_hits: float | None) -> Table | None:
    """Return how often maps peak within the sounding object, per cent; None where the truth is not known."""
    known = [one for one in scores if one.hits is not None and one.hits_chance is not None]
    if not known:
        return None
    rows = [
        (one.run.title, "similarity map", _percent(one.hits or 0.0), _percent(one.hits_chance or 0.0)) for one in known
    ]
    if energy_hits is not None:
        rows.append(("beamformer alone", "acoustic energy", _percent(energy_hits), ""))
    return Table(
        "localisation",
        "Peak of the map within the object that sounds (% of test windows)",
        "Not in the paper. Chance is that of a place drawn evenly from the 12 x 16.",
        ("model", "map", "hits", "chance"),
        tuple(rows),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
