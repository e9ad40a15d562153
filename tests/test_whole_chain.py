"""From simulated recordings to the report, with networks that hardly compute: every link and file of the chain."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.common.by import By

from common.errors import AcousticImagesError
from data_prep.build import BuildConfig, build_dataset
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.dataset import simulate_dataset
from evaluation.evaluate import Evaluation, evaluate
from evaluation.runs import find_runs
from tests.evaluation.browser import (
    PHONE_WIDTH,
    assert_is_whole,
    needs_browser,
    opened,
    seconds_heard,
    tab_stops,
    width_on_a_phone,
)
from tests.training.small_networks import use_small_networks
from tfrecords_schema.verify import verify
from training.config import preset_config
from training.loop import train


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Evaluation]:
    root = tmp_path_factory.mktemp("chain")
    simulate_dataset(
        SimulationConfig(root / "raw", recordings_per_class=12, seconds=2, class_names=("drone", "drill"), workers=2)
    )
    build_dataset(BuildConfig(root / "raw", root / "data", workers=2))
    with pytest.MonkeyPatch.context() as patch:
        use_small_networks(patch)
        settings = {"data_dir": str(root / "data"), "epochs": 1, "batch_size": 8, "mixed_precision": False}
        train(preset_config("demo", run_dir=str(root / "runs/teacher"), model="teacher", **settings))
        teacher = {"teacher_run": str(root / "runs/teacher"), "alpha": 0.5}
        train(preset_config("demo", run_dir=str(root / "runs/student"), model="student", **settings, **teacher))
        evaluation = evaluate(root / "data", find_runs([root / "runs"]), root / "report")
    return root, evaluation


@pytest.mark.slow
def test_the_chain_leaves_files_that_a_person_can_open(chain: tuple[Path, Evaluation]) -> None:
    root, evaluation = chain
    verify(root / "data")
    written = {path.name for path in (root / "report").iterdir()}
    figures = {"cmc.png", "losses.png", "maps.png", "confusion-teacher.png", "confusion-student.png"}
    assert written == {"embeddings", "cmc.csv", "knn.csv", "localisation.csv", "tables.md", "report.html", *figures}
    assert all((root / "report" / name).read_bytes().startswith(b"\x89PNG") for name in figures)
    page = (root / "report/report.html").read_text(encoding="utf-8")
    assert page.count("<table>") == 3
    assert page.count("data:image/png;base64") == len(figures)
    assert page.count("<audio controls data-window=") == page.count("<article ") > 0
    assert "http" not in page
    cmc = pd.read_csv(root / "report/cmc.csv")
    assert list(cmc.columns) == ["model", "rank 1", "rank 2", "rank 5", "rank 10", "rank 30"]
    assert cmc["model"].tolist()[0] == "DualCamNet (seed 0), ours"
    assert "33.41 ± 3.65" in cmc["rank 1"].tolist()
    assert len(evaluation.tables) == 3


@pytest.mark.slow
@needs_browser
def test_the_page_opens_in_a_browser_and_a_window_is_heard(chain: tuple[Path, Evaluation], tmp_path: Path) -> None:
    _, evaluation = chain
    with opened(evaluation.report, tmp_path) as browser:
        assert_is_whole(browser)
        assert width_on_a_phone(browser) <= PHONE_WIDTH
        stops = [stop.tag_name for stop in tab_stops(browser, 12)]
        # Three tables, and for each run one way into its map, the sound that it shows, and perhaps a card.
        assert (stops[:3], stops.count("path")) == (["div"] * 3, 2)
        player = browser.find_element(By.CSS_SELECTOR, ".card audio")
        assert seconds_heard(browser, "document.querySelector('.card audio')", player, right_px=20) > 0
        button = browser.find_element(By.CSS_SELECTOR, ".retrieved button")
        assert seconds_heard(browser, "player", button) > 0
        assert browser.get_log("browser") == []


@pytest.mark.slow
def test_the_beamformer_alone_finds_most_objects(chain: tuple[Path, Evaluation]) -> None:
    root, _ = chain
    table = pd.read_csv(root / "report/localisation.csv")
    assert float(table.set_index("map").loc["acoustic energy", "hits"]) >= 75


@pytest.mark.slow
def test_stored_embeddings_are_used_again_and_belong_to_run_and_data(
    chain: tuple[Path, Evaluation], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = chain
    path = root / "report/embeddings/teacher/test.npz"
    before = path.stat().st_mtime_ns
    with np.load(path, allow_pickle=False) as stored:
        assert np.allclose(np.linalg.norm(stored["feature:audio"], axis=1), 1, atol=1e-5)
        assert stored["distances"].shape == (len(stored["labels"]),) * 2
        description = json.loads((root / "runs/teacher/network.json").read_text())
        assert str(stored["identity"]).startswith(description["configuration_hash"])
    evaluate(root / "data", find_runs([root / "runs/teacher"]), root / "report")
    assert path.stat().st_mtime_ns == before
    use_small_networks(monkeypatch)
    np.savez(path, identity=np.array("of another run"))
    evaluate(root / "data", find_runs([root / "runs/teacher"]), root / "report")
    assert path.stat().st_mtime_ns != before


def test_a_place_without_runs_is_told(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match="found no finished run; train one first"):
        find_runs([tmp_path])
