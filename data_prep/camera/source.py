"""Where the camera's samples come from: a recording on disk, or an array that is attached to the machine."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from common.errors import AcousticImagesError
from data_prep.array_geometry import ArrayGeometry
from data_prep.audio_files import open_audio, read_blocks
from data_prep.layouts import array
from data_prep.recorded_video import RecordedVideo
from data_prep.signal_parameters import SignalParameters

# What a device keeps: 30 s of 128 microphones at 48 kHz are 740 MB.
KEPT_SECONDS = 30


class SampleSource(Protocol):
    """Samples by their number, counted from the start of the recording or of the device's stream.

    Attributes
    ----------
    name : str
        For the page.
    is_live : bool
        Whether samples are still coming in.
    parameters : SignalParameters
        Rates, sizes, field of view.
    geometry : ArrayGeometry
        The array.
    full_scale : float
        Largest value of a sample.
    video : RecordedVideo or None
        The recording's video.
    """

    name: str
    is_live: bool
    parameters: SignalParameters
    geometry: ArrayGeometry
    full_scale: float
    video: RecordedVideo | None

    def extent(self) -> tuple[int, int]:
        """Return the number of the first sample there is, and that after the last."""

    def samples(self, first: int, count: int) -> np.ndarray:
        """Return samples [count, microphones]; raises AcousticImagesError where there are none."""


class RecordingSource:
    """A recording of the `array` layout.

    Parameters
    ----------
    dataset : ArrayDataset
        Which it belongs to.
    name : str
        Which recording.
    """

    is_live = False

    def __init__(self, dataset: array.ArrayDataset, name: str) -> None:
        files, geometry = dataset.files[name], _geometry_of(dataset)
        self.name, self.parameters, self.geometry = name, dataset.parameters, geometry
        self._audio = open_audio(
            files.audio, dataset.parameters.sample_rate_hz, geometry.num_microphones, geometry.name
        )
        self.full_scale, self.video = self._audio.full_scale, dataset.video(name)

    def extent(self) -> tuple[int, int]:
        """Return 0 and the number of samples."""
        return 0, self._audio.num_samples

    def samples(self, first: int, count: int) -> np.ndarray:
        """Return samples [count, microphones] as they were recorded."""
        require_within(first, count, self.extent(), self.name)
        return next(read_blocks(self._audio, count, 1, first))


class DeviceSource:
    """An attached microphone array; keeps the last half minute.

    Parameters
    ----------
    dataset : ArrayDataset
        Whose array, rate and field of view the device has; its recordings are not used.
    device : str
        Name or number of the input, as sounddevice takes it.
    open_stream : callable
        `sounddevice.InputStream`, or what is called and calls back like it.
    kept_seconds : float
        How much is kept.

    Raises
    ------
    AcousticImagesError
        When the device cannot be opened with the array's channels and rate.
    """

    is_live, full_scale, video = True, 1.0, None

    def __init__(
        self,
        dataset: array.ArrayDataset,
        device: str,
        open_stream: Callable[..., Any],
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self.name, self.parameters, self.geometry = f"device {device}", dataset.parameters, _geometry_of(dataset)
        self.num_overflows = 0
        rate, channels = self.parameters.sample_rate_hz, self.geometry.num_microphones
        self._kept = np.zeros((int(kept_seconds * rate), channels), np.float32)
        self._end, self._lock = 0, threading.Lock()
        try:
            self._stream = open_stream(
                device=int(device) if device.isdecimal() else device,
                samplerate=rate,
                channels=channels,
                dtype="float32",
                callback=self._take,
            )
            self._stream.start()
        except Exception as error:
            # PortAudio's own errors, and ValueError for a name that fits none or several devices.
            raise AcousticImagesError(
                f"{self.name}: found no input of {channels} channels at {rate} Hz ({error}); "
                "`python -m sounddevice` lists the devices"
            ) from error

    def close(self) -> None:
        """Stop listening."""
        self._stream.stop()
        self._stream.close()

    def extent(self) -> tuple[int, int]:
        """Return the oldest sample that is kept, and the number of those that have come in."""
        with self._lock:
            return max(0, self._end - len(self._kept)), self._end

    def samples(self, first: int, count: int) -> np.ndarray:
        """Return samples [count, microphones] float32, unless they are forgotten or still to come."""
        numbers = np.arange(first, first + count) % len(self._kept)
        with self._lock:
            require_within(first, count, (max(0, self._end - len(self._kept)), self._end), self.name)
            return self._kept[numbers]

    def _take(self, samples: np.ndarray, count: int, time: Any, status: Any) -> None:
        """Keep what the device hands over; called from PortAudio's thread."""
        newest = samples[-len(self._kept) :]
        with self._lock:
            self.num_overflows += bool(status)
            self._end += count
            self._kept[np.arange(self._end - len(newest), self._end) % len(self._kept)] = newest


def require_within(first: int, count: int, extent: tuple[int, int], name: str) -> None:
    """Refuse samples that there are none of.

    Raises
    ------
    AcousticImagesError
        Names what was asked for and what there is.
    """
    if count < 1 or first < extent[0] or first + count > extent[1]:
        raise AcousticImagesError(
            f"{name}: found no samples {first} to {first + count}, wanted some of {extent[0]} to {extent[1]}"
        )


def open_array(path: Path | str) -> array.ArrayDataset:
    """Open the dataset that a path lies in: the nearest folder upwards with a `dataset.yaml`.

    Raises
    ------
    AcousticImagesError
        When there is none, or it cannot be used.
    """
    return array.open_dataset(_root_above(Path(path)), SignalParameters(), None)


def open_recording(path: Path | str) -> RecordingSource:
    """Open the recording that a path means: the dataset's folder and the recording's name, or the recording's folder.

    Raises
    ------
    AcousticImagesError
        No dataset above the path, or no such recording in it, or several.
    """
    root = _root_above(Path(path))
    dataset = open_array(root)
    here = _meant(dataset, root, Path(path).absolute())
    if len(here) != 1:
        known = ", ".join(list(dataset.files)[:5])
        raise AcousticImagesError(
            f"{path}: found {len(here)} recordings, wanted one; add its name to {root}, such as {known}"
        )
    return RecordingSource(dataset, here[0])


def _meant(dataset: array.ArrayDataset, root: Path, wanted: Path) -> list[str]:
    """Return the names of the recordings that a path may mean."""
    name = wanted.relative_to(root).as_posix()
    if name in dataset.files:
        return [name]
    return [one for one, files in dataset.files.items() if wanted in (root, files.audio, files.audio.parent)]


def _root_above(path: Path) -> Path:
    absolute = path.absolute()
    for folder in (absolute, *absolute.parents):
        if array.detect(folder):
            return folder
    raise AcousticImagesError(
        f"{path}: found no {array.DESCRIPTION} there or above, wanted a recording of the layout array "
        "(docs/array-layout.md); `make simulate` makes some"
    )


def _geometry_of(dataset: array.ArrayDataset) -> ArrayGeometry:
    if dataset.geometry is None:
        raise AcousticImagesError("found no array geometry, wanted one to form beams with")
    return dataset.geometry
