"""A build that was stopped half way: one recording spooled, one shard written, and what the next call reads of it."""

from dataclasses import dataclass
from pathlib import Path

from common.errors import AcousticImagesError
from data_prep.layouts import open_dataset
from data_prep.recordings import Recording
from data_prep.shard_jobs import FinishedShard, ShardJob, read_finished_shard, run_shard_job, shard_job
from data_prep.shards import plan_shards
from data_prep.spool import read_spooled, spool_recording
from faults.small_files import write_recordings
from tfrecords_schema.manifest import RecordingEntry
from tfrecords_schema.schema import RecordFormat


@dataclass(frozen=True)
class SmallSpool:
    """Where the files lie, and what they are of."""

    folder: Path
    recording: Recording
    job: ShardJob

    @property
    def records(self) -> Path:
        """File of the recording's records."""
        return self.folder / "recording-000000.tfrecord"

    @property
    def recording_note(self) -> Path:
        """What tells of them."""
        return self.records.with_suffix(".json")

    @property
    def shard_note(self) -> Path:
        """What tells of the shard."""
        return self.folder / f"shard-{Path(self.job.plan.file).stem}.json"

    def read_recording(self) -> list[bytes]:
        """Return the records; raises AcousticImagesError where they, or their note, are damaged."""
        spooled = read_spooled(self.folder, 0, self.recording)
        if spooled is None:
            raise AcousticImagesError("the recording is made again")
        return [spooled.place(window).read() for window in range(len(spooled.spans))]

    def read_shard(self) -> FinishedShard:
        """Return what is known of the shard; raises AcousticImagesError where its note is damaged."""
        shard = read_finished_shard(self.folder, self.folder, self.job)
        if shard is None:
            raise AcousticImagesError("the shard is made again")
        return shard


def write_small_spool(folder: Path) -> SmallSpool:
    """Write recordings, spool the first one, and write its shard beside its records."""
    raw = write_recordings(folder / "raw", per_class=1, seconds=4)
    dataset, record_format = open_dataset(raw), RecordFormat(("waveform",))
    recording = dataset.recordings[0]
    spool_recording(folder, raw, dataset, 0, record_format, None)
    spooled = read_spooled(folder, 0, recording)
    if spooled is None:
        raise RuntimeError("the recording that was just spooled is not there")
    (plan,) = plan_shards([RecordingEntry(recording.name, 0, "train", recording.num_windows)], seed=0, most_records=64)
    job = shard_job(plan, {0: spooled})
    run_shard_job(folder, folder, record_format, job)
    return SmallSpool(folder, recording, job)
