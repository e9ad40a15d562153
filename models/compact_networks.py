"""Finished networks at half their size: kernels as float16, which costs the features a thousandth at most."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json, write_sealed_json
from models.array_files import read_arrays, write_arrays
from models.saved_networks import (
    CONFIG_FILE,
    NETWORK_FILE,
    ROUNDED_FROM,
    RUN_FILE,
    WEIGHTS_FILE,
    read_network_description,
)

# A video's first activations vary by more than float16 holds; these arrays are small.
_KEPT_EXACT = "moving_"
# How the training went, and what was measured of it: copied as it is, where it is there.
_KEPT = (RUN_FILE, "history.csv", "measured/*.json")
_PLACES = ("data_dir", "run_dir", "teacher_run")


def save_compact(run_dir: Path, output_dir: Path) -> int:
    """Write the networks of a finished run with float16 weights, beside them its configuration and how it went.

    Parameters
    ----------
    run_dir : Path
        A finished run.
    output_dir : Path
        Another folder.

    Returns
    -------
    int
        Size of the weights file, bytes.

    Raises
    ------
    AcousticImagesError
        No finished run, a damaged one, or weights that float16 does not hold.
    """
    if output_dir.resolve() == run_dir.resolve():
        raise AcousticImagesError(f"output: found {output_dir}, the run itself, wanted another folder")
    description = read_network_description(run_dir)
    arrays = read_arrays(run_dir / WEIGHTS_FILE, description["weights_sha256"])
    compact = {name: array if _KEPT_EXACT in name else _half(name, array) for name, array in arrays.items()}
    output_dir.mkdir(parents=True, exist_ok=True)
    write_sealed_json(output_dir / CONFIG_FILE, _without_places(read_sealed_json(run_dir / CONFIG_FILE, "train again")))
    sha256 = write_arrays(output_dir / WEIGHTS_FILE, compact)
    for path in (path for pattern in _KEPT for path in sorted(run_dir.glob(pattern))):
        with atomic_path(output_dir / path.relative_to(run_dir)) as partial:
            shutil.copyfile(path, partial)
    rounded = {ROUNDED_FROM: description["weights_sha256"], "weights_sha256": sha256}
    write_sealed_json(output_dir / NETWORK_FILE, {**description, **rounded})
    return (output_dir / WEIGHTS_FILE).stat().st_size


def _without_places(description: dict[str, Any]) -> dict[str, Any]:
    """Return a run's description with the bare names of its folders: where they were means nothing elsewhere."""
    settings = {
        name: Path(value).name if name in _PLACES and value else value
        for name, value in description.get("configuration", {}).items()
    }
    return {**description, "configuration": settings}


def _half(name: str, array: np.ndarray) -> np.ndarray:
    if not np.isfinite(array).all() or np.abs(array).max(initial=0.0) > np.finfo(np.float16).max:
        raise AcousticImagesError(f"{name}: found weights beyond {np.finfo(np.float16).max:g}, wanted smaller ones")
    return array.astype(np.float16)
