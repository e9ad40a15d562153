"""Finished recordings on their way into shards: a file of records each, and a note that says it is whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common.atomic_files import write_json
from data_prep.beamforming import Beamformer
from data_prep.recordings import RawDataset, Recording
from data_prep.windows import finished_windows
from tfrecords_schema.framing import read_record
from tfrecords_schema.schema import RecordFormat
from tfrecords_schema.writer import serialize_window, write_shard


@dataclass(frozen=True)
class SpooledRecording:
    """Where the records of one recording lie.

    Attributes
    ----------
    path : Path
        File of framed records, one a window.
    spans : tuple
        (offset, length) of each.
    num_clipped, num_clipped_windows : int
        Clipped samples, and windows that have some.
    """

    path: Path
    spans: tuple[tuple[int, int], ...]
    num_clipped: int
    num_clipped_windows: int

    def record(self, window_index: int) -> bytes:
        """Return the serialised record of a window, its checksums checked."""
        return read_record(self.path, *self.spans[window_index])


def spool_recording(
    folder: Path,
    dataset: RawDataset,
    recording_index: int,
    record_format: RecordFormat,
    beamformer: Beamformer | None,
) -> None:
    """Make all windows of a recording, write them, then the note."""
    recording = dataset.recordings[recording_index]
    clipped: list[int] = []

    def records() -> Iterator[bytes]:
        for number, window in enumerate(finished_windows(dataset, recording, record_format, beamformer)):
            clipped.append(window.num_clipped)
            indices = {
                "class_index": recording.class_index,
                "recording_index": recording_index,
                "window_index": number,
                "recording": recording.name,
            }
            yield serialize_window({**window.fields, **indices}, record_format)

    spans = write_shard(_records_file(folder, recording_index), records())
    note = {
        "sources": _state_of_sources(recording),
        "spans": spans,
        "num_clipped": sum(clipped),
        "num_clipped_windows": sum(count > 0 for count in clipped),
    }
    write_json(_note_file(folder, recording_index), note)


def read_spooled(folder: Path, recording_index: int, recording: Recording) -> SpooledRecording | None:
    """Return what an earlier call left of a recording; None when it is not whole or its files have changed."""
    note_file, path = _note_file(folder, recording_index), _records_file(folder, recording_index)
    if not note_file.is_file() or not path.is_file():
        return None
    note = json.loads(note_file.read_text(encoding="utf-8"))
    if note["sources"] != _state_of_sources(recording) or len(note["spans"]) != recording.num_windows:
        return None
    spans = tuple((int(offset), int(length)) for offset, length in note["spans"])
    return SpooledRecording(path, spans, note["num_clipped"], note["num_clipped_windows"])


def _records_file(folder: Path, recording_index: int) -> Path:
    return folder / f"recording-{recording_index:06d}.tfrecord"


def _note_file(folder: Path, recording_index: int) -> Path:
    return folder / f"recording-{recording_index:06d}.json"


def _state_of_sources(recording: Recording) -> list[list[int]]:
    states = (path.stat() for path in recording.sources)
    return [[state.st_size, state.st_mtime_ns] for state in states]
