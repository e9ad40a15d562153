"""The paper's tables 1 to 4 over seeds, ours beside the paper's, from measurements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evaluation import paper_tables
from evaluation.cmc import RANKS
from evaluation.features import AUDIO, AUDIO_VISUAL
from evaluation.measurements import (
    ACCURACY,
    CHANCE,
    CMC,
    CMC_CHANCE,
    CMC_OTHERS,
    CMC_OTHERS_CHANCE,
    CORRESPONDENCE,
    EFFECTIVE_DIMENSION,
    KNN,
    OWN_NEARER,
    TRANSFER_LOSS,
    Measurement,
)
from evaluation.paper_tables import CLASSIFIER, PaperFigure
from evaluation.seed_statistics import Comparison, compare, summarise
from evaluation.tables import Table

BASELINE = "HearNet, alpha 0"
DISTILLED = "HearNet, alpha 0.5"
BySeed = dict[int, float]
_NONE = "-"
_LEAST_P = 0.001


@dataclass(frozen=True)
class TransferTarget:
    """A dataset that runs were not trained on: its name, and which of the paper's tables it stands in, 3 or 4."""

    name: str
    table: int


def values_by_seed(measurements: Iterable[Measurement], tested_on: str, measure: str) -> dict[str, dict[str, BySeed]]:
    """Return system to detail to seed to value, systems and details in the order of the measurements."""
    found: dict[str, dict[str, BySeed]] = defaultdict(lambda: defaultdict(dict))
    for one in measurements:
        if (one.tested_on, one.measure) == (tested_on, measure):
            found[one.system][one.detail][one.seed] = one.value
    return found


def imitating_students(systems: Iterable[str]) -> list[str]:
    """Return those of the systems that are students and imitate something, whatever it is."""
    return [system for system in systems if system.startswith("HearNet, alpha ") and system != BASELINE]


def controls_of_distilled(systems: Iterable[str]) -> list[str]:
    """Return those of the systems that imitate something in place of the teacher, as much as `DISTILLED` does."""
    return [system for system in systems if system.startswith(f"{DISTILLED},")]


def seed_tables(
    measurements: Sequence[Measurement], trained_on: str, targets: Sequence[TransferTarget]
) -> tuple[Table, ...]:
    """Return the tables of runs trained on one dataset.

    Parameters
    ----------
    measurements : sequence of Measurement
        Of these runs.
    trained_on : str
        The dataset's name.
    targets : sequence of TransferTarget
        Other datasets that they were tested on.
    """
    tables = [_retrieval(measurements, trained_on), _training_domain(measurements, trained_on)]
    correspondence = values_by_seed(measurements, trained_on, CORRESPONDENCE)
    if correspondence:
        tables.append(_correspondence(correspondence, trained_on))
    tables += [_transfer(measurements, trained_on, target) for target in targets]
    tables += [_controls(measurements, [trained_on, *(target.name for target in targets)])]
    tables += [_vectors(measurements, trained_on)]
    return tuple(table for table in tables if table.rows)


def _retrieval(measurements: Sequence[Measurement], data: str) -> Table:
    rows: list[tuple[str, ...]] = []
    others = values_by_seed(measurements, data, CMC_OTHERS)
    for system, by_rank in values_by_seed(measurements, data, CMC).items():
        rows.append((system, _count(by_rank["1"]), *(_figure(by_rank[str(k)]) for k in RANKS)))
        rows.append(("  other recordings only", "", *(_figure(others[system][str(k)]) for k in RANKS)))
        if system in paper_tables.CMC:
            rows.append(("  paper, ACIVW", "5", *(str(paper_tables.CMC[system][k]) for k in RANKS)))
    for name, measure in (("chance", CMC_CHANCE), ("chance, other recordings only", CMC_OTHERS_CHANCE)):
        for by_rank in list(values_by_seed(measurements, data, measure).values())[:1]:
            rows.append((name, "", *(_percent(next(iter(by_rank[str(k)].values()))) for k in RANKS)))
    return Table(
        "table1",
        f"Table 1: cross-modal retrieval on {data} (CMC, %)",
        "Mean ± standard deviation (population) over seeds. The paper's gallery holds the query's own recording; "
        f"`other recordings only` leaves it out. Ours is from {data}, the paper's from ACIVW: compare with chance. "
        f"The paper does not tell HearNet's alpha; its figure stands at {paper_tables.HEARNET_OF_TABLE_1}.",
        ("model", "seeds", *(f"rank {k}" for k in RANKS)),
        tuple(rows),
    )


def _training_domain(measurements: Sequence[Measurement], data: str) -> Table:
    neighbours = values_by_seed(measurements, data, KNN)
    supervised = values_by_seed(measurements, data, ACCURACY)
    rows = [
        _row(system, CLASSIFIER, by_detail[""], None, paper_tables.TRAINING_DOMAIN)
        for system, by_detail in supervised.items()
    ]
    rows += _neighbour_rows(
        {system: by_feature for system, by_feature in neighbours.items() if system not in supervised},
        paper_tables.TRAINING_DOMAIN,
    )
    return _accuracy_table("table2", f"Table 2: accuracy on {data} (%)", measurements, data, data, "ACIVW", rows)


def _transfer(measurements: Sequence[Measurement], trained_on: str, target: TransferTarget) -> Table:
    paper = paper_tables.OTHER_ARRAY if target.table == 3 else paper_tables.OTHER_SOUND
    title = f"Table {target.table}: trained on {trained_on}, nearest neighbours on {target.name} (accuracy, %)"
    paper_data = "AVIA" if target.table == 3 else "DCASE 2018"
    rows = _neighbour_rows(values_by_seed(measurements, target.name, KNN), paper)
    name = f"table{target.table}-{target.name}"
    return _accuracy_table(name, title, measurements, trained_on, target.name, paper_data, rows)


def _correspondence(values: Mapping[str, Mapping[str, BySeed]], data: str) -> Table:
    rows = [
        (system, _count(by_detail[""]), _figure(by_detail[""]), str(paper_tables.CORRESPONDENCE))
        for system, by_detail in values.items()
    ]
    return Table(
        "correspondence",
        f"Audio-visual correspondence on {data} (right answers, %)",
        "Every test sound is shown its own video frame, and one of another recording; chance is 50.",
        ("model", "seeds", "ours", "paper, ACIVW"),
        tuple(rows),
    )


def _controls(measurements: Sequence[Measurement], datasets: Sequence[str]) -> Table:
    rows = []
    for data in datasets:
        values = values_by_seed(measurements, data, KNN)
        for feature, distilled in values.get(DISTILLED, {}).items():
            for system in controls_of_distilled(values):
                comparison = compare(distilled, values[system].get(feature, {}))
                if comparison is not None:
                    rows.append((system.removeprefix(f"{DISTILLED}, "), data, feature, *comparison_cells(comparison)))
    return Table(
        "controls",
        f"What {DISTILLED} gains over the controls (accuracy, points)",
        f"{DISTILLED} imitates the trained DualCamNet's vectors of the same sound; the controls imitate, in their "
        "place, a random DualCamNet (untrained), a random HearNet (one-microphone), the HearNet of alpha 0 (alpha-0), "
        "the trained DualCamNet's vectors of other recordings (shuffled), a DualCamNet that was told the labels "
        "(supervised). Mean of the differences of the same seeds ± their 95 % half interval, p of a paired t-test.",
        ("in place of", "tested on", "feature", "change", "p"),
        tuple(rows),
    )


def _vectors(measurements: Sequence[Measurement], data: str) -> Table:
    dimensions, nearer, losses = (
        values_by_seed(measurements, data, measure) for measure in (EFFECTIVE_DIMENSION, OWN_NEARER, TRANSFER_LOSS)
    )
    rows = [
        (
            system,
            _count(by_feature[AUDIO]),
            *(_figure(by_feature[feature], 1) if feature in by_feature else _NONE for feature in (AUDIO, AUDIO_VISUAL)),
            _figure(nearer[system][""]) if system in nearer else _NONE,
            _figure(losses[system][""], 1) if system in losses else _NONE,
        )
        for system, by_feature in dimensions.items()
        if AUDIO in by_feature
    ]
    return Table(
        "vectors",
        f"How the vectors lie on {data}",
        "Dimension: in how many directions the test vectors spread (participation ratio of their variances). Own "
        "recording nearer: how often a video of the sound's recording is nearer than one of another, %, chance is 50. "
        "Transfer loss: over the triplets that contribute, last epoch of training.",
        ("model", "seeds", "dimension, audio", "dimension, audio-visual", "own recording nearer", "transfer loss"),
        tuple(rows),
    )


def _neighbour_rows(
    values: Mapping[str, Mapping[str, BySeed]], paper: Mapping[tuple[str, str], PaperFigure]
) -> list[tuple[str, ...]]:
    """Return the rows feature by feature; every system but the baseline itself is compared with it."""
    features = list(dict.fromkeys(feature for by_feature in values.values() for feature in by_feature))
    return [
        _row(
            system,
            feature,
            by_feature[feature],
            None if system == BASELINE else values.get(BASELINE, {}).get(feature),
            paper,
        )
        for feature in features
        for system, by_feature in values.items()
        if feature in by_feature
    ]


def _row(
    system: str,
    feature: str,
    values: BySeed,
    baseline: BySeed | None,
    paper: Mapping[tuple[str, str], PaperFigure],
) -> tuple[str, ...]:
    summary = summarise(values)
    low, high = summary.mean - summary.half_interval, summary.mean + summary.half_interval
    interval = f"{_percent(low)} to {_percent(high)}" if summary.count > 1 else _NONE
    comparison = None if baseline is None else compare(values, baseline)
    ours = (_figure(values), interval, *comparison_cells(comparison))
    return (system, feature, _count(values), *ours, str(paper.get((system, feature), _NONE)))


def comparison_cells(comparison: Comparison | None) -> tuple[str, str]:
    """Return a change in points with its 95 % half interval, and its p; dashes where there is nothing to compare."""
    if comparison is None:
        return _NONE, _NONE
    change = comparison.difference
    p_value = f"{comparison.p_value:.3f}" if comparison.p_value >= _LEAST_P else f"< {_LEAST_P}"
    return f"{100 * change.mean:+.2f} ± {100 * change.half_interval:.2f}", p_value


def _accuracy_table(
    name: str,
    title: str,
    measurements: Sequence[Measurement],
    trained_on: str,
    tested_on: str,
    paper_data: str,
    rows: list[tuple[str, ...]],
) -> Table:
    chances = [one.value for one in measurements if (one.tested_on, one.measure) == (tested_on, CHANCE)]
    chance = f" Chance, the most frequent class: {_percent(chances[0])}." if chances else ""
    return Table(
        name,
        title,
        f"Ours: trained on {trained_on}, tested on {tested_on}; the paper's: ACIVW, {paper_data}. Mean ± standard "
        f"deviation (population) over seeds; 95 % interval of the mean; change against {BASELINE} of the same seeds "
        f"and feature ± its 95 % half interval, p of a paired t-test. `sum` adds both vectors.{chance}",
        ("model", "feature", "seeds", "ours", "95 % interval", "change", "p", f"paper, {paper_data}"),
        tuple(rows),
    )


def _figure(values: BySeed, scale: int = 100) -> str:
    summary = summarise(values)
    return f"{scale * summary.mean:.2f} ± {scale * summary.deviation:.2f}"


def _count(values: BySeed) -> str:
    return str(len(values))


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"
