"""How beams are formed, as a user chooses it."""

from dataclasses import dataclass

from common.errors import AcousticImagesError

WEIGHTS = ("delay_and_sum", "superdirective")
PRECISIONS = ("exact", "fast")


@dataclass(frozen=True)
class BeamOptions:
    """Choices of a beamformer; unknown or impossible ones raise AcousticImagesError.

    Attributes
    ----------
    weights : str
        "delay_and_sum" (mean over the microphones) or "superdirective".
    diagonal_loading : float
        Of the superdirective weights, relative to the coherence's diagonal of 1.
    focus_distance_m : float or None
        Focus on points at this distance; None is the far field.
    precision : str
        "exact", or "fast": delay-and-sum beams towards fewer directions, interpolated (`CoarseBeams`).
    """

    weights: str = "delay_and_sum"
    diagonal_loading: float = 1e-2
    focus_distance_m: float | None = None
    precision: str = "exact"

    def __post_init__(self) -> None:
        """Refuse what no beams can be formed with."""
        for name, value, known in (("weights", self.weights, WEIGHTS), ("precision", self.precision, PRECISIONS)):
            if value not in known:
                raise AcousticImagesError(f"{name}: found {value!r}, wanted one of {', '.join(known)}")
        if self.weights == "superdirective" and self.precision == "fast":
            raise AcousticImagesError("precision: found 'fast' with superdirective weights, wanted delay_and_sum")
        for name, number in (("diagonal_loading", self.diagonal_loading), ("focus_distance_m", self.focus_distance_m)):
            if number is not None and number <= 0:
                raise AcousticImagesError(f"{name}: found {number}, wanted above 0")


EXACT_DELAY_AND_SUM = BeamOptions()
