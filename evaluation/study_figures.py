"""Figures of the study, drawn from the CSV files of a results folder alone."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluation.drawing import save_figure
from evaluation.measurements import CMC, CMC_CHANCE, DRAWN_RANKS, KNN, Measurement, RecordingResult
from evaluation.seed_statistics import Comparison, compare, summarise
from evaluation.seed_tables import BASELINE, DISTILLED, values_by_seed

_DOTS_PER_INCH = 130
_SNR_BINS = 3
_STUDENT = "HearNet, alpha "
# The distilled student and its three controls, and what each imitates.
_TEACHERS = {
    DISTILLED: "DualCamNet,\ntrained",
    f"{DISTILLED}, untrained teacher": "DualCamNet,\nrandom",
    f"{DISTILLED}, one-microphone teacher": "HearNet,\nrandom",
    f"{DISTILLED}, shuffled teacher": "other\nrecordings",
}
FEATURE_COLOURS = {"audio": "#1f5fa8", "audio-visual": "#c2571a", "sum": "#5a8f29"}


def gain_against_alpha(path: Path, measurements: Sequence[Measurement], data: str) -> None:
    """Draw the change of accuracy against alpha 0 with 95 % intervals, by alpha, and beside it by what is imitated."""
    figure = Figure(figsize=(8.4, 4.2), layout="constrained")
    by_alpha, by_teacher = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    values = values_by_seed(measurements, data, KNN)
    for number, (feature, colour) in enumerate(FEATURE_COLOURS.items()):
        gains = _gains(values, feature)
        shift = 0.06 * (number - 1)
        distilled = sorted(system for system in gains if not system.endswith("teacher"))
        places = [_alpha_of(system) + 0.25 * shift for system in distilled]
        _draw_gains(by_alpha, places, [gains[system] for system in distilled], "o-", colour, feature)
        for place, teacher in enumerate(_TEACHERS):
            found = [gains[teacher]] if teacher in gains else []
            _draw_gains(by_teacher, [place + 2 * shift] * len(found), found, "s", colour, None)
    by_alpha.set(xlim=(0, 1), xlabel="imitation parameter alpha", ylabel="accuracy minus that of alpha 0 (points)")
    by_teacher.set(xlim=(-0.5, len(_TEACHERS) - 0.5), xlabel="what is imitated at alpha 0.5")
    by_teacher.set_xticks(range(len(_TEACHERS)), _TEACHERS.values(), fontsize=7)
    for axes in (by_alpha, by_teacher):
        axes.axhline(0, color="grey", linewidth=1)
        axes.grid(alpha=0.3)
    figure.suptitle(f"{data}: nearest neighbours, runs of the same seed", fontsize=10)
    _finish(figure, by_alpha, path)


def _draw_gains(
    axes: Axes, places: Sequence[float], gains: Sequence[Comparison], style: str, colour: str, label: str | None
) -> None:
    if gains:
        axes.errorbar(
            places,
            [100 * gain.difference.mean for gain in gains],
            yerr=[100 * gain.difference.half_interval for gain in gains],
            fmt=style,
            color=colour,
            capsize=3,
            linewidth=1.6,
            label=label,
        )


def cmc_over_seeds(path: Path, measurements: Sequence[Measurement], data: str) -> None:
    """Draw the mean share of queries answered against rank, the band one standard deviation over seeds wide."""
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    ranks = np.array(DRAWN_RANKS)
    # Twenty colours: more systems than the ten of the usual cycle.
    colours = matplotlib.colormaps["tab20"](range(20))
    systems = values_by_seed(measurements, data, CMC).items()
    for colour, (system, by_rank) in zip(itertools.cycle(colours), systems, strict=False):
        summaries = [summarise(by_rank[str(rank)]) for rank in ranks]
        mean = 100 * np.array([one.mean for one in summaries])
        spread = 100 * np.array([one.deviation for one in summaries])
        axes.plot(ranks, mean, linewidth=1.6, color=colour, label=system)
        axes.fill_between(ranks, mean - spread, mean + spread, color=colour, alpha=0.12, linewidth=0)
    chances = values_by_seed(measurements, data, CMC_CHANCE).values()
    # It is the same for all systems; what was measured by earlier versions has it at fewer ranks.
    for by_rank in sorted(chances, key=len)[-1:]:
        chance = {int(rank): 100 * next(iter(values.values())) for rank, values in by_rank.items()}
        axes.plot(list(chance), list(chance.values()), "--", color="grey", label="chance")
    axes.set(xlabel="rank k", ylabel="queries answered (%)", xlim=(1, ranks[-1]), ylim=(0, 102))
    axes.set_title(f"{data}: from a sound to the videos of its class", fontsize=10)
    _finish(figure, axes, path)


def gain_against_snr(
    path: Path, recordings: Sequence[RecordingResult], snr_db: Mapping[str, float], data: str, system: str
) -> None:
    """Draw what a system gains over alpha 0 on test recordings of low, middle and high SNR.

    Parameters
    ----------
    path : Path
        PNG to write.
    recordings : sequence of RecordingResult
        Of the system and of alpha 0.
    snr_db : mapping
        Recording to the ratio of its source to all that disturbs, dB.
    data, system : str
        Dataset and system that are drawn.
    """
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.add_subplot()
    for number, feature in enumerate(("audio", "audio-visual")):
        chosen = [one for one in recordings if one.tested_on == data and one.feature == feature]
        ratios = sorted({snr_db[one.recording] for one in chosen})
        edges = np.quantile(ratios, np.linspace(0, 1, _SNR_BINS + 1))
        for place, (low, high) in enumerate(itertools.pairwise(edges)):
            here = [
                one
                for one in chosen
                if low <= snr_db[one.recording] and (snr_db[one.recording] < high or high == edges[-1])
            ]
            gain = compare(_accuracy_by_seed(here, system), _accuracy_by_seed(here, BASELINE))
            if gain is not None:
                axes.errorbar(
                    (low + high) / 2 + 0.15 * (number - 0.5),
                    100 * gain.difference.mean,
                    xerr=(high - low) / 2,
                    yerr=100 * gain.difference.half_interval,
                    fmt="o",
                    color=FEATURE_COLOURS[feature],
                    capsize=3,
                    label=feature if place == 0 else None,
                )
    axes.axhline(0, color="grey", linewidth=1)
    axes.set(xlabel="source to disturbance (dB), three bins of recordings", ylabel="accuracy minus that of alpha 0")
    axes.set_title(f"{data}: {system}", fontsize=10)
    _finish(figure, axes, path)


def _gains(values: Mapping[str, Mapping[str, dict[int, float]]], feature: str) -> dict[str, Comparison]:
    """Return the comparisons of all students with alpha 0 of the same seeds."""
    baseline = values.get(BASELINE, {}).get(feature, {})
    found = {
        system: compare(by_feature[feature], baseline)
        for system, by_feature in values.items()
        if system.startswith(_STUDENT) and system != BASELINE and feature in by_feature
    }
    return {system: one for system, one in found.items() if one is not None}


def _alpha_of(system: str) -> float:
    return float(system.removeprefix(_STUDENT).split(",")[0])


def _accuracy_by_seed(recordings: Sequence[RecordingResult], system: str) -> dict[int, float]:
    seeds = sorted({one.seed for one in recordings if one.system == system})
    chosen = {seed: [one for one in recordings if (one.system, one.seed) == (system, seed)] for seed in seeds}
    return {seed: sum(one.right for one in found) / sum(one.windows for one in found) for seed, found in chosen.items()}


def _finish(figure: Figure, axes: Axes, path: Path) -> None:
    axes.grid(alpha=0.3)
    axes.legend(frameon=True, framealpha=0.8, edgecolor="none", fontsize=7)
    save_figure(figure, path, _DOTS_PER_INCH)
