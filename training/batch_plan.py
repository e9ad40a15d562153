"""Which windows make up each batch of an epoch: a pure function of seed and epoch, so a run can be resumed."""

import numpy as np

from common.errors import AcousticImagesError


def plan_epoch(recording_indices: np.ndarray, batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Draw the batches of one epoch, each with windows of at least two recordings.

    A triplet needs a negative, a window of another recording; a batch of one recording would teach nothing.
    The windows are shuffled and cut into full batches (the last, short one is left out this epoch); a batch of one
    recording swaps a window with its neighbours, and is left out where too few other recordings are left.

    Parameters
    ----------
    recording_indices : array [N] of int
        Recording of each window.
    batch_size : int
        Windows a batch; all N in one batch when there are fewer.
    seed, epoch : int
        Together they decide the draw.

    Returns
    -------
    list of array [batch_size] of int
        Positions in `recording_indices`; no position appears twice.

    Raises
    ------
    AcousticImagesError
        `batch_size` below 2, or windows of fewer than two recordings.
    """
    _require_negatives(recording_indices, batch_size)
    order = np.random.default_rng([seed, epoch]).permutation(len(recording_indices))
    batches, _ = _mixed_batches(order, recording_indices, batch_size)
    return [batch for batch in batches if _is_mixed(recording_indices[batch])]


def plan_validation(recording_indices: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """Return fixed batches that hold every window once, shuffled so that negatives exist.

    The draw does not depend on a run's seed: all runs are validated on the same batches.

    Parameters
    ----------
    recording_indices : array [N] of int
        Recording of each window.
    batch_size : int
        Windows a batch; the last may be shorter.

    Returns
    -------
    list of array of int
        Positions in `recording_indices`; empty when there are none.
    """
    order = np.random.default_rng(0).permutation(len(recording_indices))
    if not len(order):
        return []
    batches, rest = _mixed_batches(order, recording_indices, batch_size)
    return [*batches, rest] if len(rest) else batches


def _require_negatives(recording_indices: np.ndarray, batch_size: int) -> None:
    if batch_size < 2:
        raise AcousticImagesError(f"batch_size: found {batch_size}, wanted at least 2")
    recordings = len(np.unique(recording_indices))
    if recordings < 2:
        raise AcousticImagesError(
            f"training split: found windows of {recordings} recording(s), wanted at least 2, for negatives"
        )


def _mixed_batches(
    order: np.ndarray, recording_indices: np.ndarray, batch_size: int
) -> tuple[list[np.ndarray], np.ndarray]:
    """Cut an order into full batches, mixed where that can be, and the rest."""
    size = min(batch_size, len(order))
    slots = order[: len(order) // size * size].reshape(-1, size)
    rest = order[slots.size :]
    for batch in range(len(slots)):
        if not _is_mixed(recording_indices[slots[batch]]):
            _mix(batch, slots, rest, recording_indices)
    return list(slots), rest


def _is_mixed(recordings: np.ndarray) -> bool:
    return bool((recordings != recordings[0]).any())


def _mix(batch: int, slots: np.ndarray, rest: np.ndarray, recording_indices: np.ndarray) -> None:
    """Swap one window of a one-recording batch with one of another recording, from the rest first."""
    recording = recording_indices[slots[batch, 0]]
    for position in np.flatnonzero(recording_indices[rest] != recording):
        slots[batch, -1], rest[position] = rest[position], slots[batch, -1]
        return
    for other in range(len(slots)):
        # Two foreign windows are needed: one to give away, one that keeps the giver mixed.
        foreign = np.flatnonzero(recording_indices[slots[other]] != recording)
        if other != batch and len(foreign) >= 2:
            taken = slots[other, foreign[0]]
            slots[other, foreign[0]], slots[batch, -1] = slots[batch, -1], taken
            return
