"""Medians, and a matrix product that tells how fast the machine is just now."""

import statistics
import time
from collections.abc import Callable

import numpy as np

Figures = dict[str, float]
GEMM_SIZE = 2048
REPEATS = 5
# A part is measured again when the machine's speed before and after it differs by more.
LARGEST_DRIFT = 0.2
_MOST_ATTEMPTS = 3


def median_seconds(function: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median time of a call, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def gemm_gflops(size: int = GEMM_SIZE) -> float:
    """Return the speed of a single-precision matrix product, 10^9 operations a second."""
    a, b = np.random.default_rng(0).standard_normal((2, size, size)).astype(np.float32)
    return 2e-9 * size**3 / median_seconds(lambda: a @ b)


def calibrated(part: Callable[[], Figures], size: int = GEMM_SIZE) -> Figures:
    """Measure a part between two calibrations; again, up to three times, when they differ by more than 20 %."""
    for _ in range(_MOST_ATTEMPTS):
        before = gemm_gflops(size)
        figures = part()
        after = gemm_gflops(size)
        drift = abs(before - after) / max(before, after)
        if drift <= LARGEST_DRIFT:
            break
    return {**figures, "gemm_gflops": (before + after) / 2, "gemm_drift": drift}
