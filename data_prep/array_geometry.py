"""Positions of the microphones of an array, read from CSV, JSON or acoular XML.

Coordinates are the camera's, looking into the scene: x to the right, y up, z forward, metres.
"""

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from common.atomic_files import write_text
from common.errors import AcousticImagesError
from common.foreign_files import parsing, read_limited_text

# Ten thousand microphones take one.
_MOST_BYTES = 2**22
CSV_COLUMNS = ("x_right_m", "y_up_m", "z_forward_m")


@dataclass(frozen=True)
class ArrayGeometry:
    """Where the microphones are, and which of them are dead.

    Attributes
    ----------
    positions_m : ndarray
        [num_microphones, 3] float64 metres, in the order of the recording's channels.
    dead_microphones : tuple of int
        Channels (from 0) that are left out of the beamforming.
    name : str
        The file that the positions come from, for messages.
    """

    positions_m: np.ndarray
    dead_microphones: tuple[int, ...] = field(default=())
    name: str = "array geometry"

    def __post_init__(self) -> None:
        """Refuse positions that no beam can be formed with.

        Raises
        ------
        AcousticImagesError
            Another shape than [num, 3], positions that are not finite or occur twice, a dead
            microphone that does not exist, or fewer than two alive.
        """
        positions = np.asarray(self.positions_m, np.float64)
        object.__setattr__(self, "positions_m", positions)
        if positions.ndim != 2 or positions.shape[1] != 3:
            raise AcousticImagesError(f"{self.name}: found shape {positions.shape}, wanted [microphones, 3]")
        bad = np.flatnonzero(~np.isfinite(positions).all(axis=1))
        if bad.size:
            raise AcousticImagesError(
                f"{self.name}: microphone {bad[0]} is at {positions[bad[0]]}, wanted finite metres"
            )
        _refuse_duplicates(positions, self.name)
        unknown = [i for i in self.dead_microphones if type(i) is not int or not 0 <= i < len(positions)]
        if unknown:
            raise AcousticImagesError(f"{self.name}: dead microphone {unknown[0]!r}, wanted 0 to {len(positions) - 1}")
        if self.num_alive < 2:
            raise AcousticImagesError(f"{self.name}: {self.num_alive} microphones alive, wanted at least 2")

    @property
    def num_microphones(self) -> int:
        """Channels of a recording, dead ones included."""
        return len(self.positions_m)

    @property
    def alive(self) -> np.ndarray:
        """[num_microphones] bool."""
        alive = np.ones(self.num_microphones, bool)
        alive[list(self.dead_microphones)] = False
        return alive

    @property
    def num_alive(self) -> int:
        """Microphones that take part."""
        return int(self.alive.sum())

    @property
    def is_planar(self) -> bool:
        """Whether the living microphones lie in the plane z = 0 of the camera."""
        return bool(np.all(self.positions_m[self.alive, 2] == 0.0))


def read_geometry(path: Path | str, dead_microphones: tuple[int, ...] = ()) -> ArrayGeometry:
    """Read a geometry file.

    Parameters
    ----------
    path : Path or str
        `.csv` (columns x_right_m, y_up_m, z_forward_m, or three columns without a header), `.json`
        (a list of [x, y, z], or an object with `elements` of x, y, z) or `.xml` (acoular).
    dead_microphones : tuple of int
        Channels to leave out.

    Raises
    ------
    AcousticImagesError
        The file is missing, of another kind, or holds something else than positions.
    """
    path = Path(path)
    readers = {".csv": _read_csv, ".json": _read_json, ".xml": _read_acoular_xml}
    if path.suffix.lower() not in readers:
        raise AcousticImagesError(f"{path}: found {path.suffix or 'no suffix'}, wanted .csv, .json or .xml")
    if not path.is_file():
        raise AcousticImagesError(f"{path}: no such file; give the array's geometry")
    what, todo = "geometry", "wanted three finite numbers for each microphone"
    text = read_limited_text(path, _MOST_BYTES, what, todo)
    with parsing(path, what, todo):
        positions = np.array(readers[path.suffix.lower()](text), np.float64)
    return ArrayGeometry(positions, tuple(dead_microphones), str(path))


def write_geometry_csv(path: Path | str, geometry: ArrayGeometry) -> None:
    """Write the positions as CSV with a header, to a tenth of a millimetre."""
    rows = [",".join(f"{value:.4f}" for value in position) for position in geometry.positions_m]
    write_text(path, "\n".join([",".join(CSV_COLUMNS), *rows]) + "\n")


def aperiodic_array(num_microphones: int = 128, aperture_m: float = 0.5, seed: int = 0) -> ArrayGeometry:
    """Draw a planar aperiodic layout in a square, in the spirit of the paper's reference 7.

    Each microphone is the candidate that lies farthest from those before it, so that the spacing is
    uneven but no two are close: grating lobes are smeared out.

    Returns
    -------
    ArrayGeometry
        Positions rounded to 0.1 mm, in the plane z = 0.
    """
    generator = np.random.default_rng([seed, num_microphones])
    chosen = np.zeros((num_microphones, 2))
    for index in range(1, num_microphones):
        candidates = generator.uniform(-aperture_m / 2, aperture_m / 2, (16, 2))
        gaps = np.linalg.norm(candidates[:, None] - chosen[None, :index], axis=-1).min(axis=1)
        chosen[index] = candidates[gaps.argmax()]
    return ArrayGeometry(np.round(np.column_stack([chosen, np.zeros(num_microphones)]), 4))


def _read_csv(text: str) -> list[list[float]]:
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    if rows and tuple(cell.strip() for cell in rows[0]) == CSV_COLUMNS:
        rows = rows[1:]
    return [[float(cell) for cell in row] for row in rows]


def _read_json(text: str) -> list[list[float]]:
    content: Any = json.loads(text)
    if isinstance(content, dict):
        return [[float(element[axis]) for axis in "xyz"] for element in content["elements"]]
    return [[float(value) for value in position] for position in content]


def _read_acoular_xml(text: str) -> list[list[float]]:
    # Expat opens no other file, and stops entities that multiply.
    root = ElementTree.fromstring(text)
    return [[float(element.attrib[axis]) for axis in "xyz"] for element in root.iter("pos")]


def _refuse_duplicates(positions: np.ndarray, name: str) -> None:
    _, first, counts = np.unique(positions, axis=0, return_index=True, return_counts=True)
    if (counts > 1).any():
        place = positions[first[counts > 1][0]]
        raise AcousticImagesError(f"{name}: two microphones at {place}, wanted each at a place of its own")
