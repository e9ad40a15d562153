"""The CSV files that measurements are kept in; new ones take the place of older ones of the same run and data."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import TextIO, TypeVar

from common.atomic_files import write_text
from common.errors import AcousticImagesError
from evaluation.measurements import Measurement, RecordingResult

MEASUREMENTS_FILE = "measurements.csv"
RECORDINGS_FILE = "recordings.csv"
DATASETS_FILE = "datasets.csv"
_DATASETS_HEADER = ["dataset", "manifest_hash"]
Result = TypeVar("Result", bound=Measurement | RecordingResult)


def merge_results(path: Path, kind: type[Result], new: Sequence[Result]) -> tuple[Result, ...]:
    """Add results to a CSV file and return all that it then holds, sorted by system.

    Parameters
    ----------
    path : Path
        The file; made where it is missing.
    kind : type
        `Measurement` or `RecordingResult`.
    new : sequence
        Results; all older ones of the same run and datasets are dropped.

    Raises
    ------
    AcousticImagesError
        The file holds something else.
    """
    replaced = {_key(one) for one in new}
    old = read_results(path, kind) if path.exists() else ()
    kept: list[Result] = [one for one in old if _key(one) not in replaced]
    merged = tuple(sorted([*kept, *new], key=_key))
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(kind)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in merged)
    write_text(path, text.getvalue())
    return merged


def require_same_data(folder: Path, hashes: Mapping[str, str]) -> None:
    """Refuse to add to results that were measured on other data of the same name.

    Parameters
    ----------
    folder : Path
        Of results; a new one holds none yet.
    hashes : mapping
        Name of a dataset to the hash of its manifest.

    Raises
    ------
    AcousticImagesError
        A dataset of this name had another hash, or nothing tells what the folder's results are of.
    """
    if not (folder / MEASUREMENTS_FILE).exists():
        return
    known = _data_hashes_of(folder)
    for name, wanted in hashes.items():
        if not known or known.get(name, wanted) != wanted:
            raise AcousticImagesError(
                f"{folder / DATASETS_FILE}: found results on other data called {name}, wanted those of this dataset; "
                "write to another folder, or delete the old results"
            )


def write_data_hashes(folder: Path, hashes: Mapping[str, str]) -> None:
    """Write down, beside those that are there, which data results are of."""
    text = io.StringIO()
    rows = sorted({**_data_hashes_of(folder), **hashes}.items())
    csv.writer(text, lineterminator="\n").writerows([_DATASETS_HEADER, *rows])
    write_text(folder / DATASETS_FILE, text.getvalue())


def _data_hashes_of(folder: Path) -> dict[str, str]:
    path = folder / DATASETS_FILE
    return read_data_hashes(path) if path.exists() else {}


def read_data_hashes(path: Path) -> dict[str, str]:
    """Read a results folder's list of datasets: name to the hash of its manifest.

    Raises
    ------
    AcousticImagesError
        The file holds something else.
    """
    with _csv_file(path, _DATASETS_HEADER) as file:
        header, *rows = csv.reader(file, strict=True)
        if header != _DATASETS_HEADER:
            raise ValueError(f"columns {header}")
        return dict(rows)


def read_results(path: Path, kind: type[Result]) -> tuple[Result, ...]:
    """Read a CSV file of results; `AcousticImagesError` where it holds something else."""
    names = [field.name for field in fields(kind)]
    with _csv_file(path, names) as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != names:
            raise ValueError(f"columns {reader.fieldnames}")
        return tuple(_parse(row, kind) for row in reader)


def read_snr(path: Path) -> dict[str, float]:
    """Read the list of scenes that `data_prep.list_scenes_main` writes: recording to SNR in dB.

    Raises
    ------
    AcousticImagesError
        The file holds something else.
    """
    with _csv_file(path, ("recording", "snr_db")) as file:
        return {row["recording"]: float(row["snr_db"]) for row in csv.DictReader(file)}


@contextmanager
def _csv_file(path: Path, names: Sequence[str]) -> Iterator[TextIO]:
    """Open a CSV file; what goes wrong over it in the block is the project's error."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            yield file
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        # Of a missing column only the name would be told.
        found = repr(error) if isinstance(error, KeyError) else error
        raise AcousticImagesError(f"{path}: found {found}, wanted a CSV of {', '.join(names)}") from error


def _parse(row: dict[str, str], kind: type[Result]) -> Result:
    parsers = {"seed": int, "windows": int, "right": int, "value": float}
    return kind(**{name: parsers.get(name, str)(text) for name, text in row.items()})


def _key(one: Measurement | RecordingResult) -> tuple[str, str, str, int]:
    return one.trained_on, one.tested_on, one.system, one.seed
