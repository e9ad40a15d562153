"""Features of sound files by a trained student; no array needed.

Example: python -m evaluation.embed_main --model pretrained/student --output features.csv --input a.wav more/*.ogg

A row a window: file, start_s, f0 ... f127. A file that cannot be used (unreadable, silent, without the channel) is left
out and named with its reason; the others are written, and the status is 1. It is 2 when no file could be used.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from absl import flags

from common import command_line
from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.progress import Progress
from evaluation.sound_features import FEATURE_NAMES, SoundFeatures, sound_features
from evaluation.sound_windows import expected_windows
from models.hearing import Hearing, load_hearing

WRITERS = {
    ".csv": lambda table, path: table.to_csv(path, index=False),
    ".parquet": lambda table, path: table.to_parquet(path, index=False),
}

_MODEL = flags.DEFINE_string("model", None, "Run folder of a student.", required=True)
_INPUT = flags.DEFINE_multi_string("input", [], "Sound file; more may follow as bare words, or as flags of this name.")
_OUTPUT = flags.DEFINE_string("output", "features.csv", f"File to write: {' or '.join(WRITERS)}.")
_HOP = flags.DEFINE_float("hop_seconds", 2.0, "From one window's start to the next.")
_CHANNEL = flags.DEFINE_integer("channel", 0, "Of files with several channels, from 0.")


@dataclass
class _Heard:
    """Files with their features, and why others have none."""

    features: list[tuple[str, SoundFeatures]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def main(more_files: list[str]) -> int:
    """Parse the flags, embed, write one row a window; tell what was left out."""
    files, output = [*_INPUT.value, *more_files], Path(_OUTPUT.value)
    if not files:
        raise AcousticImagesError("input: found no file, wanted at least one; give --input FILES")
    if output.suffix not in WRITERS:
        raise AcousticImagesError(
            f"{output}: found the suffix {output.suffix or '(none)'}, wanted {' or '.join(WRITERS)}"
        )
    heard = _hear(files, load_hearing(_MODEL.value))
    for reason in heard.reasons:
        print(f"left out: {reason}", file=sys.stderr)
    if not heard.features:
        raise AcousticImagesError(f"input: found no usable file among {len(files)}, wanted at least one")
    table = pd.concat([_table(*one) for one in heard.features], ignore_index=True)
    with atomic_path(output) as partial:
        WRITERS[output.suffix](table, partial)
    _tell(f"{output}: {len(table)} windows of {len(heard.features)} files, {len(FEATURE_NAMES)} features each", heard)
    return 1 if heard.reasons else 0


def _hear(files: list[str], hearing: Hearing) -> _Heard:
    heard = _Heard()
    with Progress("embed", sum(expected_windows(file, _HOP.value) for file in files), "windows") as progress:
        for file in files:
            try:
                features = sound_features(file, hearing, _HOP.value, _CHANNEL.value, progress.advance)
                heard.features.append((file, features))
            except AcousticImagesError as error:
                heard.reasons.append(str(error))
    return heard


def _table(file: str, features: SoundFeatures) -> pd.DataFrame:
    table = pd.DataFrame(features.vectors, columns=list(FEATURE_NAMES))
    table.insert(0, "start_s", np.round(features.starts_s, 4))
    table.insert(0, "file", file)
    return table


def _tell(written: str, heard: _Heard) -> None:
    num_silent = sum(one.num_silent for _, one in heard.features)
    rest_s = sum(one.rest_s for _, one in heard.features)
    left_out = f"left out: {num_silent} silent windows, {rest_s:.1f} s at the ends that fill no window"
    files = f", {len(heard.reasons)} files" if heard.reasons else ""
    command_line.close(f"{written} ({left_out}{files})", "notebooks/wav_to_neighbours.ipynb searches for neighbours")


if __name__ == "__main__":
    command_line.run_with_words(main)
