"""From a raw window to the fields of a record: beamformed, resampled, resized, and checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import numpy as np

from common.errors import AcousticImagesError
from data_prep.audio_files import clipped_samples
from data_prep.beamforming import AcousticImages, Beamformer
from data_prep.recordings import RawDataset, RawWindow, Recording, WindowRequest
from data_prep.signal_parameters import SignalParameters
from data_prep.video_frames import frame_numbers, resize_frame
from models.mono_audio import mono_waveform
from tfrecords_schema.schema import RecordFormat

# Beamforming is quickest on about a hundred frames at once.
_WINDOWS_AT_ONCE = 4


@dataclass(frozen=True)
class FinishedWindow:
    """The fields of one window but its indices, and how many of its samples are clipped."""

    fields: dict[str, Any]
    num_clipped: int


def finished_windows(
    dataset: RawDataset, recording: Recording, record_format: RecordFormat, beamformer: Beamformer | None
) -> Iterator[FinishedWindow]:
    """Yield the windows of a recording, in order.

    Parameters
    ----------
    dataset, recording
        What to read.
    record_format : RecordFormat
        What to store.
    beamformer : Beamformer or None
        For acoustic images that do not come with the recording; None where no array is known.

    Raises
    ------
    AcousticImagesError
        Silence, samples that are no numbers, or files that cannot be used; names recording and window.
    """
    numbers = frame_numbers(record_format.frames_per_window, record_format.video_frames_per_window)
    request = WindowRequest(frozenset(record_format.modalities), numbers)
    raw_windows = enumerate(dataset.windows(recording, request))
    while group := list(islice(raw_windows, _WINDOWS_AT_ONCE)):
        for number, raw in group:
            _check_samples(raw, f"{recording.sources[0]}: {recording.name}, window {number}")
        images = _beamformed([raw for _, raw in group], beamformer, dataset.parameters)
        for (number, raw), image in zip(group, images, strict=True):
            try:
                yield FinishedWindow(_fields(raw, image, record_format, dataset.parameters), _clipped(raw))
            except AcousticImagesError as error:
                raise AcousticImagesError(f"{recording.sources[-1]}: window {number}: {error}") from error


def cut_into_frames(samples: np.ndarray, parameters: SignalParameters) -> np.ndarray:
    """Return the frames [frames, frame_length, microphones] of samples [samples, microphones], evenly spaced."""
    count = len(samples) * parameters.frames_per_second // parameters.sample_rate_hz
    starts = np.arange(count) * parameters.sample_rate_hz // parameters.frames_per_second
    return samples[starts[:, np.newaxis] + np.arange(parameters.frame_length)]


def _beamformed(
    raws: Sequence[RawWindow], beamformer: Beamformer | None, parameters: SignalParameters
) -> list[AcousticImages | None]:
    samples = [raw.microphones for raw in raws if raw.microphones is not None]
    if len(samples) < len(raws):
        return [None] * len(raws)
    if beamformer is None:
        raise AcousticImagesError("found no array geometry, wanted one to beamform with; give --geometry")
    frames = np.concatenate([cut_into_frames(window, parameters) for window in samples])
    images = beamformer.images(frames)
    parts = np.arange(len(raws) + 1) * parameters.frames_per_window
    return [AcousticImages(images.mfcc[start:end], images.energy[start:end]) for start, end in pairwise(parts)]


def _fields(
    raw: RawWindow, images: AcousticImages | None, record_format: RecordFormat, parameters: SignalParameters
) -> dict[str, Any]:
    makers = {
        "acoustic_images": lambda: raw.mfcc if raw.mfcc is not None else images and images.mfcc,
        "acoustic_energy": lambda: images and images.energy,
        "waveform": lambda: _waveform(raw, parameters),
        "video_frames": lambda: np.stack([_resized(frame, parameters) for frame in raw.frames or ()]),
        "source_direction_deg": lambda: np.asarray(raw.source_direction_deg, np.float32),
        "source_radius_deg": lambda: np.float32(raw.source_radius_deg or 0.0),
    }
    return {field.name: makers[field.name]() for field in record_format.fields() if field.modality is not None}


def _waveform(raw: RawWindow, parameters: SignalParameters) -> np.ndarray:
    if raw.mono is None:
        raise AcousticImagesError("found no audio, wanted one microphone at least")
    return mono_waveform(raw.mono, raw.mono_rate_hz, parameters.mono_rate_hz, parameters.mono_samples_per_window)


def _resized(frame: np.ndarray, parameters: SignalParameters) -> np.ndarray:
    return resize_frame(frame, parameters.video_height, parameters.video_width)


def _check_samples(raw: RawWindow, where: str) -> None:
    for what, samples in (("the microphones", raw.microphones), ("microphone 0", raw.mono)):
        if samples is None:
            continue
        if samples.dtype.kind == "f" and not np.isfinite(samples).all():
            count = int(np.count_nonzero(~np.isfinite(samples)))
            raise AcousticImagesError(f"{where}: found {count} samples of {what} that are not finite, wanted none")
        if not samples.any():
            raise AcousticImagesError(f"{where}: found silence in {what}, wanted sound; leave the recording out")


def _clipped(raw: RawWindow) -> int:
    samples = raw.mono if raw.microphones is None else raw.microphones
    return 0 if samples is None else clipped_samples(samples, raw.full_scale)
