"""Every row of the tables, at a tiny size: each experiment trained a few updates, measured, and put in tables."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from common.errors import AcousticImagesError
from evaluation import study_figures_main, window_fields
from evaluation.embedder import Embedder
from evaluation.evaluate import evaluate
from evaluation.measurements import Measured, Measurement, RecordingResult, measure, measure_all, read_measured
from evaluation.picture_data import write_picture_data
from evaluation.result_files import read_results
from evaluation.runs import find_runs, read_run
from evaluation.seed_tables import TransferTarget
from evaluation.write_tables import write_tables
from faults.training_dataset import write_training_dataset
from models.hearing import load_hearing
from tests.training.small_networks import use_small_networks
from tfrecords_schema.reader import WindowReader, iterate
from training.experiment import experiment_config, load_experiments, run_name
from training.loop import train

_CLASSES, _SPLITS = ("drone", "boat"), ("train", "validation", "test")
_SEEDS = (1,)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Measured]]:
    root = tmp_path_factory.mktemp("tables")
    write_training_dataset(root / "own", class_names=_CLASSES, splits=_SPLITS, windows_per_recording=3)
    write_training_dataset(root / "clips", ("waveform",), _CLASSES, _SPLITS, windows_per_recording=3)
    with pytest.MonkeyPatch.context() as patch:
        use_small_networks(patch)
        for seed in _SEEDS:
            for name in load_experiments():
                train(experiment_config(name, seed, "study", root / "own", root / "runs", epochs=1))
        found = measure_all(find_runs([root / "runs"]), [root / "own", root / "clips"])
    return root, found


def test_every_row_of_every_table_is_there(measured: tuple[Path, list[Measured]]) -> None:
    root, found = measured
    tables = write_tables(root / "results", found, "own", [TransferTarget("clips", 4)], {"own": "1", "clips": "2"})
    assert [table.name for table in tables] == ["table1", "table2", "correspondence", "table4-clips", "vectors"]
    retrieval, domain, _, sounds, vectors = tables
    assert len([row for row in retrieval.rows if row[1] == "1"]) == 2 + 12 + 1
    # Six classifiers; sound, sound and video, and their sum of two teachers and twelve students; L3-Net's two.
    assert len(domain.rows) == 6 + 3 * 14 + 2
    # Of what only hears: twelve students, L3-Net, from labels HearNet with and without transfer and L3's subnetwork.
    assert len(sounds.rows) == 12 + 1 + 3
    # Five alphas and five controls imitate vectors; the others have no such loss.
    assert len([row for row in vectors.rows if row[-1] != "-"]) == 10
    assert all(1 <= float(row[2].split()[0]) <= 17 for row in vectors.rows)
    papers = {row[-1] for row in domain.rows}
    assert {"87.79 ± 1.45", "85.78 ± 1.98", "79.46 ± 1.37", "54.44 ± 8.39"} <= papers
    with open(root / "results/table2.csv", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + len(domain.rows)


def test_the_report_takes_runs_from_labels_and_l3net_and_tells_what_they_lack(
    measured: tuple[Path, list[Measured]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, found = measured
    use_small_networks(monkeypatch)
    labels, l3net = (root / "runs" / run_name(name, 1) for name in ("supervised_resnet18", "l3net"))
    evaluation = evaluate(root / "own", find_runs([labels, l3net]), tmp_path)
    assert [table.name for table in evaluation.tables] == ["cmc", "knn", "answers"]
    accuracy = next(
        one.value
        for group in found
        for one in group.measurements
        if (one.system, one.tested_on, one.measure) == ("ResNet18, supervised", "own", "accuracy")
    )
    rows = {row[1]: row for row in evaluation.tables[2].rows}
    assert rows["class, from labels"] == (
        "ResNet18, supervised (seed 1)",
        "class, from labels",
        f"{100 * accuracy:.2f}",
        "50.00",
    )
    assert rows["does the sound belong to the video?"][0] == "L3-Net (seed 1)"
    assert evaluation.left_out == (
        f"Left out, as these runs do not have it: no similarity maps of {l3net.name}, {labels.name}; "
        f"no retrieval of {labels.name}."
    )
    page = evaluation.report.read_text(encoding="utf-8")
    assert evaluation.left_out in page
    assert "Map of the video features: ResNet18, supervised (seed 1)" in page
    assert page.count("ResNet18, supervised (seed 1) takes it for") == page.count("<article ")
    drawn = {path.name for path in tmp_path.glob("*.png")}
    assert drawn == {"cmc.png", "losses.png", f"confusion-{labels.name}.png", f"confusion-{l3net.name}.png"}


def test_a_run_is_judged_by_the_weights_that_it_was_trained_to(
    measured: tuple[Path, list[Measured]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = measured
    use_small_networks(monkeypatch)
    run = read_run(root / "runs" / run_name("hearnet_alpha_0_5", 1))
    reader = WindowReader(root / "clips")
    windows = next(iterate(reader.dataset(reader.rows("test"), ("waveform",), batch_size=4)))
    heard = load_hearing(run.folder)(windows["waveform"])
    np.testing.assert_allclose(Embedder(run)(windows)["audio"], heard, atol=1e-6)


def test_what_is_measured_once_is_kept(measured: tuple[Path, list[Measured]], tmp_path: Path) -> None:
    root, found = measured
    # Loading the paper's networks would fail on the small networks' weights: nothing is computed again.
    again = measure(Embedder(read_run(root / "runs" / run_name("l3net", 1))), "own", "own", WindowReader(root / "own"))
    assert again in found
    kept, names = tmp_path / "own.json", {"trained_on": "own", "tested_on": "own", "system": "L3-Net", "seed": 1}
    for damaged in ("{}", '{"identity": "a", "measurements": [["knn", "audio", "x"]], "recordings": []}'):
        kept.write_text(damaged, encoding="utf-8")
        assert read_measured(kept, "a", names) is None
    # Nor in other processes, which know the paper's networks only.
    assert measure_all(find_runs([root / "runs"]), [root / "own", root / "clips"], workers=2) == found
    write_tables(root / "kept", found, "own", [], {"own": "1"})
    write_tables(root / "kept", found[:1], "own", [], {"own": "1"})
    rows = read_results(root / "kept/measurements.csv", Measurement)
    assert len(rows) == sum(len(one.measurements) for one in found)
    assert len(read_results(root / "kept/recordings.csv", RecordingResult)) == sum(len(one.recordings) for one in found)


def test_results_on_other_data_of_the_same_name_are_not_mixed(
    measured: tuple[Path, list[Measured]], tmp_path: Path
) -> None:
    root, found = measured
    write_tables(tmp_path, found, "own", [], {"own": "1"})
    with pytest.raises(AcousticImagesError, match="found results on other data called own"):
        write_tables(tmp_path, found, "own", [], {"own": "2"})
    (tmp_path / "datasets.csv").unlink()
    with pytest.raises(AcousticImagesError, match="found results on other data called own"):
        write_tables(tmp_path, found, "own", [], {"own": "1"})
    with pytest.raises(AcousticImagesError, match=r"found a run that was trained on other data than .*clips"):
        measure_all(find_runs([root / "runs"]), [root / "clips"])


def test_the_studys_figures_come_from_the_results_alone(
    measured: tuple[Path, list[Measured]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, found = measured
    folder = root / "study/own"
    # The other seed's numbers are this one's: what is drawn over seeds takes two.
    again = [
        Measured(*(tuple(replace(one, seed=2) for one in rows) for rows in (part.measurements, part.recordings)))
        for part in found
    ]
    write_tables(folder, [*found, *again], "own", [], {"own": "1"})
    names = sorted({one.recording for part in found for one in part.recordings})
    rows = [f"{name},{number}.5,1" for number, name in enumerate(names)]
    (folder / "scenes.csv").write_text("\n".join(["recording,snr_db,interferers", *rows]) + "\n")
    use_small_networks(monkeypatch)
    monkeypatch.setattr(window_fields, "_PICTURED_WINDOWS", 2)
    runs = find_runs([root / "runs" / run_name("dualcamnet", 1), root / "runs" / run_name("hearnet_alpha_0_5", 1)])
    write_picture_data(folder, WindowReader(root / "own"), runs)
    embedding = pd.read_csv(folder / "embedding.csv")
    assert embedding.groupby(["system", "feature"]).size().unique().tolist() == [18]
    pictures = study_figures_main.draw(folder, root / "pictures", "HearNet, alpha 0.5")
    assert [picture.name for picture in pictures] == [
        f"own-{what}.png" for what in ("gain-alpha", "cmc", "gain-snr", "maps", "embedding")
    ]
    assert all(picture.stat().st_size > 5000 for picture in pictures)
    with open(folder / "snr.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    # Over alpha 0 and over the random teacher, of sound and of both, in three bins.
    assert len(rows) == 2 * 2 * 3
