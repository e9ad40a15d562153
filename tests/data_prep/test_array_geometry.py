"""Geometry files of every kind, and those that no beam can be formed with."""

import json
from pathlib import Path

import numpy as np
import pytest

from common.errors import AcousticImagesError
from data_prep.array_geometry import ArrayGeometry, aperiodic_array, read_geometry, write_geometry_csv

POSITIONS = [[0.1, 0.2, 0.0], [-0.1, 0.05, 0.0], [0.0, 0.0, 0.01]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "x_right_m,y_up_m,z_forward_m\n" + "\n".join(",".join(map(str, row)) for row in POSITIONS)),
        ("b.csv", "\n".join(",".join(map(str, row)) for row in POSITIONS) + "\n"),
        ("c.json", json.dumps(POSITIONS)),
        ("d.json", json.dumps({"elements": [dict(zip("xyz", row, strict=True)) for row in POSITIONS]})),
        (
            "e.xml",
            "<MicArray name='t'>"
            + "".join(f"<pos Name='P' x='{x}' y='{y}' z='{z}'/>" for x, y, z in POSITIONS)
            + "</MicArray>",
        ),
    ],
)
def test_every_kind_of_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert np.allclose(read_geometry(tmp_path / name).positions_m, POSITIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,0,0\n0,0,0\n1,0,0\n", r"a.csv: two microphones at \[0. 0. 0.\]"),
        ("0,0,0\nnan,0,0\n", r"a.csv: microphone 1 is at .*wanted finite metres"),
        ("0,0,0\n1,inf,0\n", "wanted finite metres"),
        ("0,0\n1,0\n", r"a.csv: found shape \(2, 2\)"),
        ("0,0,0\n1,0\n", "wanted three finite numbers"),
        ("a,b,c\n1,0,0\n", "wanted three finite numbers"),
        ("0,0,0\n", "1 microphones alive, wanted at least 2"),
        ("", "found shape"),
    ],
)
def test_bad_positions_are_told(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(AcousticImagesError, match=message):
        read_geometry(tmp_path / "a.csv")


def test_missing_files_other_kinds_and_dead_microphones(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match="no such file"):
        read_geometry(tmp_path / "a.csv")
    with pytest.raises(AcousticImagesError, match=r"found .txt, wanted .csv, .json or .xml"):
        read_geometry(tmp_path / "a.txt")
    with pytest.raises(AcousticImagesError, match="dead microphone 3, wanted 0 to 2"):
        ArrayGeometry(np.array(POSITIONS), (3,))
    assert ArrayGeometry(np.array(POSITIONS), (1,)).alive.tolist() == [True, False, True]


def test_the_drawn_array_is_aperiodic_repeatable_and_survives_its_file(tmp_path: Path) -> None:
    array = aperiodic_array()
    assert array.positions_m.shape == (128, 3)
    assert np.abs(array.positions_m[:, :2]).max() <= 0.25
    assert array.is_planar
    gaps = np.linalg.norm(array.positions_m[:, None] - array.positions_m[None], axis=-1)[np.triu_indices(128, 1)]
    assert gaps.min() > 0.015

    write_geometry_csv(tmp_path / "m.csv", array)
    assert np.array_equal(read_geometry(tmp_path / "m.csv").positions_m, aperiodic_array().positions_m)
