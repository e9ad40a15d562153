"""Medians, peaks of memory, and a matrix product that tells how fast the machine is just now."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

Figures = dict[str, float]
GEMM_SIZE = 2048
REPEATS = 5
# A part is measured again when the machine's speed before and after it differs by more.
LARGEST_DRIFT = 0.2
_MOST_ATTEMPTS = 3
_RUN_AND_TELL = """
import importlib, json, sys
from benchmarks.timing import status_gigabytes
module, function, arguments = sys.argv[1:]
result = getattr(importlib.import_module(module), function)(**json.loads(arguments))
print()
print(json.dumps([result, status_gigabytes("VmHWM")]))
"""


def median_seconds(function: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median time of a call, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def in_own_process(
    function: Callable[..., float | None], environment: Mapping[str, str] | None = None, **arguments: object
) -> tuple[float | None, float]:
    """Call a module's function in a process of its own.

    Parameters
    ----------
    function : callable
        Of a module that can be imported by name.
    environment : mapping or None
        Variables that are set beside those of this process.
    **arguments
        What JSON holds.

    Returns
    -------
    tuple
        What the function returned, and the most memory that the process held, in GB.
    """
    words = [function.__module__, function.__name__, json.dumps(arguments)]
    command = [sys.executable, "-c", _RUN_AND_TELL, *words]
    output = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **(environment or {})}
    ).stdout
    result, peak = json.loads(output.strip().splitlines()[-1])
    return result, peak


def peak_gigabytes(function: Callable[..., float | None], **arguments: object) -> float:
    """Return the most memory that a process of its own holds which calls the function."""
    return in_own_process(function, None, **arguments)[1]


def gigabytes_added(function: Callable[[], object]) -> float:
    """Return by how much this process grows at its peak during a call (Linux)."""
    # Resets the peak, which otherwise is that of importing.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = status_gigabytes("VmRSS")
    function()
    return status_gigabytes("VmHWM") - before


def status_gigabytes(name: str) -> float:
    """Return what the system says of this process's memory: "VmRSS" (now) or "VmHWM" (its peak); Linux."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e9 for line in lines if line.startswith(name))


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
