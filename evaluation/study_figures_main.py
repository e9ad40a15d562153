"""Draw the study's figures from the CSV files in a results folder; no run and no dataset is needed.

The gains by SNR are written beside those files as a table, too.

Example: python -m evaluation.study_figures_main --results results/study --output docs/pictures/study
"""

from pathlib import Path

from absl import flags

from common import command_line
from common.atomic_files import write_text
from common.errors import AcousticImagesError
from evaluation.measurements import Measurement, RecordingResult
from evaluation.picture_data import EMBEDDING_FILE, MAPS_FILE
from evaluation.result_files import MEASUREMENTS_FILE, RECORDINGS_FILE, read_results, read_snr
from evaluation.snr_gains import gains_by_snr, snr_table
from evaluation.study_figures import cmc_over_seeds, gain_against_alpha, gain_against_snr
from evaluation.window_figures import embedding_map, maps_on_the_same_frames

_RESULTS = flags.DEFINE_string("results", "results/study", "Folder that holds a folder of results a dataset.")
_OUTPUT = flags.DEFINE_string("output", "docs/pictures/study", "Folder of the pictures.")
_SYSTEM = flags.DEFINE_string("system", "HearNet, alpha 0.5", "Whose gain is told by SNR.")


def main() -> None:
    """Parse the flags and draw what each dataset's results allow."""
    folders = sorted(path.parent for path in Path(_RESULTS.value).glob(f"*/{MEASUREMENTS_FILE}"))
    if not folders:
        raise AcousticImagesError(f"{_RESULTS.value}: found no results, wanted DATASET/{MEASUREMENTS_FILE}")
    pictures = [picture for folder in folders for picture in draw(folder, Path(_OUTPUT.value), _SYSTEM.value)]
    for picture in pictures:
        print(picture)
    command_line.close(f"{_OUTPUT.value}: {len(pictures)} pictures", "look at them beside docs/study.md")


def draw(folder: Path, output: Path, system: str) -> list[Path]:
    """Draw the pictures that one dataset's results allow, write its table by SNR, and return the pictures."""
    data = folder.name
    pictures = [output / f"{data}-{what}.png" for what in ("gain-alpha", "cmc", "gain-snr", "maps", "embedding")]
    by_alpha, cmc, by_snr, maps, embedding = pictures
    measurements = read_results(folder / MEASUREMENTS_FILE, Measurement)
    gain_against_alpha(by_alpha, measurements, data)
    cmc_over_seeds(cmc, measurements, data)
    drawn = [by_alpha, cmc]
    if (folder / "scenes.csv").exists():
        recordings = read_results(folder / RECORDINGS_FILE, RecordingResult)
        gains = gains_by_snr(recordings, read_snr(folder / "scenes.csv"), data, system)
        if gains:
            table = snr_table(gains, data, system)
            write_text(folder / f"{table.name}.csv", table.to_csv())
            write_text(folder / f"{table.name}.md", table.to_markdown())
            gain_against_snr(by_snr, gains, data, system)
            drawn.append(by_snr)
    if (folder / MAPS_FILE).exists() and (folder / EMBEDDING_FILE).exists():
        maps_on_the_same_frames(maps, folder)
        embedding_map(embedding, folder)
        drawn += [maps, embedding]
    return drawn


if __name__ == "__main__":
    command_line.run(main)
