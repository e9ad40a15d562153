"""`losses.json`: the bare losses on random vectors and on the edge cases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from conformance.checks import GRADIENT_TOLERANCE, LOSS_TOLERANCE, Check, relative_error, worst
from conformance.recipe import draw_embeddings, unit_rows
from models.distances import pair_squared_distances, squared_distances
from training.mining import same_identity
from training.triplet_loss import triplet_loss

_EDGE_BATCH = 8


def check_losses(path: Path) -> Iterator[Check]:
    """Compare every case that the file holds."""
    content = json.loads(path.read_text(encoding="utf-8"))
    margin = content.get("margin", 0.2)
    for case, wanted in content.get("random", {}).items():
        seed, batch = (int(part.lstrip("sedbatch")) for part in case.split("_"))
        yield _compare(f"losses random {case}", draw_embeddings(seed, batch), wanted, margin)
    for case, wanted in content.get("edge", {}).items():
        yield _compare(f"losses edge {case}", _edge_case(case), wanted, margin)


def _compare(name: str, case: dict[str, np.ndarray], wanted: dict[str, Any], margin: float) -> Check:
    same = same_identity(tf.constant(case["identity"]))
    spurious = case["identity"].min() == case["identity"].max()
    errors, loosest = [], LOSS_TOLERANCE
    for stage in ("all", "hard"):
        triplet, gradient = _triplet_and_gradient(case, same, margin, stage == "hard")
        transfer = triplet_loss(squared_distances(case["audio"], case["transfer"]), same, margin, stage == "hard")
        # Without a negative the authors' hardest loss is spurious; ours is 0 (docs/fidelity.md).
        figures = {f"triplet_{stage}": triplet, f"transfer_{stage}": transfer}
        for figure, found in figures.items():
            if figure in wanted:
                errors.append(relative_error(found, 0.0 if spurious else wanted[figure]))
        if (norm := wanted.get("grad_l2_wrt_av", {}).get(stage)) is not None:
            error = relative_error(gradient, 0.0 if spurious else norm)
            errors.append(error * LOSS_TOLERANCE / GRADIENT_TOLERANCE)
    note = "wanted 0 where the authors' code is spurious" if spurious else ""
    return worst(name, errors, loosest, note)


def _triplet_and_gradient(
    case: dict[str, np.ndarray], same: tf.Tensor, margin: float, hardest: bool
) -> tuple[float, float]:
    audio_visual = tf.constant(case["av"])
    with tf.GradientTape() as tape:
        tape.watch(audio_visual)
        loss = triplet_loss(pair_squared_distances(case["audio"], audio_visual), same, margin, hardest)
    return float(loss), float(tf.norm(tape.gradient(loss, audio_visual)))


def _edge_case(case: str) -> dict[str, np.ndarray]:
    drawn = draw_embeddings(0, _EDGE_BATCH)
    alone, together = np.arange(_EDGE_BATCH), np.zeros(_EDGE_BATCH, int)
    pairs = np.repeat(np.arange(_EDGE_BATCH // 2), 2)
    if case == "one_identity_far":
        return {**drawn, "identity": together}
    if case == "one_identity_close":
        return {**_close_vectors(), "identity": together}
    if case in ("one_identity_identical_vectors", "ties_all_vectors_equal_distinct_ids"):
        equal = {name: np.broadcast_to(drawn["audio"][0], drawn[name].shape) for name in ("av", "audio", "transfer")}
        return {**equal, "identity": together if case.startswith("one") else alone}
    if case in ("all_identities_different", "same_class_other_scenario"):
        return {**drawn, "identity": alone}
    if case == "one_negative_only":
        return {**drawn, "identity": np.array([0] * (_EDGE_BATCH - 1) + [1])}
    if case == "batch_of_one":
        return {"av": drawn["av"][:1, :1], "audio": drawn["audio"][:1], "transfer": drawn["transfer"][:1],
                "identity": np.zeros(1, int)}  # fmt: skip
    if case == "zero_vectors":
        zero = {name: np.zeros_like(drawn[name]) for name in ("av", "audio", "transfer")}
        return {**zero, "identity": drawn["identity"]}
    own = np.broadcast_to(drawn["audio"][:, None], drawn["av"].shape)
    if case == "perfect":
        sign = np.where(pairs[:, None] == pairs[None], 1.0, -1.0).astype(np.float32)
        return {**drawn, "av": own * sign[..., None], "identity": pairs}
    if case == "positives_and_negatives_equally_far":
        return {**drawn, "av": own, "identity": pairs}
    raise KeyError(case)


def _close_vectors() -> dict[str, np.ndarray]:
    generator = np.random.default_rng([0, 22])
    base = generator.standard_normal(128)
    audio = unit_rows(base + 0.15 * generator.standard_normal([_EDGE_BATCH, 128]))
    audio_visual = unit_rows(base + 0.15 * generator.standard_normal([_EDGE_BATCH, _EDGE_BATCH, 128]))
    return {"av": audio_visual, "audio": audio, "transfer": audio[::-1].copy()}
