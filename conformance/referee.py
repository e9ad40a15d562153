"""Which check reads which fixture file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from common.errors import AcousticImagesError
from common.progress import Progress
from conformance.check_architecture import check_architecture
from conformance.check_data import check_data, check_mfcc
from conformance.check_evaluation import check_evaluation
from conformance.check_gradients import check_gradients
from conformance.check_losses import check_losses
from conformance.check_models import check_models
from conformance.check_vectors import check_vectors
from conformance.checks import Check

CHECKS: dict[str, Callable[[Path], Iterator[Check]]] = {
    "architecture.json": check_architecture,
    "losses.json": check_losses,
    "evaluation.json": check_evaluation,
    "mfcc_*.npz": check_mfcc,
    "data.npz": check_data,
    "vectors.npz": check_vectors,
    "models.json": check_models,
    "gradients.json": check_gradients,
}


def run_checks(fixtures: Path) -> Iterator[Check]:
    """Compare with every fixture file there is, cheap ones first.

    Raises
    ------
    AcousticImagesError
        When the folder holds none, or one that cannot be read.
    """
    found = [(path, check) for pattern, check in CHECKS.items() for path in sorted(fixtures.glob(pattern))]
    if not found:
        raise AcousticImagesError(f"{fixtures}: found no fixture, wanted any of {', '.join(CHECKS)}; set FIXTURES=")
    with Progress("conformance", len(found), "file") as progress:
        for path, check in found:
            try:
                yield from check(path)
            except (ValueError, KeyError, OSError) as error:
                raise AcousticImagesError(
                    f"{path}: found {type(error).__name__} {error}, wanted a fixture file"
                ) from error
            progress.advance(note=path.name)
