"""From raw recordings to sharded TFRecords; interrupted and called again as one likes.

Every recording becomes a file of records in a spool, in parallel; then the records are dealt into shuffled shards;
the manifest comes last and says that the dataset is whole.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence, Sized
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from common.atomic_files import is_partial_file, remove_partial_files
from common.errors import AcousticImagesError
from common.folder_lock import LOCK_FILE, folder_lock
from common.progress import Progress
from common.sealed_json import read_sealed_json, write_sealed_json
from data_prep.array_geometry import ArrayGeometry
from data_prep.beam_options import EXACT_DELAY_AND_SUM, BeamOptions
from data_prep.beamforming import Beamformer
from data_prep.engines.engine import Engine
from data_prep.engines.local import LocalEngine
from data_prep.layouts import AUTOMATIC, open_dataset
from data_prep.recordings import RawDataset, Recording
from data_prep.shard_jobs import FinishedShard, ShardJob, read_finished_shard, run_shard_job, shard_job
from data_prep.shards import plan_shards, records_per_shard
from data_prep.signal_parameters import SignalParameters
from data_prep.sources import SourceFile, hash_sources, write_sources
from data_prep.splits import PAPER_FRACTIONS, assign_splits
from data_prep.spool import SpooledRecording, read_spooled, spool_recording
from data_prep.statistics import SpectrogramStatistics
from tfrecords_schema.index import INDEX_COLUMNS, write_index
from tfrecords_schema.manifest import MANIFEST_FILE, Manifest, RecordingEntry, read_manifest, write_manifest
from tfrecords_schema.schema import MODALITIES, RecordFormat, check_modalities
from tfrecords_schema.storage import require_local

CONFIGURATION_FILE = "build.json"
SPOOL_FOLDER = "spool"


@dataclass(frozen=True)
class BuildConfig:
    """Settings of a build.

    Attributes
    ----------
    raw_dir, output_dir : Path
        Recordings, and the dataset's folder.
    layout : str
        Layout of the recordings, or "auto".
    geometry : ArrayGeometry or None
        The array, where the dataset does not state it.
    modalities : tuple of str
        What to store; empty for all that every recording offers.
    acoustic_dtype, video_encoding : str
        As in `RecordFormat`.
    jpeg_quality, video_frames_per_window : int
        As in `RecordFormat`.
    beams : BeamOptions
        How beams are formed.
    split_fractions : tuple of float
        Training, validation, test.
    seed : int
        Of splits and shuffling.
    shard_mb : int or None
        Wanted size of a shard, 10^6 bytes; None for `shards.DEFAULT_SHARD_MB`.
    workers : int
        Processes; does not change the bytes.
    engine : Engine or None
        Where the work is done, None for `workers` processes of this machine; does not change the bytes.
    """

    raw_dir: Path
    output_dir: Path
    layout: str = AUTOMATIC
    geometry: ArrayGeometry | None = None
    modalities: tuple[str, ...] = ()
    acoustic_dtype: str = "float32"
    video_encoding: str = "jpeg"
    jpeg_quality: int = 95
    video_frames_per_window: int = 2
    beams: BeamOptions = EXACT_DELAY_AND_SUM
    split_fractions: tuple[float, float, float] = PAPER_FRACTIONS
    seed: int = 0
    shard_mb: int | None = None
    workers: int = 1
    engine: Engine | None = None
    parameters: SignalParameters = field(default_factory=SignalParameters)


@dataclass(frozen=True)
class BuildSummary:
    """What was built: the manifest, and what the user should know of the recordings."""

    manifest: Manifest
    skipped: tuple[str, ...]
    clipped: tuple[str, ...]
    notes: tuple[str, ...]


def build_dataset(config: BuildConfig) -> BuildSummary:
    """Build a dataset, or go on with one that was begun with the same configuration.

    Raises
    ------
    AcousticImagesError
        Recordings that cannot be used, an output folder of another configuration or one that another process is
        writing to, modalities that are not there.
    """
    _require_workers(config)
    require_local(config.raw_dir, "raw recordings")
    require_local(config.output_dir, "a build")
    dataset = open_dataset(config.raw_dir, config.layout, config.parameters, config.geometry)
    record_format = _record_format(config, dataset)
    splits = assign_splits(dataset.recordings, config.split_fractions, config.seed)
    entries = tuple(
        RecordingEntry(recording.name, recording.class_index, splits[recording.name], recording.num_windows)
        for recording in dataset.recordings
    )
    identity = _identity(config, dataset, record_format)
    claim = {**identity, "recordings": [asdict(entry) for entry in entries]}
    if not (config.output_dir / MANIFEST_FILE).is_file():
        with folder_lock(config.output_dir):
            _claim_folder(config.output_dir, claim)
            if not (config.output_dir / MANIFEST_FILE).is_file():
                return _build(config, dataset, record_format, entries, identity)
    _claim_folder(config.output_dir, claim)
    shutil.rmtree(config.output_dir / SPOOL_FOLDER, ignore_errors=True)
    return BuildSummary(read_manifest(config.output_dir), dataset.skipped, (), dataset.notes)


def _build(
    config: BuildConfig,
    dataset: RawDataset,
    record_format: RecordFormat,
    entries: tuple[RecordingEntry, ...],
    identity: dict[str, Any],
) -> BuildSummary:
    spool = config.output_dir / SPOOL_FOLDER
    described = hash_sources(dataset.description_files, config.raw_dir)
    # Of an earlier call that was killed, and of this one's workers if they are.
    remove_partial_files(config.output_dir)
    try:
        spooled = _spool_all(config, dataset, record_format, spool)
        _require_unchanged(config, dataset, described)
        sources = [described, *(spooled[index].sources for index in range(len(entries)))]
        identity = {**identity, "sources_sha256": write_sources(config.output_dir, sources)}
        manifest = _write_shards(config, dataset, record_format, entries, identity, spooled)
    finally:
        remove_partial_files(config.output_dir)
    shutil.rmtree(spool)
    return BuildSummary(manifest, dataset.skipped, _clipping_notes(dataset.recordings, spooled), dataset.notes)


def _require_unchanged(config: BuildConfig, dataset: RawDataset, described: tuple[SourceFile, ...]) -> None:
    """Compare the files that tell of the recordings with what they were when the recordings were opened."""
    now = hash_sources(dataset.description_files, config.raw_dir)
    for path, before, after in zip(dataset.description_files, described, now, strict=True):
        if before != after:
            raise AcousticImagesError(f"{path}: changed while the dataset was built; call again")


def _require_workers(config: BuildConfig) -> None:
    if config.workers < 1:
        raise AcousticImagesError(f"workers: found {config.workers}, wanted at least 1")


def _record_format(config: BuildConfig, dataset: RawDataset) -> RecordFormat:
    parameters = dataset.parameters
    return RecordFormat(
        modalities=_modalities(config, dataset.recordings),
        acoustic_dtype=config.acoustic_dtype,
        video_encoding=config.video_encoding,
        jpeg_quality=config.jpeg_quality,
        video_frames_per_window=config.video_frames_per_window,
        frames_per_window=parameters.frames_per_window,
        image_height=parameters.image_height,
        image_width=parameters.image_width,
        num_coefficients=parameters.num_coefficients,
        waveform_samples=parameters.mono_samples_per_window,
        video_height=parameters.video_height,
        video_width=parameters.video_width,
    )


def _modalities(config: BuildConfig, recordings: Sequence[Recording]) -> tuple[str, ...]:
    if not config.modalities:
        return tuple(name for name in MODALITIES if all(name in recording.modalities for recording in recordings))
    check_modalities(config.modalities, MODALITIES, "modalities")
    for recording in recordings:
        missing = [name for name in config.modalities if name not in recording.modalities]
        if missing:
            raise AcousticImagesError(
                f"{recording.sources[0]}: found {', '.join(recording.modalities)} in {recording.name}, wanted "
                f"{missing[0]} as well; leave it out of --modalities, or give --geometry to beamform"
            )
    return tuple(name for name in MODALITIES if name in config.modalities)


def _identity(config: BuildConfig, dataset: RawDataset, record_format: RecordFormat) -> dict[str, Any]:
    """Return what decides the bytes beside the recordings, as JSON takes it."""
    return {
        "layout": dataset.layout,
        "class_names": list(dataset.class_names),
        "record_format": record_format.to_json(),
        "parameters": {**asdict(dataset.parameters), "energy_band_hz": list(dataset.parameters.energy_band_hz)},
        "geometry_sha256": _hash_of_geometry(dataset.geometry),
        "video_reading": dataset.video_reading,
        "beams": asdict(config.beams),
        "split_fractions": list(config.split_fractions),
        "seed": config.seed,
        "shard_mb": config.shard_mb,
    }


def _hash_of_geometry(geometry: ArrayGeometry | None) -> str | None:
    if geometry is None:
        return None
    described = [geometry.positions_m.tolist(), list(geometry.dead_microphones)]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def _claim_folder(folder: Path, identity: dict[str, Any]) -> None:
    """Write down the configuration, or compare it with the one that the folder was begun with."""
    path = folder / CONFIGURATION_FILE
    if not path.is_file():
        if any(path.name != LOCK_FILE and not is_partial_file(path) for path in folder.iterdir()):
            raise AcousticImagesError(f"{folder}: found other files, wanted an empty folder; give another DATA=")
        write_sealed_json(path, identity)
        return
    stored = read_sealed_json(path, "remove this dataset and build it again")
    # Compared as JSON, which knows no tuples.
    differing = [name for name, value in json.loads(json.dumps(identity)).items() if stored.get(name) != value]
    if differing:
        raise AcousticImagesError(
            f"{path}: found a dataset with other {', '.join(differing)}; give another DATA= or remove this one"
        )


def _spool_all(
    config: BuildConfig, dataset: RawDataset, record_format: RecordFormat, spool: Path
) -> dict[int, SpooledRecording]:
    recordings = dataset.recordings
    whole = {index for index, recording in enumerate(recordings) if read_spooled(spool, index, recording)}
    waiting = [index for index in range(len(recordings)) if index not in whole]
    total = sum(recording.num_windows for recording in recordings)
    done = sum(recordings[index].num_windows for index in whole)
    engine = config.engine or LocalEngine(config.workers)
    task = partial(_spool_one, spool, config.raw_dir, dataset, record_format, config.beams)
    with Progress("build windows", total, "window", initial=done) as progress:
        for index in engine.run(task, waiting):
            progress.advance(recordings[index].num_windows)
    found = {index: read_spooled(spool, index, recording) for index, recording in enumerate(recordings)}
    _require_all(engine, "recordings", [recordings[index].name for index, one in found.items() if one is None], found)
    return {index: spooled for index, spooled in found.items() if spooled is not None}


def _spool_one(
    spool: Path,
    raw_dir: Path,
    dataset: RawDataset,
    record_format: RecordFormat,
    beams: BeamOptions,
    recording_index: int,
) -> None:
    beamformer = None
    if dataset.geometry is not None:
        key = json.dumps([dataset.geometry.positions_m.tolist(), dataset.geometry.dead_microphones])
        beamformer = _beamformer(key, dataset.parameters, beams)
    # Whatever engine this runs on: the last digits of a product hang on the number of threads.
    with threadpool_limits(1):
        spool_recording(spool, raw_dir, dataset, recording_index, record_format, beamformer)


@cache
def _beamformer(geometry: str, parameters: SignalParameters, beams: BeamOptions) -> Beamformer:
    """Return a process's one beamformer, whose tables take seconds to make."""
    positions, dead = json.loads(geometry)
    return Beamformer(ArrayGeometry(positions, tuple(dead)), parameters, beams)


def _require_all(engine: Engine, what: str, missing: Sequence[str], wanted: Sized) -> None:
    """Compare what lies there with what was planned: runners are known that leave jobs out without a word."""
    if missing:
        raise AcousticImagesError(
            f"engine {engine.name}: found {len(wanted) - len(missing)} of {len(wanted)} {what} when it had ended, "
            f"{missing[0]} is not there or its files have changed meanwhile; call again to make what is missing"
        )


def _write_shards(
    config: BuildConfig,
    dataset: RawDataset,
    record_format: RecordFormat,
    entries: tuple[RecordingEntry, ...],
    identity: dict[str, Any],
    spooled: dict[int, SpooledRecording],
) -> Manifest:
    num_bytes = sum(length for one in spooled.values() for _, length in one.spans)
    most_records = records_per_shard(config.shard_mb, sum(entry.num_windows for entry in entries), num_bytes)
    jobs = [shard_job(plan, spooled) for plan in plan_shards(entries, config.seed, most_records)]
    _remove_other_shards(config.output_dir, jobs)
    finished = _finish_shards(config, record_format, jobs)
    statistics = SpectrogramStatistics()
    for shard in finished:
        if shard.sums is not None:
            statistics.add_sums(shard.sums)
    has_waveform = "waveform" in record_format.modalities
    mean, std = statistics.result() if has_waveform else (None, None)
    manifest = Manifest(
        record_format=record_format,
        class_names=dataset.class_names,
        recordings=entries,
        shards=tuple(shard.entry for shard in finished),
        configuration=identity,
        sample_rates_hz={
            "microphones": dataset.parameters.sample_rate_hz,
            "waveform": dataset.parameters.mono_rate_hz,
            "acoustic_images": dataset.parameters.frames_per_second,
        },
        spectrogram_mean=None if mean is None else tuple(mean.tolist()),
        spectrogram_std=None if std is None else tuple(std.tolist()),
        statistics_windows=statistics.num_windows,
        index_sha256=write_index(config.output_dir, _index(jobs, finished, entries)),
    )
    write_manifest(config.output_dir, manifest)
    return manifest


def _remove_other_shards(folder: Path, jobs: Sequence[ShardJob]) -> None:
    """Remove what an earlier call left of a longer plan, made before a recording changed."""
    planned = {job.plan.file for job in jobs}
    for path in folder.glob("*.tfrecord"):
        if path.name not in planned:
            path.unlink()


def _finish_shards(config: BuildConfig, record_format: RecordFormat, jobs: Sequence[ShardJob]) -> list[FinishedShard]:
    # In this process where no engine is asked for: TensorFlow, which takes the statistics, does not survive a fork.
    engine = config.engine or LocalEngine(workers=1)
    notes = config.output_dir / SPOOL_FOLDER
    waiting = [job for job in jobs if read_finished_shard(config.output_dir, notes, job) is None]
    task = partial(run_shard_job, config.output_dir, notes, record_format)
    with Progress("write shards", len(jobs), "shard", initial=len(jobs) - len(waiting)) as progress:
        for _ in engine.run(task, waiting):
            progress.advance()
    found = [read_finished_shard(config.output_dir, notes, job) for job in jobs]
    missing = [job.plan.file for job, shard in zip(jobs, found, strict=True) if shard is None]
    _require_all(engine, "shards", missing, jobs)
    return [shard for shard in found if shard is not None]


def _index(
    jobs: Sequence[ShardJob], finished: Sequence[FinishedShard], entries: Sequence[RecordingEntry]
) -> pd.DataFrame:
    rows = [
        (job.plan.split, job.plan.file, offset, length, recording, window, entries[recording].class_index)
        for job, shard in zip(jobs, finished, strict=True)
        for (recording, window), (offset, length) in zip(job.plan.windows, shard.spans, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(INDEX_COLUMNS))


def _clipping_notes(recordings: Sequence[Recording], spooled: dict[int, SpooledRecording]) -> tuple[str, ...]:
    return tuple(
        f"{recordings[index].name}: {one.num_clipped} clipped samples in {one.num_clipped_windows} windows"
        for index, one in spooled.items()
        if one.num_clipped
    )
