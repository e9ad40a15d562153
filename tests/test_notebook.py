"""The notebook runs from its first cell to its last, on the student that comes with the repository."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_notebook_finds_sounds_of_the_same_class(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = json.loads((ROOT / "notebooks/wav_to_neighbours.ipynb").read_text(encoding="utf-8"))
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec("".join(cell["source"]), names)
    # By chance 3 of 39; a student that had forgotten its training, or its statistics, would stay near it.
    assert names["share_right"] > 0.5
