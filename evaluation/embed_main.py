"""Features of sound files by a trained student; no array needed.

Example: python -m evaluation.embed_main --model runs/student-alpha0.5-seed0 --output features.csv --input a.wav b.ogg
"""

from pathlib import Path

import numpy as np
import pandas as pd
from absl import flags

from common import command_line
from common.atomic_files import atomic_path
from common.errors import AcousticImagesError
from common.progress import Progress
from evaluation.audio_features import AudioFeatures
from evaluation.sound_windows import SoundWindows

WRITERS = {
    ".csv": lambda table, path: table.to_csv(path, index=False),
    ".parquet": lambda table, path: table.to_parquet(path, index=False),
}

_MODEL = flags.DEFINE_string("model", None, "Run folder of a student.", required=True)
_INPUT = flags.DEFINE_list("input", [], "Sound files; more may follow as bare words.")
_OUTPUT = flags.DEFINE_string("output", "features.csv", f"File to write: {' or '.join(WRITERS)}.")
_HOP = flags.DEFINE_float("hop_seconds", 2.0, "From one window's start to the next.")
_CHANNEL = flags.DEFINE_integer("channel", 0, "Of files with several channels, from 0.")


def main(more_files: list[str]) -> None:
    """Parse the flags, embed, write one row a window: file, start_s, f0 ... f127; tell what was left out."""
    files, output = [*_INPUT.value, *more_files], Path(_OUTPUT.value)
    if not files:
        raise AcousticImagesError("input: found no file, wanted at least one; give --input FILES")
    if output.suffix not in WRITERS:
        raise AcousticImagesError(
            f"{output}: found the suffix {output.suffix or '(none)'}, wanted {' or '.join(WRITERS)}"
        )
    model = AudioFeatures(_MODEL.value, _HOP.value, _CHANNEL.value).fit()
    tables: list[pd.DataFrame] = []
    num_silent, rest_s = 0, 0.0
    with Progress("embed", len(files), "file") as progress:
        for file in files:
            windows, features = model.windows_of(file)
            tables.append(_table(file, windows, features))
            num_silent, rest_s = num_silent + windows.num_silent, rest_s + windows.rest_s
            progress.advance()
    table = pd.concat(tables, ignore_index=True)
    with atomic_path(output) as partial:
        WRITERS[output.suffix](table, partial)
    left_out = f"left out: {num_silent} silent windows, {rest_s:.1f} s at the ends that fill no window"
    written = f"{output}: {len(table)} windows of {len(files)} files, 128 features each ({left_out})"
    command_line.close(written, "notebooks/wav_to_neighbours.ipynb searches for neighbours")


def _table(file: str, windows: SoundWindows, features: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(features, columns=[f"f{number}" for number in range(features.shape[1])])
    table.insert(0, "start_s", np.round(windows.starts_s, 4))
    table.insert(0, "file", file)
    return table


if __name__ == "__main__":
    command_line.run_with_words(main)
