"""Pictures of the report: CMC curves, confusion matrices, and maps over the video as in the paper's figure 2."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from evaluation.drawing import draw_over_frame, loudest_decibels, save_figure
from evaluation.histories import read_history
from evaluation.knn import confusion_matrix
from evaluation.runs import FinishedRun
from evaluation.scores import Scores

_DOTS_PER_INCH = 110


def cmc_curves(path: Path, scores: Sequence[Scores]) -> None:
    """Draw the share of queries answered against rank, one line a run that retrieves, one at least; chance dashed."""
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    for one in scores:
        axes.plot(np.arange(1, len(one.cmc_curve) + 1), 100 * one.cmc_curve, label=one.run.title, linewidth=1.8)
    ranks = sorted(scores[0].cmc_chance)
    axes.plot(ranks, [100 * scores[0].cmc_chance[k] for k in ranks], "--", color="grey", label="chance")
    axes.set(xlabel="rank k", ylabel="queries answered (%)", ylim=(0, 102), xlim=(1, 30))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    save_figure(figure, path, _DOTS_PER_INCH)


def loss_curves(path: Path, runs: Sequence[FinishedRun]) -> bool:
    """Draw loss and validation accuracy by epoch, a line a run; return whether any run has a history of epochs."""
    histories = {run.title: read_history(run.folder / "history.csv") for run in runs}
    known = {title: history for title, history in histories.items() if len(history)}
    if not known:
        return False
    figure = Figure(figsize=(8.4, 3.2), layout="constrained")
    panels = (("task_loss", "own task's loss"), ("transfer_loss", "transfer loss"), ("validation_accuracy", "accuracy"))
    for axes, (column, label) in zip(figure.subplots(1, len(panels)), panels, strict=True):
        for title, history in known.items():
            measured = history.dropna(subset=column)
            axes.plot(measured["epoch"] + 1, measured[column], ".-", label=title)
        axes.set(xlabel="epoch", title=label)
        axes.grid(alpha=0.3)
    axes.legend(frameon=False, fontsize=7)
    save_figure(figure, path, _DOTS_PER_INCH)
    return True


def confusion(path: Path, one: Scores, class_names: Sequence[str]) -> None:
    """Draw the confusion matrix of one run's predictions; rows are true classes, per cent of each."""
    counts = confusion_matrix(one.test.labels, one.predictions, len(class_names))
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 1.8 + 0.42 * len(class_names)
    figure = Figure(figsize=(size + 0.6, size), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    names = [name.replace("_", " ") for name in class_names]
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    for (row, column), share in np.ndenumerate(shares):
        if share > 0:
            colour = "white" if share > 55 else "black"
            axes.text(column, row, f"{share:.0f}", ha="center", va="center", fontsize=7, color=colour)
    axes.set(xlabel="predicted", ylabel="true")
    axes.set_title(f"{one.run.title}, {one.judged_by} (%)", fontsize=9)
    save_figure(figure, path, _DOTS_PER_INCH)


def maps_over_video(
    path: Path,
    frames: np.ndarray,
    energies: np.ndarray | None,
    scores: Sequence[Scores],
    windows: Sequence[int],
    titles: Sequence[str],
) -> None:
    """Draw one row a window: its frame, the acoustic energy over it, and every run's similarity map over it.

    Parameters
    ----------
    path : Path
        PNG to write.
    frames : ndarray
        [rows, height, width, 3] uint8 RGB.
    energies : ndarray or None
        [rows, 36, 48] power; None where it is not stored.
    scores : sequence of Scores
        Runs whose similarity maps are drawn.
    windows : sequence of int
        Position of each row's window in the test split.
    titles : sequence of str
        Name of each row.
    """
    columns = 1 + (energies is not None) + len(scores)
    figure = Figure(figsize=(2.6 * columns, 2.05 * len(frames)), layout="constrained")
    all_axes = figure.subplots(len(frames), columns, squeeze=False)
    for row, (axes, frame, window) in enumerate(zip(all_axes, frames, windows, strict=True)):
        panels = iter(axes)
        draw_over_frame(next(panels), frame, None, titles[row])
        if energies is not None:
            title = "acoustic energy" if row == 0 else ""
            draw_over_frame(next(panels), frame, loudest_decibels(energies[row]), title)
        for one in scores:
            draw_over_frame(next(panels), frame, one.test.similarity[window], one.run.title if row == 0 else "")
    save_figure(figure, path, _DOTS_PER_INCH)
