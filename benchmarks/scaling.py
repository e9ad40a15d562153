"""How cost grows: beamforming with frames, directions, microphones; a step with its batch; retrieval with windows."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.beamforming import PARAMETERS, draw_frames
from benchmarks.retrieval import draw_maps
from benchmarks.timing import Figures, median_seconds
from benchmarks.training_step import step_seconds
from data_prep.array_geometry import aperiodic_array
from data_prep.beamforming import Beamformer
from evaluation.cmc import retrieval_distances


@dataclass(frozen=True)
class Size:
    """The values along each axis, and what stands still beside them."""

    frames: tuple[int, ...] = (24, 48, 96, 192)
    heights: tuple[int, ...] = (18, 36, 72)
    microphones: tuple[int, ...] = (32, 64, 128)
    batches: tuple[int, ...] = (4, 8, 16, 32)
    windows: tuple[int, ...] = (350, 700, 1400)
    fixed_frames: int = 96
    fixed_microphones: int = 128


def measure(size: Size) -> Figures:
    """Return seconds at every value, and the slope of log seconds over log value along each axis."""
    figures: Figures = {}
    fixed = size.fixed_microphones
    figures |= _curve("frames", size.frames, lambda n: _images_seconds(36, n, fixed))
    figures |= _curve(
        "directions",
        tuple(height * height * 4 // 3 for height in size.heights),
        lambda n: _images_seconds(round((n * 3 / 4) ** 0.5), size.fixed_frames, fixed),
    )
    figures |= _curve("microphones", size.microphones, lambda n: _images_seconds(36, size.fixed_frames, n))
    figures |= _curve("batch", size.batches, lambda n: step_seconds("student", n, mixed_precision=True))
    figures |= _curve("windows", size.windows, _search_seconds)
    return figures


def _curve(axis: str, values: tuple[int, ...], seconds_of: Callable[[int], float]) -> Figures:
    seconds = {f"{axis}_seconds_at_{value}": seconds_of(value) for value in values}
    slope = np.polyfit(np.log(values), np.log(list(seconds.values())), 1)[0]
    return {**seconds, f"{axis}_slope": float(slope)}


def _images_seconds(height: int, num_frames: int, microphones: int) -> float:
    parameters = replace(PARAMETERS, image_height=height, image_width=height * 4 // 3)
    beamformer = Beamformer(aperiodic_array(microphones), parameters)
    frames = draw_frames(num_frames, microphones)
    return median_seconds(lambda: beamformer.images(frames, 2))


def _search_seconds(windows: int) -> float:
    maps = draw_maps(windows)
    return median_seconds(lambda: retrieval_distances(maps, maps))
