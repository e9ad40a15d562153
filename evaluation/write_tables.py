"""From measured runs to the files of a results folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from common.atomic_files import write_text
from evaluation.measurements import Measured, Measurement, RecordingResult
from evaluation.recording_bootstrap import gains_table
from evaluation.result_files import (
    MEASUREMENTS_FILE,
    RECORDINGS_FILE,
    merge_results,
    require_same_data,
    write_data_hashes,
)
from evaluation.seed_tables import TransferTarget, seed_tables
from evaluation.tables import Table

TABLES_FILE = "tables.md"


def write_tables(
    output_dir: Path,
    measured: Sequence[Measured],
    trained_on: str,
    targets: Sequence[TransferTarget],
    hashes: Mapping[str, str],
) -> tuple[Table, ...]:
    """Add measurements to a results folder and write its tables.

    Parameters
    ----------
    output_dir : Path
        Gets `measurements.csv`, `recordings.csv`, a CSV a table, and `tables.md` with all of them.
    measured : sequence of Measured
        Of runs trained on one dataset.
    trained_on : str
        Its name.
    targets : sequence of TransferTarget
        What else they were tested on.
    hashes : mapping
        Name of each of these datasets to the hash of its manifest.

    Raises
    ------
    AcousticImagesError
        The folder's CSV files hold something else, or results on other data of the same name.
    """
    require_same_data(output_dir, hashes)
    measurements = merge_results(
        output_dir / MEASUREMENTS_FILE, Measurement, [row for one in measured for row in one.measurements]
    )
    recordings = [row for one in measured for row in one.recordings]
    by_recording = merge_results(output_dir / RECORDINGS_FILE, RecordingResult, recordings)
    write_data_hashes(output_dir, hashes)
    tables = seed_tables([one for one in measurements if one.trained_on == trained_on], trained_on, targets)
    gains = gains_table([one for one in by_recording if one.trained_on == trained_on])
    tables = (*tables, gains) if gains.rows else tables
    for table in tables:
        write_text(output_dir / f"{table.name}.csv", table.to_csv())
    write_text(output_dir / TABLES_FILE, "\n".join(table.to_markdown() for table in tables))
    return tables
