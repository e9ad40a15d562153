"""Means over seeds, their intervals, and paired comparisons of runs of the same seeds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
_EQUAL_BELOW = 1e-12


@dataclass(frozen=True)
class Summary:
    """Figures over seeds.

    Attributes
    ----------
    count : int
        Number of seeds.
    mean : float
        Their mean.
    deviation : float
        Population standard deviation, as the paper reports it.
    half_interval : float
        Half the width of the 95 % interval of the mean (Student's t); not a number for one seed.
    """

    count: int
    mean: float
    deviation: float
    half_interval: float


@dataclass(frozen=True)
class Comparison:
    """Differences between runs of the same seeds: their summary, and the p-value of a paired t-test (two-sided)."""

    difference: Summary
    p_value: float


def summarise(values: Mapping[int, float]) -> Summary:
    """Summarise values by seed; at least one."""
    numbers = np.array(list(values.values()), np.float64)
    half = float("nan")
    if len(numbers) > 1:
        half = float(stats.t.ppf((1 + CONFIDENCE) / 2, len(numbers) - 1) * numbers.std(ddof=1) / np.sqrt(len(numbers)))
    return Summary(len(numbers), float(numbers.mean()), float(numbers.std()), half)


def compare(values: Mapping[int, float], baseline: Mapping[int, float]) -> Comparison | None:
    """Compare with a baseline over the seeds that both have; None where they share fewer than two."""
    seeds = sorted(set(values) & set(baseline))
    if len(seeds) < 2:
        return None
    differences = {seed: values[seed] - baseline[seed] for seed in seeds}
    numbers = np.array(list(differences.values()))
    # Equal differences have no spread to test against: none at all is no difference, any other is a certain one.
    if np.ptp(numbers) < _EQUAL_BELOW:
        p_value = float(np.allclose(numbers, 0, atol=_EQUAL_BELOW))
    else:
        p_value = float(stats.ttest_1samp(numbers, 0).pvalue)
    return Comparison(summarise(differences), p_value)
