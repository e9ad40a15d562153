"""The notebook runs from its first cell to its last, on the student that comes with the repository."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_notebook_is_a_notebook_and_shows_what_it_found() -> None:
    """Checked by nbformat 4.5's rules, which Jupyter holds a file to when it opens it."""
    text = (ROOT / "notebooks/wav_to_neighbours.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    assert set(notebook) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        assert set(cell) == {"cell_type", "execution_count", "id", "metadata", "outputs", "source"}
        assert cell["execution_count"] == number
        assert {output["output_type"] for output in cell["outputs"]} <= {"stream", "execute_result"}
        results = [output for output in cell["outputs"] if output["output_type"] == "execute_result"]
        assert [result["execution_count"] for result in results] == [number]
        assert all("text/plain" in result["data"] and result["metadata"] == {} for result in results)
    assert all(set(cell) == {"cell_type", "id", "metadata", "source"} for cell in notebook["cells"] if cell not in code)
    assert "% of the nearest neighbours are of the same class" in "".join(code[-1]["outputs"][0]["text"])
    assert len(text) < 20_000


def test_the_notebook_finds_sounds_of_the_same_class(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = json.loads((ROOT / "notebooks/wav_to_neighbours.ipynb").read_text(encoding="utf-8"))
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    # By chance 3 of 39; a student that had forgotten its training, or its statistics, would stay near it.
    assert names["share_right"] > 0.5
