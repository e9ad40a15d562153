"""Statistics over seeds by hand, folds of clips, and tables from a handful of numbers."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import AcousticImagesError
from evaluation.correspondence import other_recording_windows
from evaluation.effective_dimension import effective_dimension
from evaluation.folds import clip_folds, knn_over_folds
from evaluation.measurements import Measurement, RecordingResult
from evaluation.recording_bootstrap import RightWindows, gain_interval
from evaluation.result_files import merge_results, read_results
from evaluation.seed_statistics import compare, summarise
from evaluation.seed_tables import TransferTarget, seed_tables
from evaluation.snr_gains import gains_by_snr, snr_table


def test_statistics_over_three_seeds_by_hand() -> None:
    summary = summarise({1: 0.4, 2: 0.5, 3: 0.6})
    assert (summary.count, summary.mean) == (3, pytest.approx(0.5))
    assert summary.deviation == pytest.approx(np.sqrt(0.02 / 3))
    # Student's t of two degrees of freedom at 97.5 %: 4.302653; the sample deviation is 0.1.
    assert summary.half_interval == pytest.approx(4.302653 * 0.1 / np.sqrt(3), rel=1e-5)
    assert np.isnan(summarise({7: 0.3}).half_interval)


def test_runs_are_paired_by_their_seed() -> None:
    found = compare({1: 0.5, 2: 0.7, 9: 0.9}, {2: 0.5, 1: 0.4, 8: 0.0})
    assert found is not None
    assert found.difference.mean == pytest.approx(0.15)
    # t = 0.15 / (0.0707107 / sqrt 2) = 3 with one degree of freedom: p = 1 - 2 / pi * arctan 3.
    assert found.p_value == pytest.approx(1 - 2 / np.pi * np.arctan(3))
    assert compare({1: 0.5}, {1: 0.4}) is None
    equal = compare({1: 0.5, 2: 0.5}, {1: 0.5, 2: 0.5})
    assert equal is not None
    assert equal.p_value == 1.0


def test_folds_come_from_the_names_of_all_clips() -> None:
    assert clip_folds(["dog/1-1234-A", "dog/2-77-B", "rain/5-1-A"]).tolist() == [1, 2, 5]
    assert clip_folds(["dog/1-1234-A", "dog/2-77-B"]) is None
    assert clip_folds(["dog/1-1234-A", "dog/2-77-B", "rain/airport"]) is None


def test_each_fold_is_tested_on_neighbours_from_neither_it_nor_the_next() -> None:
    # Every fold's windows lie where another class lies in the fold after it, so that a leak would cost accuracy.
    folds = np.repeat([1, 2, 3, 4], 6)
    labels = np.tile([0, 1], 12)
    features = labels[:, np.newaxis] * 1.0
    assert knn_over_folds(features, labels, folds, (1, 3)) == dict.fromkeys([1, 2, 3, 4], 1.0)
    swapped = np.where(folds == 2, 1 - labels, labels)[:, np.newaxis] * 1.0
    assert knn_over_folds(swapped, labels, folds, (3,))[2] == 0.0


def test_the_other_video_is_of_another_recording() -> None:
    recordings = np.array([0, 0, 3, 3, 5])
    assert (recordings[other_recording_windows(recordings)] != recordings).all()


def row(system: str, seed: int, value: float, tested_on: str = "own", **changes: str) -> Measurement:
    fields = {"measure": "knn", "detail": "audio", **changes}
    return Measurement("own", tested_on, system, seed, value=value, **fields)


def test_a_table_tells_mean_interval_change_and_the_papers_figure() -> None:
    rows = [row("HearNet, alpha 0", 1, 0.4), row("HearNet, alpha 0", 2, 0.5)]
    rows += [row("HearNet, alpha 0.5", 1, 0.5), row("HearNet, alpha 0.5", 2, 0.7)]
    rows += [row("HearNet, supervised", 1, 0.8, measure="accuracy", detail="")]
    rows += [row("HearNet, alpha 0.5", 1, 0.2, tested_on="clips")]
    tables = {table.name: table for table in seed_tables(rows, "own", [TransferTarget("clips", 4)])}
    supervised, without, distilled = tables["table2"].rows
    assert supervised[:4] == ("HearNet, supervised", "classifier", "1", "80.00 ± 0.00")
    assert supervised[-1] == "87.79 ± 1.45"
    assert without[3:] == ("45.00 ± 5.00", "-18.53 to 108.53", "-", "-", "75.73 ± 2.78")
    assert distilled[3] == "60.00 ± 10.00"
    assert distilled[5:7] == ("+15.00 ± 63.53", "0.205")
    assert tables["table4-clips"].rows == (
        ("HearNet, alpha 0.5", "audio", "1", "20.00 ± 0.00", "-", "-", "-", "37.37 ± 0.68"),
    )


def test_new_measurements_replace_those_of_the_same_run_only(tmp_path: Path) -> None:
    path = tmp_path / "measurements.csv"
    old = [row("a", 1, 0.1), row("a", 1, 0.2, detail="sum"), row("a", 2, 0.3)]
    merge_results(path, Measurement, old)
    merged = merge_results(path, Measurement, [row("a", 1, 0.9)])
    assert merged == (row("a", 1, 0.9), row("a", 2, 0.3)) == read_results(path, Measurement)
    path.write_text("other,columns\n1,2\n")
    with pytest.raises(AcousticImagesError, match="wanted a CSV of trained_on"):
        merge_results(path, Measurement, [])


def test_vectors_spread_in_as_many_directions_as_they_have_equal_variances() -> None:
    axes = np.array([[5.0, 1.0, 1.0], [5.0, -1.0, 1.0], [5.0, 1.0, -1.0], [5.0, -1.0, -1.0]])
    assert effective_dimension(axes) == pytest.approx(2)
    # Variances 9 and 1 along the two axes: (9 + 1)^2 / (81 + 1).
    assert effective_dimension(axes * [1, 3, 1]) == pytest.approx(100 / 82)
    assert effective_dimension(axes[:2]) == pytest.approx(1)
    assert effective_dimension(np.full((4, 3), 0.7)) == 0


def test_distillation_is_compared_with_each_control_on_every_dataset() -> None:
    rows = [row("HearNet, alpha 0.5", seed, value) for seed, value in ((1, 0.5), (2, 0.7))]
    rows += [row("HearNet, alpha 0.5, untrained teacher", seed, value) for seed, value in ((1, 0.4), (2, 0.5))]
    rows += [row(one.system, one.seed, one.value / 2, tested_on="clips") for one in rows]
    rows += [row("HearNet, alpha 0", 1, 0.1)]
    table = seed_tables(rows, "own", [TransferTarget("clips", 4)])[-1]
    assert table.name == "controls"
    # Half as wide on the clips, with the same t.
    assert table.rows == (
        ("untrained teacher", "own", "audio", "+15.00 ± 63.53", "0.205"),
        ("untrained teacher", "clips", "audio", "+7.50 ± 31.77", "0.205"),
    )


def test_a_gain_is_as_sure_as_seeds_and_recordings_make_it() -> None:
    windows = np.array([2, 2, 4])
    none, all_right = (RightWindows(np.full((3, 3), share) * windows, windows) for share in (0, 1))
    assert gain_interval(all_right, none) == (1.0, 1.0, 1.0)
    # One seed gains everything and one nothing: draws of two are 0, 1/2 or 1, at its ends a quarter of them each.
    one_seed = RightWindows(np.array([[2, 2, 4], [0, 0, 0]]), windows)
    assert gain_interval(one_seed, RightWindows(none.right[:2], windows)) == (0.5, 0.0, 1.0)
    # All seeds gain on 30 of 90 recordings alike: the interval is that of a share of 90, 2 x 1.96 x sqrt(2 / 9 / 90).
    right = np.tile(np.arange(90) % 3 == 0, (5, 1)).astype(int)
    share = RightWindows(right, np.ones(90, int))
    gain, low, high = gain_interval(share, RightWindows(np.zeros_like(right), np.ones(90, int)))
    assert gain == pytest.approx(1 / 3)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(2 / 9 / 90), rel=0.05)


def test_gains_are_told_by_the_snr_of_the_recordings() -> None:
    snr_db = {"a": -3.0, "b": 0.0, "c": 3.0, "d": 6.0}
    right = {"HearNet, alpha 0": (0, 1, 2, 2), "HearNet, alpha 0.5": (2, 2, 2, 2)}
    recordings = [
        RecordingResult("own", "own", system, seed, "audio", name, 2, count)
        for system, counts in right.items()
        for seed in (1, 2)
        for name, count in zip(snr_db, counts, strict=True)
    ]
    # Edges are -3, 0, 3 and 6 dB: one recording, one, and two; what is compared with the random teacher is not there.
    gains = gains_by_snr(recordings, snr_db, "own", "HearNet, alpha 0.5")
    assert [(one.low_db, one.high_db, one.comparison.difference.mean) for one in gains] == [
        (-3, 0, 1.0),
        (0, 3, 0.5),
        (3, 6, 0.0),
    ]
    assert snr_table(gains, "own", "HearNet, alpha 0.5").rows[1][:4] == (
        "HearNet, alpha 0",
        "audio",
        "0.0 to 3.0 dB",
        "+50.00 ± 0.00",
    )
