"""The card of a student tells its data, what was measured with its weights, and no more than is known."""

from pathlib import Path
from typing import Any

import pytest

from common.errors import AcousticImagesError
from common.sealed_json import write_sealed_json
from evaluation.model_card import model_card
from models.saved_networks import ROUNDED_FROM, read_network_description

ROOT = Path(__file__).parents[2]
DATA = {
    "manifest_hash": "m",
    "classes": ["dog", "rain"],
    "recordings": {"train": 3, "validation": 0, "test": 2},
    "hours": {"train": 1.5, "validation": 0.0, "test": 0.25},
    "sample_rates_hz": {"microphones": 12288},
    "source_is_known": True,
}
MEASUREMENTS = [
    ["chance", "", 0.125],
    ["knn", "audio", 0.875],
    ["knn_validation", "audio", 0.99],
    ["cmc", "1", 0.5],
    ["cmc", "2", 0.98],
    ["cmc_chance", "1", 0.0625],
    ["cmc_others", "1", 0.25],
    ["cmc_others_chance", "1", 0.03],
]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder as far as the card reads it, with weights that nobody needs."""
    description = {
        "format_version": 1,
        "kind": "student",
        "weights_sha256": "rounded",
        ROUNDED_FROM: "exact",
        "options": {},
    }
    configuration = {"alpha": 0.5, "preset": "study", "data_dir": "/far/d", "run_dir": "r", "teacher_run": "t"}
    files: dict[str, dict[str, Any]] = {
        "network.json": description,
        "config.json": {"configuration": configuration, "identity": {"manifest_hash": "m"}},
        "run.json": {"finished": True, "manifest_hash": "m", "tensorflow_version": "2.15.1", "data": DATA},
        "measured/d.json": {"identity": "c-exact-m", "measurements": MEASUREMENTS, "recordings": []},
        "measured/other.json": {"identity": "c-of_another_training-m", "measurements": [["knn", "audio", 0.777]]},
    }
    for name, content in files.items():
        write_sealed_json(tmp_path / name, content)
    return tmp_path


def test_data_and_metrics_are_those_of_the_run(run: Path) -> None:
    lines = model_card(run).splitlines()
    for line in (
        "Trained as `r` on `d`, imitating `t`, a run of the study (`docs/study.md`).",
        "Manifest hash `m`; recorded at 12288 Hz: sound up to 6.1 kHz.",
        "Classes (2): dog, rain.",
        "| train | 3 | 1.50 |",
        "| test | 2 | 0.25 |",
        "Test split of `d`, before the weights were rounded to float16:",
        "| class of the nearest neighbours, audio | 87.5 | 12.5 |",
        "| a video of the sound's class among the nearest 1 | 50.0 | 6.2 |",
        "| the same, of other recordings only, nearest 1 | 25.0 | 3.0 |",
    ):
        assert line in lines, line
    text = "\n".join(lines)
    assert "Simulated: " in text
    # Of validation, of ranks that are not told, of other weights.
    assert not any(number in text for number in ("99.0", "98.0", "77.7"))


def test_what_is_not_known_is_said_and_how_to_know_it(run: Path) -> None:
    for name in ("d", "other"):
        (run / f"measured/{name}.json").unlink()
    write_sealed_json(run / "run.json", {"finished": True, "manifest_hash": "m"})
    text = model_card(run)
    assert "were not measured with these weights" in text
    assert "`python -m evaluation.card_main --data DIR` fills in the rest" in text
    assert "Classes (2): dog, rain." in model_card(run, data=DATA)
    with pytest.raises(AcousticImagesError, match="found a dataset with the hash other, wanted that of training, m"):
        model_card(run, data={**DATA, "manifest_hash": "other"})


def test_the_repositorys_student_has_its_card() -> None:
    folder = ROOT / "pretrained/student"
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert read_network_description(folder)["weights_sha256"] in card, "python -m evaluation.card_main writes it anew"
