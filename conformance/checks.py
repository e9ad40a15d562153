"""One check: what was compared, how far apart the numbers were, how far apart they may be."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# Of the largest entry of a vector or map; relative for losses and gradient norms (issue of the project's beginning).
VECTOR_TOLERANCE = 2e-5
LOSS_TOLERANCE = 5e-6
GRADIENT_TOLERANCE = 1e-4
MFCC_TOLERANCE = 1e-4
RESAMPLED_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Check:
    """A comparison with a fixture."""

    name: str
    error: float
    tolerance: float
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the error is within the tolerance; not a number is not."""
        return bool(self.error <= self.tolerance)

    def line(self) -> str:
        """Return the line that the command prints."""
        verdict = "ok  " if self.passed else "FAIL"
        line = f"{verdict} {self.name}: largest error {self.error:.2e} (at most {self.tolerance:.0e}) {self.note}"
        return line.rstrip()


def vector_error(found: npt.ArrayLike, wanted: npt.ArrayLike) -> float:
    """Return the largest difference over the largest entry wanted; infinite for another shape."""
    found, wanted = np.asarray(found, np.float64), np.asarray(wanted, np.float64)
    if found.shape != wanted.shape:
        return float("inf")
    largest = np.abs(wanted).max(initial=0.0)
    return float(np.abs(found - wanted).max(initial=0.0) / (largest if largest > 0 else 1.0))


def relative_error(found: float, wanted: float) -> float:
    """Return |found - wanted| / |wanted|, or the difference itself where 0 is wanted."""
    return abs(float(found) - wanted) / (abs(wanted) if wanted else 1.0)


def worst(name: str, errors: Iterable[float], tolerance: float, note: str = "") -> Check:
    """Return one check of many comparisons."""
    errors = list(errors)
    # A NaN anywhere must fail, and max() may overlook it.
    largest = float("nan") if np.isnan(errors).any() else max(errors, default=float("inf"))
    return Check(name, largest, tolerance, note or f"over {len(errors)} numbers")
