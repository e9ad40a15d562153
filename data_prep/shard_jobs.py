"""The job of writing one shard: all it needs, and the note that it leaves when the shard is whole.

The note is how a shard comes back from whichever process or machine wrote it, and how a later call knows that it
need not be written again.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, astuple, dataclass
from pathlib import Path

import tensorflow as tf

from common.errors import AcousticImagesError
from common.file_hash import sha256_of_file
from common.foreign_files import parsing
from common.sealed_json import read_sealed_json, write_sealed_json
from data_prep.shards import ShardPlan
from data_prep.spool import SpooledRecord, SpooledRecording
from data_prep.statistics import SpectrogramStatistics, SpectrogramSums
from tfrecords_schema.manifest import ShardEntry
from tfrecords_schema.parsing import parse_window
from tfrecords_schema.schema import RecordFormat
from tfrecords_schema.writer import write_shard


@dataclass(frozen=True)
class ShardJob:
    """One shard to write.

    Attributes
    ----------
    plan : ShardPlan
        What it holds.
    records : tuple of SpooledRecord
        Where each record of the plan lies.
    identity : str
        Another one when the plan, or a file that its recordings were read from, is another.
    """

    plan: ShardPlan
    records: tuple[SpooledRecord, ...]
    identity: str


@dataclass(frozen=True)
class FinishedShard:
    """A shard's entry in the manifest, (offset, length) of its records, and what it adds to the statistics."""

    entry: ShardEntry
    spans: tuple[tuple[int, int], ...]
    sums: SpectrogramSums | None


def shard_job(plan: ShardPlan, spooled: Mapping[int, SpooledRecording]) -> ShardJob:
    """Return the job of a planned shard, given where the records of each recording index lie."""
    records = tuple(spooled[recording].place(window) for recording, window in plan.windows)
    sources = {recording: [astuple(file) for file in spooled[recording].sources] for recording, _ in plan.windows}
    spans = [(record.offset, record.length) for record in records]
    described = json.dumps([plan.file, plan.split, plan.windows, spans, list(sources.items())])
    return ShardJob(plan, records, hashlib.sha256(described.encode()).hexdigest())


def run_shard_job(output_dir: Path, notes_dir: Path, record_format: RecordFormat, job: ShardJob) -> None:
    """Write a shard, then its note; the same bytes wherever and however often it is called.

    Parameters
    ----------
    output_dir, notes_dir : Path
        Where the shard goes, and where the note.
    record_format : RecordFormat
        What the records hold.
    job : ShardJob
        The shard.

    Raises
    ------
    AcousticImagesError
        A spooled record that is damaged.
    """
    takes_statistics = job.plan.split == "train" and "waveform" in record_format.modalities
    statistics = SpectrogramStatistics()

    def records() -> Iterator[bytes]:
        for place in job.records:
            record = place.read()
            if takes_statistics:
                window = parse_window(tf.constant(record), record_format, ("waveform",))
                statistics.add(window["waveform"].numpy())
            yield record

    path = output_dir / job.plan.file
    spans = write_shard(path, records())
    entry = ShardEntry(job.plan.file, job.plan.split, len(spans), path.stat().st_size, sha256_of_file(path))
    note = {
        "identity": job.identity,
        "entry": asdict(entry),
        "spans": spans,
        "sums": asdict(statistics.sums()) if takes_statistics else None,
    }
    write_sealed_json(_note_file(notes_dir, job), note)


def read_finished_shard(output_dir: Path, notes_dir: Path, job: ShardJob) -> FinishedShard | None:
    """Return what a job made; None when there is no whole shard of exactly this job."""
    note, path = _note_file(notes_dir, job), output_dir / job.plan.file
    if not note.is_file() or not path.is_file():
        return None
    try:
        identity, shard = _read_note(note)
    except AcousticImagesError:
        # Damaged: the shard is made again.
        return None
    is_whole = identity == job.identity and shard.entry.num_bytes == path.stat().st_size
    return shard if is_whole else None


def _read_note(note: Path) -> tuple[str, FinishedShard]:
    """Return the identity of the job that a note is of, and what it made."""
    told = read_sealed_json(note, "it is made again")
    with parsing(note, "note of a shard", "it is made again"):
        sums = told["sums"]
        shard = FinishedShard(
            ShardEntry(**told["entry"]),
            tuple((int(offset), int(length)) for offset, length in told["spans"]),
            sums and SpectrogramSums(int(sums["num_windows"]), tuple(sums["sums"]), tuple(sums["sums_of_squares"])),
        )
        return str(told["identity"]), shard


def _note_file(notes_dir: Path, job: ShardJob) -> Path:
    return notes_dir / f"shard-{Path(job.plan.file).stem}.json"
