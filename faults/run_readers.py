"""The readers of runs and of what is measured of them, as targets for fuzzing."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from common.file_hash import sha256_of_file
from common.sealed_json import write_sealed_json
from evaluation.embeddings import Embeddings, read_embeddings, write_embeddings
from evaluation.histories import read_history
from evaluation.measurements import Measurement, RecordingResult, read_measured
from evaluation.model_card import model_card
from evaluation.result_files import (
    DATASETS_FILE,
    merge_results,
    read_data_hashes,
    read_results,
    read_snr,
    write_data_hashes,
)
from evaluation.runs import read_run
from faults.reader import Reader, of_files, of_sealed_file
from faults.small_run import CONFIGURATION_HASH, SmallRun, write_small_run
from models.array_files import read_arrays, write_arrays
from models.saved_networks import CONFIG_FILE, NETWORK_FILE, RUN_FILE, read_network_description
from training.best_weights import restore_best
from training.checkpoints import CHECKPOINT_FOLDER, restore_latest
from training.history import HISTORY_FILE
from training.queue import STATE_FILE, Job, Queue, expected_seconds
from training.run_folder import claim_run_folder, is_finished


def _network(folder: Path) -> Reader:
    description = {
        "format_version": 1,
        "kind": "student",
        "networks": ["hearnet", "resnet18"],
        "seed": 0,
        "weights_sha256": "0" * 64,
        "options": {"num_classes": None, "input_reduction": 1},
    }
    content = json.dumps(description).encode()
    return Reader((content,), folder / NETWORK_FILE, lambda path: read_network_description(path.parent))


def _arrays(folder: Path) -> Reader:
    path = folder / "weights.npz"
    write_arrays(path, {"a/kernel": np.arange(6.0, dtype=np.float32).reshape(2, 3), "b": np.ones((), np.float32)})
    return of_files((path,), lambda path: read_arrays(path, sha256_of_file(path)))


def _checkpoint(folder: Path) -> Reader:
    run = write_small_run(folder)
    # There is none before it, so that damage is an error and not a warning.
    for path in run.newest.parent.glob("epoch-*00000001.*"):
        path.unlink()
    return of_sealed_file(
        run.newest, lambda path: restore_latest(folder, run.networks, run.optimizer, CONFIGURATION_HASH)
    )


def _best_weights(folder: Path) -> Reader:
    run = write_small_run(folder)
    return of_sealed_file(folder / CHECKPOINT_FOLDER / "best.json", lambda path: restore_best(folder, run.networks))


def _file_of_a_run(file: str, read: Callable[[SmallRun], object]) -> Callable[[Path], Reader]:
    def reader(folder: Path) -> Reader:
        run = write_small_run(folder)
        return of_sealed_file(folder / file, lambda path: read(run))

    return reader


def _history(folder: Path) -> Reader:
    write_small_run(folder)

    def read(path: Path) -> None:
        read_history(path)
        model_card(folder, {})

    return of_files((folder / HISTORY_FILE,), read)


def _queue(folder: Path) -> Reader:
    jobs = (Job("hearnet_alpha_0", 1), Job("hearnet_untrained", 1))
    head, rows = "run,experiment,seed,state,seconds,reason\n", "{0},hearnet_alpha_0,1,failed,12,because\n"
    (folder / STATE_FILE).write_text(head + rows.format(jobs[0].name), encoding="utf-8")

    def read(path: Path) -> None:
        expected_seconds(jobs, Queue(jobs, folder, lambda job: []).states)

    return of_files((folder / STATE_FILE,), read)


def _embeddings(folder: Path) -> Reader:
    count, nothing = np.arange(3), np.zeros((0, 0))
    features = {"audio": np.ones((3, 4), np.float32)}
    embeddings = Embeddings(features, count, count, count, nothing, nothing, nothing, nothing, "run-data")
    write_embeddings(folder / "test.npz", embeddings)
    return of_files((folder / "test.npz",), read_embeddings)


def _kept_measurements(folder: Path) -> Reader:
    path = folder / "own.json"
    rows = {"measurements": [("knn", "audio", 0.5)], "recordings": [("audio", "bell/0", 4, 3)]}
    write_sealed_json(path, {"identity": "run-data", **rows})
    names = {"trained_on": "own", "tested_on": "own", "system": "HearNet", "seed": 1}
    return of_sealed_file(path, lambda path: read_measured(path, "run-data", names))


def _measurements(folder: Path) -> Reader:
    path = folder / "measurements.csv"
    merge_results(path, Measurement, [Measurement("a", "b", "HearNet", 1, "knn", "audio", 0.5)])
    return of_files((path,), lambda path: read_results(path, Measurement))


def _recording_results(folder: Path) -> Reader:
    path = folder / "recordings.csv"
    merge_results(path, RecordingResult, [RecordingResult("a", "b", "HearNet", 1, "audio", "bell/0", 4, 3)])
    return of_files((path,), lambda path: read_results(path, RecordingResult))


def _data_hashes(folder: Path) -> Reader:
    write_data_hashes(folder, {"sim-acivw": "0f" * 32, "esc10": "a1" * 32})
    return of_files((folder / DATASETS_FILE,), read_data_hashes)


def _scenes(folder: Path) -> Reader:
    path = folder / "scenes.csv"
    path.write_text("recording,snr_db,interferers\nbell/000,5.5,1\n", encoding="utf-8")
    return of_files((path,), read_snr)


RUN_READERS: dict[str, Callable[[Path], Reader]] = {
    "network.json": _network,
    "weights.npz": _arrays,
    "checkpoint": _checkpoint,
    "best weights": _best_weights,
    "run.json": _file_of_a_run(RUN_FILE, lambda run: is_finished(run.folder)),
    "run.json, for a model card": _file_of_a_run(RUN_FILE, lambda run: model_card(run.folder, {})),
    "config.json, gone on with": _file_of_a_run(CONFIG_FILE, lambda run: claim_run_folder(run.config, run.identity)),
    "config.json, evaluated": _file_of_a_run(CONFIG_FILE, lambda run: read_run(run.folder)),
    "config.json, for a model card": _file_of_a_run(CONFIG_FILE, lambda run: model_card(run.folder, {})),
    "history.csv": _history,
    "queue.csv": _queue,
    "embeddings": _embeddings,
    "what was measured of a run": _kept_measurements,
    "measurements.csv": _measurements,
    "recordings.csv of results": _recording_results,
    "datasets.csv": _data_hashes,
    "scenes.csv": _scenes,
}
