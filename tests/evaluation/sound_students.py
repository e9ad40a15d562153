"""A student with its first weights, as a finished run, and sounds to hear."""

from pathlib import Path

import numpy as np

from common.atomic_files import write_json
from models.saved_networks import build_networks, save_networks

MEAN, DEVIATION = np.linspace(1, 2, 257), np.linspace(50, 60, 257)
SEED = 4


def write_student(folder: Path) -> Path:
    statistics = (MEAN.tolist(), DEVIATION.tolist())
    networks = build_networks("student", seed=SEED)
    save_networks(
        folder, networks, kind="student", seed=SEED, configuration_hash="c", spectrogram_statistics=statistics
    )
    write_json(folder / "run.json", {"finished": True, "manifest_hash": "m", "tensorflow_version": "2.15.1"})
    write_json(folder / "config.json", {"configuration": {"alpha": 0.5, "preset": "demo", "data_dir": "d"}})
    return folder


def tone(seconds: float, rate: int, hertz: float = 440.0) -> np.ndarray:
    return 0.4 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
