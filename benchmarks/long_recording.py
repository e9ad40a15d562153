"""Memory of beamforming, however long the recording."""

from dataclasses import dataclass

import numpy as np

from benchmarks.beamforming import PARAMETERS, draw_frames
from benchmarks.timing import Figures, peak_gigabytes
from data_prep.array_geometry import aperiodic_array
from data_prep.beamforming import Beamformer

_MICROPHONES = 128
_FRAMES_READ_AT_ONCE = 96


@dataclass(frozen=True)
class Size:
    """Minutes of the short and the long recording."""

    minutes: tuple[float, float] = (1.0, 10.0)


def measure(size: Size) -> Figures:
    """Return the peak memory of a process that beamforms so many minutes, block by block, images kept."""
    return {
        f"peak_gigabytes_{minutes:g}_minutes": peak_gigabytes(beamform, minutes=minutes) for minutes in size.minutes
    }


def beamform(minutes: float) -> None:
    """Beamform a recording that is drawn block by block; the peak direction of every image is kept."""
    beamformer = Beamformer(aperiodic_array(_MICROPHONES), PARAMETERS)
    frames = draw_frames(_FRAMES_READ_AT_ONCE, _MICROPHONES)
    num_blocks = max(1, round(minutes * 60 * PARAMETERS.frames_per_second / _FRAMES_READ_AT_ONCE))
    peaks = [beamformer.images(frames, 2).energy.reshape(len(frames), -1).argmax(axis=1) for _ in range(num_blocks)]
    np.concatenate(peaks)
