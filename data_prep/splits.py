"""Which recording is for training, which for validation, which for the test: never by window."""

import hashlib
from collections.abc import Mapping, Sequence

from common.errors import AcousticImagesError
from data_prep.recordings import Recording
from tfrecords_schema.schema import SPLITS

# The paper's proportions (section 3).
PAPER_FRACTIONS = (0.70, 0.15, 0.15)


def assign_splits(
    recordings: Sequence[Recording], fractions: tuple[float, float, float] = PAPER_FRACTIONS, seed: int = 0
) -> dict[str, str]:
    """Assign every recording to a split, class by class, split group by split group.

    The order of the groups is a hash of seed and name, so that the split of a class does not change when
    another class is added. A class with at least three groups is in every split whose fraction is above 0.

    Parameters
    ----------
    recordings : sequence of Recording
        Those that prescribe a split keep it, and so does the rest of their group.
    fractions : tuple of float
        Of training, validation and test; sum 1.
    seed : int
        Changes the assignment.

    Returns
    -------
    dict
        Recording name to "train", "validation" or "test".

    Raises
    ------
    AcousticImagesError
        Fractions that do not sum to 1, or a group whose recordings prescribe two splits.
    """
    if len(fractions) != 3 or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-6:
        raise AcousticImagesError(f"split_fractions: found {fractions}, wanted three of at least 0 that sum to 1")
    split_of_group = _prescribed(recordings)
    for class_index in sorted({recording.class_index for recording in recordings}):
        groups = {recording.split_group for recording in recordings if recording.class_index == class_index}
        free = sorted(groups - set(split_of_group), key=lambda group: _hash(seed, group))
        # Groups that span classes were assigned by an earlier one; they count in this one too.
        taken = [split_of_group[group] for group in groups & set(split_of_group)]
        for group, split in zip(free, _splits_to_fill(len(groups), fractions, taken, len(free)), strict=True):
            split_of_group[group] = split
    return {recording.name: split_of_group[recording.split_group] for recording in recordings}


def _hash(seed: int, group: str) -> str:
    return hashlib.sha256(f"{seed}/{group}".encode()).hexdigest()


def _prescribed(recordings: Sequence[Recording]) -> dict[str, str]:
    split_of_group: dict[str, str] = {}
    for recording in recordings:
        if recording.split is None:
            continue
        other = split_of_group.setdefault(recording.split_group, recording.split)
        if other != recording.split:
            raise AcousticImagesError(
                f"split group {recording.split_group}: found in {other} and {recording.split}, wanted one split"
            )
    return split_of_group


def _splits_to_fill(num_groups: int, fractions: Sequence[float], taken: list[str], num_free: int) -> list[str]:
    wanted = _groups_per_split(num_groups, fractions)
    places = [split for split in ("test", "validation") for _ in range(wanted[split] - taken.count(split))]
    places = places[:num_free]
    rest = "train" if fractions[0] > 0 else max(zip(fractions, SPLITS, strict=True))[1]
    return places + [rest] * (num_free - len(places))


def _groups_per_split(num_groups: int, fractions: Sequence[float]) -> Mapping[str, int]:
    """Return how many groups validation and test get; training comes first when there are fewer than three."""
    _, validation, test = fractions
    spare = num_groups - (1 if fractions[0] > 0 else 0)
    num_test = min(max(1, round(num_groups * test)), spare) if test > 0 else 0
    spare -= num_test
    num_validation = min(max(1, round(num_groups * validation)), spare) if validation > 0 else 0
    return {"test": num_test, "validation": num_validation}
