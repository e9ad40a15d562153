import numpy as np
import pytest

from common.errors import AcousticImagesError
from training.batch_plan import plan_epoch, plan_validation


@pytest.mark.parametrize("batch_size", [2, 3, 4, 7])
@pytest.mark.parametrize("recordings", [[0] * 9 + [1] * 3, list(range(12)), [0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2]])
def test_every_batch_has_two_recordings_and_no_window_twice(recordings: list[int], batch_size: int) -> None:
    indices = np.array(recordings)
    for epoch in range(20):
        plan = plan_epoch(indices, batch_size, seed=3, epoch=epoch)
        assert plan
        taken = np.concatenate(plan)
        assert len(set(taken.tolist())) == len(taken)
        for batch in plan:
            assert len(batch) == batch_size
            assert len(set(indices[batch].tolist())) >= 2


def test_only_batches_that_cannot_have_a_negative_are_left_out() -> None:
    # Nine windows of one recording and three of another: batches of two can hold a negative three times.
    plan = plan_epoch(np.array([0] * 9 + [1] * 3), 2, seed=0, epoch=0)
    assert 1 <= len(plan) <= 3
    # With as many of each recording all six batches can.
    assert len(plan_epoch(np.array([0] * 6 + [1] * 6), 4, seed=0, epoch=0)) == 3


def test_seed_and_epoch_decide_the_draw() -> None:
    indices = np.arange(40) // 4
    first = np.stack(plan_epoch(indices, 8, seed=1, epoch=2))
    np.testing.assert_array_equal(first, np.stack(plan_epoch(indices, 8, seed=1, epoch=2)))
    assert not np.array_equal(first, np.stack(plan_epoch(indices, 8, seed=1, epoch=3)))
    assert not np.array_equal(first, np.stack(plan_epoch(indices, 8, seed=2, epoch=2)))


def test_fewer_windows_than_a_batch_make_one_batch() -> None:
    (batch,) = plan_epoch(np.array([0, 0, 1]), 64, seed=0, epoch=0)
    assert sorted(batch) == [0, 1, 2]


@pytest.mark.parametrize(("recordings", "batch_size"), [([0, 0, 0], 2), ([], 2), ([0, 1], 1)])
def test_without_negatives_there_is_no_plan(recordings: list[int], batch_size: int) -> None:
    with pytest.raises(AcousticImagesError, match="wanted at least 2"):
        plan_epoch(np.array(recordings, np.int64), batch_size, seed=0, epoch=0)


def test_validation_takes_every_window_once() -> None:
    plan = plan_validation(np.arange(11), 4)
    assert [len(batch) for batch in plan] == [4, 4, 3]
    assert sorted(np.concatenate(plan)) == list(range(11))
    assert plan_validation(np.arange(0), 4) == []


def test_validation_batches_are_mixed_where_they_can_be() -> None:
    # Unmixed, the fixed draw of six windows pairs the two of each recording.
    recordings = np.array([0, 0, 1, 1, 2, 2])
    assert all(len(set(recordings[batch].tolist())) == 2 for batch in plan_validation(recordings, 2))
    assert len(plan_validation(np.zeros(5, np.int64), 2)) == 3
