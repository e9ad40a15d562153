"""Losses by hand-worked numbers, against slow NumPy twins and tensorflow-addons, and in the cases at the edge."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_addons as tfa

from common.errors import AcousticImagesError
from models.distances import pair_squared_distances, squared_distances
from training.distillation import total_loss, transfer_distances
from training.mining import hardest_negative, hardest_positive, has_negative, same_identity
from training.triplet_loss import all_triplets_loss, hardest_triplets_loss, triplet_accuracy, triplet_loss

MARGIN = 0.2


def slow_losses(distances: np.ndarray, ids: np.ndarray, margin: float) -> tuple[float, float, float]:
    """All contributing triplets, hardest triplets, accuracy: one loop after the other."""
    every, hardest = [], []
    for anchor in range(len(ids)):
        positives = [distances[anchor, j] for j in range(len(ids)) if ids[j] == ids[anchor]]
        negatives = [distances[anchor, j] for j in range(len(ids)) if ids[j] != ids[anchor]]
        every += [max(p - n + margin, 0.0) for p in positives for n in negatives]
        if negatives:
            hardest.append(max(max(positives) - min(negatives) + margin, 0.0))
    contributing = [loss for loss in every if loss > 1e-16]
    mean = float(np.mean(contributing)) if contributing else 0.0
    accuracy = 1.0 - len(contributing) / len(every) if every else 1.0
    return mean, float(np.mean(hardest)) if hardest else 0.0, accuracy


def test_a_batch_worked_by_hand() -> None:
    # Windows 0 and 1 come from one recording, window 2 from another.
    same = same_identity(tf.constant([7, 7, 9]))
    distances = tf.constant([[0.1, 0.5, 0.4], [0.3, 0.2, 1.0], [0.6, 0.15, 0.3]])
    # Anchor 0: 0.1-0.4+0.2 < 0, 0.5-0.4+0.2 = 0.3. Anchor 1: both below 0. Anchor 2: 0.3-0.15+0.2 = 0.35.
    assert float(all_triplets_loss(distances, same, MARGIN)) == pytest.approx((0.3 + 0.35) / 2)
    assert hardest_positive(distances, same).numpy() == pytest.approx([0.5, 0.3, 0.3])
    assert hardest_negative(distances, same).numpy() == pytest.approx([0.4, 1.0, 0.15])
    assert float(hardest_triplets_loss(distances, same, MARGIN)) == pytest.approx((0.3 + 0.0 + 0.35) / 3)
    assert float(triplet_accuracy(distances, same, MARGIN)) == pytest.approx(1 - 2 / 6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("batch", [2, 9, 24])
def test_losses_agree_with_the_slow_twin(seed: int, batch: int) -> None:
    draw = np.random.default_rng([seed, batch])
    ids = draw.integers(0, max(2, batch // 3), batch)
    distances = draw.uniform(0, 2, (batch, batch))
    same = same_identity(tf.constant(ids))
    found = [
        float(function(tf.constant(distances), same, MARGIN))
        for function in (all_triplets_loss, hardest_triplets_loss, triplet_accuracy)
    ]
    assert found == pytest.approx(slow_losses(distances, ids, MARGIN), abs=1e-12)


def test_addons_agree_where_the_two_spaces_coincide() -> None:
    draw = np.random.default_rng(5)
    x = draw.standard_normal((12, 16)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    ids = tf.constant(np.arange(12) // 3)
    distances = squared_distances(x, x)
    oracle = tfa.losses.metric_learning.pairwise_distance(x, squared=True)
    assert np.allclose(distances, oracle, atol=1e-5)
    hardest = tfa.losses.triplet_hard_loss(ids, x, margin=MARGIN, distance_metric="squared-L2")
    assert float(hardest_triplets_loss(distances, same_identity(ids), MARGIN)) == pytest.approx(
        float(hardest), abs=1e-5
    )


@pytest.mark.parametrize("hardest", [False, True])
def test_one_recording_in_a_batch_has_no_loss_and_no_gradient(hardest: bool) -> None:
    same = same_identity(tf.constant([3, 3, 3]))
    assert not has_negative(same).numpy().any()
    distances = tf.random.stateless_uniform([3, 3], seed=[1, 2])
    with tf.GradientTape() as tape:
        tape.watch(distances)
        loss = triplet_loss(distances, same, MARGIN, hardest)
    assert float(loss) == 0.0
    assert not tape.gradient(loss, distances).numpy().any()


def test_an_anchor_alone_with_itself_is_left_out_of_the_mean() -> None:
    # All but the last column are of one recording for row 0..2; the last has three negatives.
    same = same_identity(tf.constant([1, 1, 1, 2]))
    distances = tf.constant(np.full((4, 4), 0.5, np.float32))
    assert float(hardest_triplets_loss(distances, same, MARGIN)) == pytest.approx(MARGIN)


@pytest.mark.parametrize("hardest", [False, True])
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_ties_give_the_margin_and_finite_gradients(hardest: bool, value: float) -> None:
    vectors = tf.constant(np.full((4, 8), value / np.sqrt(8), np.float32))
    with tf.GradientTape() as tape:
        tape.watch(vectors)
        loss = triplet_loss(
            squared_distances(vectors, vectors), same_identity(tf.constant([0, 0, 1, 1])), MARGIN, hardest
        )
    assert float(loss) == pytest.approx(MARGIN, abs=1e-6)
    assert np.isfinite(tape.gradient(loss, vectors).numpy()).all()


def test_losses_do_not_hang_on_the_order_of_the_batch() -> None:
    draw = np.random.default_rng(0)
    ids, distances = draw.integers(0, 4, 10), draw.uniform(0, 2, (10, 10))
    order = draw.permutation(10)
    for function in (all_triplets_loss, hardest_triplets_loss, triplet_accuracy):
        one = function(tf.constant(distances), same_identity(tf.constant(ids)), MARGIN)
        other = function(tf.constant(distances[order][:, order]), same_identity(tf.constant(ids[order])), MARGIN)
        assert float(one) == pytest.approx(float(other), abs=1e-12)


def test_the_total_loss_weighs_by_alpha_and_refuses_others() -> None:
    assert float(total_loss(tf.constant(0.3), tf.constant(0.7), 0.25, tf.constant(0.1))) == pytest.approx(0.5)
    for alpha in (-0.1, 1.1, float("nan")):
        with pytest.raises(AcousticImagesError, match=r"alpha: found .*, wanted a number from 0 to 1"):
            total_loss(tf.constant(0.3), tf.constant(0.7), alpha)


def test_distances_by_hand() -> None:
    audio, pairs = (
        tf.constant([[1.0, 0.0], [0.0, 1.0]]),
        tf.constant([[[1.0, 0.0], [0.0, 1.0]], [[0.6, 0.8], [0.0, -1.0]]]),
    )
    assert pair_squared_distances(audio, pairs).numpy() == pytest.approx(np.array([[0, 2], [0.4, 4]]), abs=1e-6)
    student = tf.constant([[3.0, -4.0], [0.0, 2.0]])
    teacher = tf.constant([[0.6, -0.8], [1.0, 0.0]])
    # No ReLU on the student: the first vector matches the teacher's first.
    assert transfer_distances(student, teacher).numpy() == pytest.approx(np.array([[0, 0.8], [3.6, 2]]), abs=1e-6)
