"""A recording with a source at a known pixel, and a device that hands over what it is told to."""

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from common.image_grid import ImageGrid
from data_prep.array_geometry import ArrayGeometry, aperiodic_array, write_geometry_csv
from data_prep.signal_parameters import SignalParameters
from tests.data_prep.plane_waves import band_noise, free_field
from tests.data_prep.trees import DESCRIPTION, write_pictures, write_video

RATE = 12288
ROW, COLUMN = 9, 34
ARRAY = aperiodic_array(24, seed=3)
NOISE_OVER_SOURCE = 2.0


def direction_of(row: int, column: int) -> tuple[float, float]:
    azimuth, elevation = SignalParameters().grid.azimuth_elevation_deg()
    return float(azimuth[row, column]), float(elevation[row, column])


def source_and_noise(num_samples: int, geometry: ArrayGeometry = ARRAY) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The source's sound [samples] at the origin, what the array hears of it, and noise of its own in each channel."""
    sound = band_noise(num_samples, 1000, 3000, 11)
    heard = free_field(sound, geometry.positions_m, *direction_of(ROW, COLUMN))
    noise = NOISE_OVER_SOURCE * sound.std() * np.random.default_rng(12).standard_normal(heard.shape)
    return sound, heard, noise


def write_wide_video(path: Path, frames: int) -> None:
    """Overwrite a video with one of 16:9, grey and a white disc where a camera of 60 degrees sees the source."""
    grid = ImageGrid(180, 320, SignalParameters().horizontal_fov_deg)
    row, column = (float(place) for place in grid.pixel_of(*direction_of(ROW, COLUMN)))
    rows, columns = np.ogrid[: grid.height, : grid.width]
    disc = (rows - row) ** 2 + (columns - column) ** 2 <= 8**2
    picture = np.where(disc[..., np.newaxis], 255, 90).astype(np.uint8).repeat(3, axis=2)
    write_pictures(path, [picture] * frames)


def write_recording(root: Path, seconds: int = 4, video: bool = True) -> Path:
    """Two recordings of one sound: `bell/0` in a folder of its own, and `bell_1`."""
    (root / "bell/0").mkdir(parents=True)
    (root / "dataset.yaml").write_text(DESCRIPTION, encoding="utf-8")
    write_geometry_csv(root / "microphones.csv", ARRAY)
    _, heard, noise = source_and_noise(seconds * RATE)
    for name in ("bell/0/audio.wav", "bell_1.wav"):
        soundfile.write(root / name, np.rint(heard + noise).astype(np.int16), RATE)
    if video:
        write_video(root / "bell/0/video.mp4", 12 * seconds)
    rows = f"bell/0,bell,bell/0/audio.wav,{'bell/0/video.mp4' if video else ''}\nbell_1,bell,bell_1.wav,\n"
    (root / "recordings.csv").write_text("recording,class,audio,video\n" + rows, encoding="utf-8")
    return root


class SimulatedDevice:
    """Has the interface of `sounddevice.InputStream`; `hand_over` stands for the driver's thread."""

    def __init__(self, **settings: Any) -> None:
        self.settings, self.state = settings, "opened"
        SimulatedDevice.last = self

    last: "SimulatedDevice"

    def start(self) -> None:
        self.state = "started"

    def stop(self) -> None:
        self.state = "stopped"

    def close(self) -> None:
        self.state = "closed"

    def hand_over(self, samples: np.ndarray, status: str = "") -> None:
        assert self.state == "started"
        self.settings["callback"](samples.astype(np.float32), len(samples), None, status)
