"""A recording of claps at known places, as the array hears and the camera sees them, and what can go wrong with it."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import soundfile
import yaml

from common.image_grid import ImageGrid
from data_prep.array_geometry import ArrayGeometry, aperiodic_array, write_geometry_csv
from tests.data_prep.plane_waves import band_noise, free_field

RATE, SECONDS, FRAMES_PER_SECOND = 12288, 16, 25
HEIGHT, WIDTH, DISTANCE_M = 120, 160, 3.0
# (azimuth, elevation) degrees, going round without a symmetry.
PLACES = [(-20, 12), (15, 5), (22, -14), (-8, -15), (-24, -3), (10, 16), (3, -9)]
TIMES_S = np.cumsum(np.random.default_rng(5).uniform(0.5, 0.95, 21)) + 0.2
ARRAY = aperiodic_array(24, seed=3)


def sound() -> np.ndarray:
    """[samples, microphones] of claps in weak noise, full scale 1."""
    generator = np.random.default_rng(0)
    samples = 1e-3 * generator.standard_normal((RATE * SECONDS, ARRAY.num_microphones))
    for number, time in enumerate(TIMES_S):
        burst = np.zeros(2048)
        # Soft at its ends and without the highest frequencies: a delay by phases would ring before it begins.
        burst[512:900] = band_noise(388, 300, 5000, number) * np.hanning(388) ** 0.1 * np.exp(-np.arange(388) / 90)
        heard = free_field(1e-4 * burst, ARRAY.positions_m, *PLACES[number % len(PLACES)], distance_m=DISTANCE_M)
        start = round(time * RATE) - 512
        samples[start : start + 2048] += heard
    return samples


def pictures() -> list[np.ndarray]:
    """RGB frames: a disc shines up for 0.1 s where and when somebody claps."""
    grid, frames = ImageGrid(HEIGHT, WIDTH, 60.0), []
    for number in range(FRAMES_PER_SECOND * SECONDS):
        frame = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
        for clap, time in enumerate(TIMES_S):
            if 0 <= number / FRAMES_PER_SECOND - time < 0.1:
                row, column = grid.pixel_of(*PLACES[clap % len(PLACES)])
                cv2.circle(frame, (round(float(column)), round(float(row))), 7, (250, 240, 200), -1)
        frames.append(frame)
    return frames


def write_recording(
    folder: Path,
    samples: np.ndarray,
    frames: list[np.ndarray],
    array: ArrayGeometry = ARRAY,
) -> None:
    """Write a dataset of the one recording `clap/1`."""
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / "audio.wav", samples, RATE, subtype="PCM_16")
    with av.open(str(folder / "video.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "20"}
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
        container.mux(stream.encode())
    write_geometry_csv(folder / "microphones.csv", array)
    (folder / "recordings.csv").write_text("recording,class,audio,video\nclap/1,clap,audio.wav,video.mp4\n")
    description = {"sample_rate_hz": RATE, "classes": ["clap"], "geometry": "microphones.csv"}
    (folder / "dataset.yaml").write_text(yaml.safe_dump({**description, "recordings": "recordings.csv"}))


def swapped(samples: np.ndarray, *order: int) -> np.ndarray:
    """Let each of the channels carry what the next one should, round and round."""
    out = samples.copy()
    out[:, list(order)] = samples[:, [*order[1:], order[0]]]
    return out


def dead(samples: np.ndarray, channel: int) -> np.ndarray:
    out = samples.copy()
    out[:, channel] = 0
    return out


def noisy(samples: np.ndarray, channel: int, deviation: float) -> np.ndarray:
    out = samples.copy()
    out[:, channel] = deviation * np.random.default_rng(9).standard_normal(len(samples))
    return out


def late(samples: np.ndarray, seconds: float) -> np.ndarray:
    """Delay the sound against the video."""
    return np.concatenate([samples[: round(seconds * RATE)] * 0 + 1e-4, samples])[: len(samples)]


def early(samples: np.ndarray, seconds: float) -> np.ndarray:
    """Begin the sound later than the video: what is heard comes too early."""
    return samples[round(seconds * RATE) :]


def longer(samples: np.ndarray, part: float) -> np.ndarray:
    """Stretch the sound, as if it was sampled faster than the file says; a negative part: slower."""
    at = np.arange(int(len(samples) * (1 + part))) / (1 + part)
    return np.stack([np.interp(at, np.arange(len(samples)), channel) for channel in samples.T], axis=1)


def each(frames: list[np.ndarray], turn: Callable[[np.ndarray], np.ndarray]) -> list[np.ndarray]:
    return [turn(frame) for frame in frames]
