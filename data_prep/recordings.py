"""What a recording is, whichever folder layout it lies in."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from data_prep.array_geometry import ArrayGeometry
from data_prep.signal_parameters import SignalParameters


@dataclass(frozen=True)
class Recording:
    """One uninterrupted take.

    Attributes
    ----------
    name : str
        Unique in its dataset, such as "drone/001".
    class_index : int
        Position in the dataset's `class_names`.
    num_windows : int
        Whole windows; what is left over at the end is not used.
    split_group : str
        Recordings of one group never fall into two splits.
    sources : tuple of Path
        Files or folders that it is read from; their sizes and times tell whether it has changed.
    modalities : tuple of str
        What can be made of it, of `tfrecords_schema.schema.MODALITIES`.
    split : str or None
        Its split where the dataset prescribes one.
    """

    name: str
    class_index: int
    num_windows: int
    split_group: str
    sources: tuple[Path, ...]
    modalities: tuple[str, ...]
    split: str | None = None


@dataclass(frozen=True)
class WindowRequest:
    """What a reader shall read, so that nothing is decoded in vain.

    Attributes
    ----------
    modalities : frozenset of str
        What will be stored.
    frame_numbers : tuple of int
        Which of the window's video frames are wanted, counted in acoustic frames, ascending.
    """

    modalities: frozenset[str]
    frame_numbers: tuple[int, ...]

    def wants(self, *modalities: str) -> bool:
        """Tell whether any of these is asked for."""
        return not self.modalities.isdisjoint(modalities)


@dataclass(frozen=True)
class RawWindow:
    """Two seconds of a recording, as they were recorded; None for what was not asked for.

    Attributes
    ----------
    microphones : ndarray or None
        [samples, microphones], integers as the converter gave them, or floats.
    mono : ndarray or None
        [samples] of one microphone.
    mono_rate_hz : int
        Rate of `mono`.
    full_scale : float
        Largest value of a sample of either; such samples are clipped.
    mfcc : ndarray or None
        [frames, height, width, coefficients] float32, upright, where the dataset comes with acoustic images.
    frames : tuple of ndarray or None
        RGB uint8 of any size, those of the request.
    source_direction_deg : ndarray or None
        [frames, 2] true azimuth and elevation.
    source_radius_deg : float or None
        Angular radius of the sounding object.
    """

    microphones: np.ndarray | None = None
    mono: np.ndarray | None = None
    mono_rate_hz: int = 0
    full_scale: float = float("inf")
    mfcc: np.ndarray | None = None
    frames: tuple[np.ndarray, ...] | None = None
    source_direction_deg: np.ndarray | None = None
    source_radius_deg: float | None = None


@dataclass(frozen=True)
class RawDataset(ABC):
    """All recordings below one folder. Each layout derives a class that reads their windows.

    Attributes
    ----------
    layout : str
        Name of the layout.
    class_names : tuple of str
        In the order that `Recording.class_index` refers to.
    recordings : tuple of Recording
        With at least one window each.
    skipped : tuple of str
        Names of the recordings that are shorter than a window.
    parameters : SignalParameters
        Rates and sizes.
    geometry : ArrayGeometry or None
        The array, where it is known.
    notes : tuple of str
        What the user should know of how the recordings are read.
    video_reading : dict or None
        What decides, beside the parameters, which pictures are read, as JSON takes it; None where nothing does.
    description_files : tuple of Path
        Files below the folder that tell of all recordings: their list, their array, the official split.
    """

    layout: str
    class_names: tuple[str, ...]
    recordings: tuple[Recording, ...]
    skipped: tuple[str, ...]
    parameters: SignalParameters
    geometry: ArrayGeometry | None
    description_files: tuple[Path, ...]
    notes: tuple[str, ...] = field(default=(), kw_only=True)
    video_reading: dict[str, Any] | None = field(default=None, kw_only=True)

    @abstractmethod
    def windows(self, recording: Recording, request: WindowRequest) -> Iterator[RawWindow]:
        """Read a recording window by window, in order.

        Raises
        ------
        AcousticImagesError
            A file that cannot be used; names it.
        """


def set_aside_short(recordings: list[Recording]) -> tuple[tuple[Recording, ...], tuple[str, ...]]:
    """Return the recordings with at least one window, and the names of the others."""
    long_enough = tuple(recording for recording in recordings if recording.num_windows > 0)
    return long_enough, tuple(recording.name for recording in recordings if recording.num_windows == 0)


def with_split(recording: Recording, split: str) -> Recording:
    """Return the recording with a prescribed split."""
    return replace(recording, split=split)
