"""Splits by recording: proportions, groups, stability."""

from pathlib import Path

import pytest

from common.errors import AcousticImagesError
from data_prep.recordings import Recording
from data_prep.splits import assign_splits


def recordings(classes: int, count: int, group_of: int = 1, split: str | None = None) -> list[Recording]:
    return [
        Recording(f"c{c}/{n}", c, 5, f"c{c}/g{n // group_of}", (Path("x"),), ("waveform",), split)
        for c in range(classes)
        for n in range(count)
    ]


def test_fractions_hold_in_every_class() -> None:
    splits = assign_splits(recordings(3, 20))
    for number in range(3):
        of_class = [split for name, split in splits.items() if name.startswith(f"c{number}/")]
        assert [of_class.count(split) for split in ("train", "validation", "test")] == [14, 3, 3]


def test_three_recordings_are_enough_for_all_splits_and_one_is_for_training() -> None:
    assert set(assign_splits(recordings(1, 3)).values()) == {"train", "validation", "test"}
    assert set(assign_splits(recordings(1, 1)).values()) == {"train"}


def test_a_group_is_never_divided() -> None:
    every = recordings(2, 24, group_of=4)
    splits = assign_splits(every)
    for group in {recording.split_group for recording in every}:
        assert len({splits[recording.name] for recording in every if recording.split_group == group}) == 1


def test_another_class_changes_nothing_and_another_seed_does() -> None:
    few, many = assign_splits(recordings(2, 20)), assign_splits(recordings(3, 20))
    assert all(many[name] == split for name, split in few.items())
    assert assign_splits(recordings(2, 20), seed=1) != few


def test_prescribed_splits_stay_and_contradictions_are_told() -> None:
    assert set(assign_splits(recordings(1, 4, split="test")).values()) == {"test"}
    one, other = recordings(1, 1, split="test"), recordings(1, 1, split="train")
    with pytest.raises(AcousticImagesError, match="split group c0/g0: found in test and train"):
        assign_splits([*one, *other])
    with pytest.raises(AcousticImagesError, match="wanted three of at least 0 that sum to 1"):
        assign_splits(recordings(1, 3), (0.5, 0.2, 0.2))
