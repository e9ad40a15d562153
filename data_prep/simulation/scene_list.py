"""The scenes of a simulated dataset as one table: how loudly each recording is disturbed."""

import csv
import io
import json
import math
from pathlib import Path

from common.atomic_files import write_text
from common.errors import AcousticImagesError
from common.foreign_files import parsing
from data_prep.simulation.writing import SCENE_FILE

COLUMNS = ("recording", "snr_db", "interferers")


def write_scene_list(raw_dir: Path, output: Path) -> int:
    """Write a CSV with a row a recording: its name, its SNR in dB, the number of its interferers.

    Parameters
    ----------
    raw_dir : Path
        Simulated recordings in the array layout.
    output : Path
        CSV file.

    Returns
    -------
    int
        Number of recordings.

    Raises
    ------
    AcousticImagesError
        No scene there, or one that cannot be read.
    """
    scenes = sorted(raw_dir.glob(f"*/*/{SCENE_FILE}"))
    if not scenes:
        raise AcousticImagesError(
            f"{raw_dir}: found no {SCENE_FILE}, wanted recordings of data_prep.simulate_main in the array layout"
        )
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for path in scenes:
        snr_db, interferers = _read(path)
        writer.writerow([path.parent.relative_to(raw_dir).as_posix(), f"{snr_db:.3f}", interferers])
    write_text(output, table.getvalue())
    return len(scenes)


def _read(path: Path) -> tuple[float, int]:
    with parsing(path, "scene's snr_db and interferers", "simulate again"):
        scene = json.loads(path.read_text(encoding="utf-8"))
        snr_db, interferers = float(scene["snr_db"]), len(scene["interferers"])
        if not math.isfinite(snr_db):
            raise ValueError(f"snr_db {snr_db}")
        return snr_db, interferers
