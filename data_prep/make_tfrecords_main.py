"""Build sharded TFRecords from raw recordings.

Example: python -m data_prep.make_tfrecords_main --raw data/simulated --output data/tfrecords
"""

import os
import sys
from pathlib import Path

from absl import flags

from common import command_line
from common.errors import AcousticImagesError
from common.flag_values import parse_numbers
from data_prep.array_geometry import ArrayGeometry, read_geometry
from data_prep.beam_flags import define_beam_flags
from data_prep.build import BuildConfig, BuildSummary, build_dataset
from data_prep.engines.choice import ENGINES, LOCAL, open_engine
from data_prep.layouts import AUTOMATIC, LAYOUTS
from data_prep.shards import DEFAULT_SHARD_MB
from tfrecords_schema.manifest import Manifest
from tfrecords_schema.schema import ACOUSTIC_DTYPES, MODALITIES, SPLITS, VIDEO_ENCODINGS

_RAW = flags.DEFINE_string("raw", None, "Folder of raw recordings.", required=True)
_OUTPUT = flags.DEFINE_string("output", None, "Folder to write; one that was begun is completed.", required=True)
_LAYOUT = flags.DEFINE_string("layout", AUTOMATIC, f"Layout of the recordings: {AUTOMATIC}, {', '.join(LAYOUTS)}.")
_GEOMETRY = flags.DEFINE_string("geometry", None, "Microphones (CSV, JSON, acoular XML), for layouts that lack them.")
_DEAD = flags.DEFINE_list("dead_microphones", [], "Channels of --geometry to leave out, from 0.")
_MODALITIES = flags.DEFINE_list("modalities", [], f"What to store, of {','.join(MODALITIES)}; default: all there is.")
_ACOUSTIC_DTYPE = flags.DEFINE_enum("acoustic_dtype", "float32", ACOUSTIC_DTYPES, "How acoustic images are stored.")
_VIDEO_ENCODING = flags.DEFINE_enum("video_encoding", "jpeg", VIDEO_ENCODINGS, "How video frames are stored.")
_JPEG_QUALITY = flags.DEFINE_integer("jpeg_quality", 95, "1 to 100.")
_VIDEO_FRAMES = flags.DEFINE_integer("video_frames_per_window", 2, "Frames kept of 2 s, 1 to 24.")
_FRACTIONS = flags.DEFINE_list("split_fractions", ["0.70", "0.15", "0.15"], f"Of {', '.join(SPLITS)}.")
_SEED = flags.DEFINE_integer("seed", 0, "Of splits and shuffling.")
_WORKERS = flags.DEFINE_integer("workers", os.cpu_count() or 1, "Processes; the bytes do not hang on it.")
_SHARD_MB = flags.DEFINE_integer("shard_mb", None, f"Wanted MB of a shard; default {DEFAULT_SHARD_MB}.")
_ENGINE = flags.DEFINE_enum("engine", LOCAL, ENGINES, "Where the work is done; the bytes do not hang on it.")
_BEAM_ARGS = flags.DEFINE_string("beam_args", "", "Options of Apache Beam, its runner among them (docs/scale.md).")
_BEAM_OPTIONS = define_beam_flags()


def main() -> None:
    """Parse the flags, build, and sum up."""
    train, validation, test = parse_numbers("split_fractions", _FRACTIONS.value, float, 3)
    config = BuildConfig(
        raw_dir=Path(_RAW.value),
        output_dir=Path(_OUTPUT.value),
        layout=_LAYOUT.value,
        geometry=_geometry(),
        modalities=tuple(_MODALITIES.value),
        acoustic_dtype=_ACOUSTIC_DTYPE.value,
        video_encoding=_VIDEO_ENCODING.value,
        jpeg_quality=_JPEG_QUALITY.value,
        video_frames_per_window=_VIDEO_FRAMES.value,
        beams=_BEAM_OPTIONS(),
        split_fractions=(train, validation, test),
        seed=_SEED.value,
        shard_mb=_SHARD_MB.value,
        workers=_WORKERS.value,
        engine=open_engine(_ENGINE.value, _WORKERS.value, _BEAM_ARGS.value),
    )
    _print_summary(config.output_dir, build_dataset(config))


def _geometry() -> ArrayGeometry | None:
    if _GEOMETRY.value is None:
        if _DEAD.value:
            raise AcousticImagesError("dead_microphones: found some without a geometry; give --geometry too")
        return None
    return read_geometry(_GEOMETRY.value, tuple(parse_numbers("dead_microphones", _DEAD.value, int)))


def _print_summary(output_dir: Path, summary: BuildSummary) -> None:
    for note in summary.clipped:
        print(f"warning: {note}", file=sys.stderr)
    for note in summary.notes:
        print(f"note: {note}")
    recordings = summary.manifest.recordings
    counts = ", ".join(
        f"{sum(entry.num_windows for entry in recordings if entry.split == split)} {split}" for split in SPLITS
    )
    print(f"stored: {', '.join(summary.manifest.record_format.modalities)}")
    if summary.skipped:
        print(f"skipped, shorter than a window: {len(summary.skipped)} ({', '.join(summary.skipped[:5])})")
    written = f"windows: {counts}; {len(recordings)} recordings, {len(summary.manifest.class_names)} classes"
    command_line.close(f"{output_dir}: {written}", _next_step(summary.manifest, output_dir))


def _next_step(manifest: Manifest, output_dir: Path) -> str:
    if "video" not in manifest.record_format.modalities:
        return "add video to train on it: the networks learn from sound and video together (docs/your-own-array.md)"
    empty = [split for split in SPLITS if not any(entry.split == split for entry in manifest.recordings)]
    if empty:
        return f"add recordings, or set SPLIT_FRACTIONS=, to fill the empty {' and '.join(empty)} split"
    return f"make train-teacher DATA={output_dir}"


if __name__ == "__main__":
    command_line.run(main)
