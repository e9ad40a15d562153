"""Finished recordings on their way into shards: a file of records each, and a note that says it is whole."""

import itertools
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from common.errors import AcousticImagesError
from common.foreign_files import parsing
from common.sealed_json import read_sealed_json, write_sealed_json
from data_prep.beamforming import Beamformer
from data_prep.recordings import RawDataset, Recording
from data_prep.sources import SourceFile, hash_sources, state_of_sources
from data_prep.windows import finished_windows
from tfrecords_schema.framing import read_record
from tfrecords_schema.schema import RecordFormat
from tfrecords_schema.writer import serialize_window, write_shard

_RECORDS_SUFFIX, _NOTE_SUFFIX = ".tfrecord", ".json"


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
    sources : tuple of SourceFile
        The files that it was read from.
    """

    path: Path
    spans: tuple[tuple[int, int], ...]
    num_clipped: int
    num_clipped_windows: int
    sources: tuple[SourceFile, ...]

    def place(self, window_index: int) -> "SpooledRecord":
        """Return where the record of a window lies."""
        return SpooledRecord(self.path, *self.spans[window_index])


@dataclass(frozen=True)
class SpooledRecord:
    """Where one record lies: file, offset and length of the framed record."""

    path: Path
    offset: int
    length: int

    def read(self) -> bytes:
        """Return the serialised record, its checksums checked.

        Raises
        ------
        AcousticImagesError
            It is damaged. The recording is forgotten, so that the next call makes it again.
        """
        try:
            return read_record(self.path, self.offset, self.length)
        except AcousticImagesError:
            self.path.with_suffix(_NOTE_SUFFIX).unlink(missing_ok=True)
            raise


def spool_recording(
    folder: Path,
    raw_dir: Path,
    dataset: RawDataset,
    recording_index: int,
    record_format: RecordFormat,
    beamformer: Beamformer | None,
) -> None:
    """Make all windows of a recording, write them, then the note.

    Raises
    ------
    AcousticImagesError
        Files that cannot be used, or that changed while they were read.
    """
    recording = dataset.recordings[recording_index]
    state = state_of_sources(recording.sources)
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
    sources = hash_sources(recording.sources, raw_dir)
    if state_of_sources(recording.sources) != state:
        raise AcousticImagesError(f"{recording.sources[0]}: changed while {recording.name} was read; call again")
    note = {
        "state_of_sources": state,
        "sources": [astuple(source) for source in sources],
        "spans": spans,
        "num_clipped": sum(clipped),
        "num_clipped_windows": sum(count > 0 for count in clipped),
    }
    write_sealed_json(_note_file(folder, recording_index), note)


def read_spooled(folder: Path, recording_index: int, recording: Recording) -> SpooledRecording | None:
    """Return what an earlier call left of a recording; None when it is not whole or its files have changed."""
    note, path = _note_file(folder, recording_index), _records_file(folder, recording_index)
    if not note.is_file() or not path.is_file():
        return None
    try:
        state, spooled = _read_note(note, path)
    except AcousticImagesError:
        # Damaged: the recording is made again.
        return None
    is_whole = len(spooled.spans) == recording.num_windows and state == state_of_sources(recording.sources)
    return spooled if is_whole else None


def _read_note(note: Path, path: Path) -> tuple[str, SpooledRecording]:
    """Return the state that the sources had, and what a note tells of the records at `path`."""
    told = read_sealed_json(note, "it is made again")
    with parsing(note, "note of a recording", "it is made again"):
        spooled = SpooledRecording(
            path,
            tuple((int(offset), int(length)) for offset, length in told["spans"]),
            int(told["num_clipped"]),
            int(told["num_clipped_windows"]),
            tuple(SourceFile(str(file), int(size), str(sha256)) for file, size, sha256 in told["sources"]),
        )
        ends = list(itertools.accumulate((length for _, length in spooled.spans), initial=0))
        if [offset for offset, _ in spooled.spans] != ends[:-1] or ends[-1] != path.stat().st_size:
            raise ValueError("records that do not fill their file")
        return str(told["state_of_sources"]), spooled


def _records_file(folder: Path, recording_index: int) -> Path:
    return folder / f"recording-{recording_index:06d}{_RECORDS_SUFFIX}"


def _note_file(folder: Path, recording_index: int) -> Path:
    return folder / f"recording-{recording_index:06d}{_NOTE_SUFFIX}"
