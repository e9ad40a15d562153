"""Draw how cost grows, from the figures that benchmarks.run has written.

Example: python -m benchmarks.scaling_picture_main --input results/bench.json --output docs/pictures/scaling.png
"""

import json
from pathlib import Path

import matplotlib
from absl import flags

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from benchmarks.curves import AXES, curve_of
from common import command_line
from common.atomic_files import atomic_path
from common.errors import AcousticImagesError

_INPUT = flags.DEFINE_string("input", "results/bench.json", "What benchmarks.run has written.")
_OUTPUT = flags.DEFINE_string("output", "docs/pictures/scaling.png", "PNG file to write.")
_TITLES = {
    "frames": "beamforming: frames",
    "directions": "beamforming: directions",
    "microphones": "beamforming: microphones",
    "batch": "student's step: batch",
    "windows": "retrieval: windows",
}


def main() -> None:
    """Draw one panel an axis, both scales logarithmic, the slope in its title."""
    parts = json.loads(Path(_INPUT.value).read_text(encoding="utf-8"))["parts"]
    if "scaling" not in parts:
        raise AcousticImagesError(f"{_INPUT.value}: found no part scaling, wanted it; measure it with --only scaling")
    figures = parts["scaling"]
    figure, panels = plt.subplots(1, len(AXES), figsize=(15, 3.2), layout="constrained")
    for axis, panel in zip(AXES, panels, strict=True):
        values, seconds = curve_of(figures, axis)
        panel.loglog(values, seconds, "o-", color="#2b6cb0")
        panel.set_title(f"{_TITLES[axis]}\nslope {figures[f'{axis}_slope']:.2f}", fontsize=10)
        panel.set_xticks(values, [str(value) for value in values])
        panel.set_yticks(seconds, [f"{value:.2g}" for value in seconds])
        panel.minorticks_off()
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("seconds")
    with atomic_path(_OUTPUT.value) as partial:
        figure.savefig(partial, dpi=110)
    command_line.close(f"{_OUTPUT.value}: {len(AXES)} curves", "docs/performance.md shows and explains them")


if __name__ == "__main__":
    command_line.run(main)
