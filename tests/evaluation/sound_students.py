"""A student with its first weights, as a finished run, and sounds to hear."""

from pathlib import Path

import numpy as np
import soxr

from common.atomic_files import write_json
from common.sealed_json import read_sealed_json
from data_prep.simulation.sounds import class_sound
from models.saved_networks import build_networks, save_networks

_SHIPPED = read_sealed_json(Path(__file__).parents[2] / "pretrained/student/network.json", "train again")
# Of an array's sound, which ends at 6 kHz: what deviates by 1700 in the lowest bin does by a millionth of it above.
MEAN, DEVIATION = np.array(_SHIPPED["spectrogram_mean"]), np.array(_SHIPPED["spectrogram_std"])
SEED = 4
ARRAY_RATE_HZ = 12288


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


def sounds_of_an_array() -> dict[str, np.ndarray]:
    """Return windows [44100] float32 at 22,050 Hz that hold nothing, or rounding, above 6 kHz."""
    draw = np.random.default_rng(0)
    narrow = {
        "noise": draw.standard_normal(2 * ARRAY_RATE_HZ),
        "drone": class_sound("drone", 2 * ARRAY_RATE_HZ, ARRAY_RATE_HZ, draw),
    }
    wide = {name: soxr.resample(sound, ARRAY_RATE_HZ, 22050, quality="HQ") for name, sound in narrow.items()}
    all_sounds = {**wide, "tone": tone(2, 22050), "offset": np.full(44100, 0.25)}
    return {name: sound.astype(np.float32) for name, sound in all_sounds.items()}
