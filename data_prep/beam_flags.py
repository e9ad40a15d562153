"""The flags of every command that forms beams."""

from collections.abc import Callable

from absl import flags

from data_prep.beam_options import PRECISIONS, WEIGHTS, BeamOptions


def define_beam_flags() -> Callable[[], BeamOptions]:
    """Define the flags, and return what makes options of them once they are parsed."""
    weights = flags.DEFINE_enum("weights", "delay_and_sum", WEIGHTS, "Beamforming weights.")
    loading = flags.DEFINE_float("diagonal_loading", 1e-2, "Of the superdirective weights.")
    focus_m = flags.DEFINE_float("focus_distance_m", None, "Focus the beams at this distance; default far field.")
    precision = flags.DEFINE_enum(
        "precision", "exact", PRECISIONS, "fast: twice as fast, coefficients off by 0.003 (rms)."
    )
    return lambda: BeamOptions(weights.value, loading.value, focus_m.value, precision.value)
