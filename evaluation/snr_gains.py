"""What a distilled student gains on recordings of low, middle and high SNR: over alpha 0, and over a random teacher."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.features import AUDIO, AUDIO_VISUAL
from evaluation.measurements import RecordingResult
from evaluation.seed_statistics import Comparison, compare
from evaluation.seed_tables import BASELINE, comparison_cells
from evaluation.tables import Table

_BINS = 3


@dataclass(frozen=True)
class SnrGain:
    """One gain.

    Attributes
    ----------
    baseline, feature : str
        Over which system, of which feature.
    low_db, high_db : float
        Bounds of the recordings' ratio of source to all that disturbs.
    comparison : Comparison
        Of the accuracies of the same seeds, 0..1.
    """

    baseline: str
    feature: str
    low_db: float
    high_db: float
    comparison: Comparison


def gains_by_snr(
    recordings: Sequence[RecordingResult], snr_db: Mapping[str, float], data: str, system: str
) -> tuple[SnrGain, ...]:
    """Return what a system gains over alpha 0, and over itself with a random teacher, in three bins of recordings.

    Parameters
    ----------
    recordings : sequence of RecordingResult
        Of all systems; bins without two seeds of both are left out.
    snr_db : mapping
        Recording to the ratio of its source to all that disturbs, dB.
    data, system : str
        The dataset that is tested on, and whose gain it is.
    """
    return tuple(
        gain
        for baseline in (BASELINE, f"{system}, untrained teacher")
        for feature in (AUDIO, AUDIO_VISUAL)
        for gain in _gains(
            [one for one in recordings if (one.tested_on, one.feature) == (data, feature)],
            snr_db,
            (system, baseline),
            feature,
        )
    )


def _gains(
    recordings: Sequence[RecordingResult], snr_db: Mapping[str, float], pair: tuple[str, str], feature: str
) -> Iterator[SnrGain]:
    ratios = sorted({snr_db[one.recording] for one in recordings})
    if not ratios:
        return
    edges = np.quantile(ratios, np.linspace(0, 1, _BINS + 1)).tolist()
    for low, high in itertools.pairwise(edges):
        here = [
            one
            for one in recordings
            if low <= snr_db[one.recording] and (snr_db[one.recording] < high or high == edges[-1])
        ]
        system, baseline = pair
        comparison = compare(_accuracy_by_seed(here, system), _accuracy_by_seed(here, baseline))
        if comparison is not None:
            yield SnrGain(baseline, feature, low, high, comparison)


def _accuracy_by_seed(recordings: Sequence[RecordingResult], system: str) -> dict[int, float]:
    seeds = sorted({one.seed for one in recordings if one.system == system})
    chosen = {seed: [one for one in recordings if (one.system, one.seed) == (system, seed)] for seed in seeds}
    return {seed: sum(one.right for one in found) / sum(one.windows for one in found) for seed, found in chosen.items()}


def snr_table(gains: Sequence[SnrGain], data: str, system: str) -> Table:
    """Return the gains as a table."""
    return Table(
        "snr",
        f"What {system} gains by SNR on {data} (accuracy, points)",
        "Recordings in three bins of equal size by the ratio of their source to all that disturbs. Mean of the "
        "differences of the same seeds ± their 95 % half interval, p of a paired t-test.",
        ("over", "feature", "SNR", "change", "p"),
        tuple(
            (
                one.baseline,
                one.feature,
                f"{one.low_db:.1f} to {one.high_db:.1f} dB",
                *comparison_cells(one.comparison),
            )
            for one in gains
        ),
    )
