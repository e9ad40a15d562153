"""How sure a gain is, given that both the seeds and the test recordings are a few of many."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.features import AUDIO, AUDIO_VISUAL
from evaluation.measurements import RecordingResult
from evaluation.seed_statistics import CONFIDENCE
from evaluation.seed_tables import BASELINE, DISTILLED, controls_of_distilled, imitating_students
from evaluation.tables import Table

DRAWS = 10_000
# Of one system: by seed and recording.
ByRun = dict[tuple[int, str], RecordingResult]


@dataclass(frozen=True)
class RightWindows:
    """How many windows are classified right.

    Attributes
    ----------
    right : ndarray
        [seeds, recordings].
    windows : ndarray
        [recordings] windows of each.
    """

    right: np.ndarray
    windows: np.ndarray


def gain_interval(system: RightWindows, baseline: RightWindows) -> tuple[float, float, float]:
    """Return a gain in accuracy, 0..1, and the bounds of its 95 % bootstrap interval over seeds and recordings.

    Seeds and recordings are drawn with replacement, each draw the same for both systems, so that they stay paired; the
    bounds are percentiles of `DRAWS` draws from a fixed seed.

    Parameters
    ----------
    system, baseline : RightWindows
        Of the same seeds and recordings.
    """
    differences = (system.right - baseline.right).astype(np.float64)
    num_seeds, num_recordings = differences.shape
    draw = np.random.default_rng(0)
    seeds = draw.multinomial(num_seeds, np.full(num_seeds, 1 / num_seeds), DRAWS)
    recordings = draw.multinomial(num_recordings, np.full(num_recordings, 1 / num_recordings), DRAWS)
    gains = ((seeds @ differences) * recordings).sum(axis=1) / (num_seeds * (recordings @ system.windows))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(gains, [tail, 1 - tail])
    return float(differences.sum() / (num_seeds * system.windows.sum())), float(low), float(high)


def gains_table(recordings: Sequence[RecordingResult]) -> Table:
    """Return what every student gains over alpha 0, and alpha 0.5 over its controls, on every dataset.

    Parameters
    ----------
    recordings : sequence of RecordingResult
        Of runs trained on one dataset; pairs that share fewer than two seeds are left out.
    """
    rows = []
    for data in dict.fromkeys(one.tested_on for one in recordings):
        for feature in (AUDIO, AUDIO_VISUAL):
            found: dict[str, ByRun] = defaultdict(dict)
            for one in recordings:
                if (one.tested_on, one.feature) == (data, feature):
                    found[one.system][one.seed, one.recording] = one
            for system, baseline in _pairs(list(found)):
                pair = _paired(found[system], found[baseline])
                if pair is not None:
                    gain, low, high = (100 * value for value in gain_interval(*pair))
                    rows.append((system, baseline, data, feature, f"{gain:+.2f}", f"{low:+.1f} to {high:+.1f}"))
    return Table(
        "gains",
        "Gains, and how sure they are (accuracy, points)",
        "95 % bootstrap interval over seeds and test recordings, which are drawn with replacement, both systems alike. "
        "The intervals of the other tables are over seeds alone: of training again, not of other recordings.",
        ("model", "over", "tested on", "feature", "gain", "95 % interval"),
        tuple(rows),
    )


def _pairs(systems: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from ((student, BASELINE) for student in imitating_students(systems))
    yield from ((DISTILLED, control) for control in controls_of_distilled(systems))


def _paired(system: ByRun, baseline: ByRun) -> tuple[RightWindows, RightWindows] | None:
    seeds = sorted({seed for seed, _ in system} & {seed for seed, _ in baseline})
    if len(seeds) < 2:
        return None
    return _right_windows(system, seeds), _right_windows(baseline, seeds)


def _right_windows(rows: ByRun, seeds: Sequence[int]) -> RightWindows:
    names = sorted({recording for _, recording in rows})
    return RightWindows(
        np.array([[rows[seed, name].right for name in names] for seed in seeds]),
        np.array([rows[seeds[0], name].windows for name in names]),
    )
