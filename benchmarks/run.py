"""Measure how fast the parts are; every figure is a median, beside a calibration in the same run.

Example: python -m benchmarks.run --output results/bench.json --only beamforming
"""

import importlib
import os
import platform
from pathlib import Path

from absl import flags

from benchmarks.timing import Figures, calibrated
from common import command_line
from common.atomic_files import write_json
from common.errors import AcousticImagesError
from common.progress import Progress, tell

# Modules with a `measure` and a `Size`, imported one by one, each after TensorFlow has been silenced.
PARTS = ("beamforming", "long_recording", "training_step", "loss", "input_pipeline", "retrieval", "scaling")

_OUTPUT = flags.DEFINE_string("output", "results/bench.json", "JSON file to write.")
_ONLY = flags.DEFINE_list("only", [], f"Parts to measure, of {','.join(PARTS)}; default all.")


def main() -> None:
    """Measure the parts one after the other, print and write their figures."""
    unknown = [name for name in _ONLY.value if name not in PARTS]
    if unknown:
        raise AcousticImagesError(f"only: found {unknown[0]!r}, wanted parts of {', '.join(PARTS)}")
    results: dict[str, Figures] = {}
    parts = _ONLY.value or PARTS
    with Progress("bench", len(parts), "part") as progress:
        for name in parts:
            results[name] = _measured(name)
            for figure, value in results[name].items():
                tell(f"{name:16s} {figure:56s} {value:10.4g}")
            progress.advance()
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    write_json(Path(_OUTPUT.value), {"machine": machine, "parts": results})
    command_line.close(f"{_OUTPUT.value}: {len(results)} parts", "docs/performance.md says what was measured, and how")


def _measured(name: str) -> Figures:
    part = importlib.import_module(f"benchmarks.{name}")
    return calibrated(lambda: part.measure(part.Size()))


if __name__ == "__main__":
    command_line.run(main)
