"""A recording of claps all over the picture, as one makes it to check an array: 128 microphones and a 16:9 camera."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import soundfile

from common.atomic_files import atomic_path
from common.image_grid import ImageGrid, unit_direction
from data_prep.array_geometry import aperiodic_array, write_geometry_csv
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.noise import sensor_noise
from data_prep.simulation.picture import background
from data_prep.simulation.propagation import SoundPath, block_times_s, propagate
from data_prep.simulation.writing import write_video

AUDIO_FILE, VIDEO_FILE, GEOMETRY_FILE = "clap.wav", "clap.mp4", "microphones.csv"
LEAST_SECONDS = 6
_SIZE, _FRAMES_PER_SECOND = (360, 640), 25
_DISTANCE_M = 3.0
# Degrees from the middle of the picture, at most: within what a 4:3 image shows of it.
_FARTHEST_DEG = (20.0, 13.0)
_PAUSE_S, _SEEN_S = (0.6, 1.1), 0.12
_DECAY_S, _CLAP_S = 0.007, 0.04
_LOUDEST, _NOISE = 0.5, 5e-4
_PCM16_FULL_SCALE = 32767.0


def write_claps(folder: Path, seconds: int, seed: int) -> int:
    """Write sound, video and geometry of one recording; the same seed gives the same bytes.

    Returns
    -------
    int
        How many claps it holds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    generator, geometry, parameters = np.random.default_rng(seed), aperiodic_array(), SignalParameters()
    times_s = np.cumsum(generator.uniform(*_PAUSE_S, 2 * seconds))
    times_s = times_s[times_s < seconds - 0.5]
    places_deg = generator.uniform(-1, 1, (len(times_s), 2)) * _FARTHEST_DEG
    samples = _heard(times_s, places_deg, seconds, geometry.positions_m, parameters, generator)
    with atomic_path(folder / AUDIO_FILE) as partial:
        soundfile.write(partial, samples, parameters.sample_rate_hz, subtype="PCM_16", format="WAV")
    pictures = _seen(times_s, places_deg, seconds, parameters.horizontal_fov_deg, generator)
    with atomic_path(folder / VIDEO_FILE) as partial:
        write_video(partial, pictures, _SIZE, _FRAMES_PER_SECOND)
    write_geometry_csv(folder / GEOMETRY_FILE, geometry)
    return len(times_s)


def _heard(
    times_s: np.ndarray,
    places_deg: np.ndarray,
    seconds: int,
    microphones_m: np.ndarray,
    parameters: SignalParameters,
    generator: np.random.Generator,
) -> np.ndarray:
    """Return [samples, microphones] int16: bursts of noise that die away, in noise of each microphone's own."""
    rate, length = parameters.sample_rate_hz, round(_CLAP_S * parameters.sample_rate_hz)
    sound = np.zeros(seconds * rate)
    for time in times_s:
        burst = generator.standard_normal(length) * np.exp(-np.arange(length) / rate / _DECAY_S)
        sound[round(time * rate) :][:length] += burst
    # Whoever claps has gone to the next place by the middle of the pause.
    clap_of_block = np.abs(block_times_s(len(sound), rate)[:, np.newaxis] - times_s).argmin(axis=1)
    places_m = _DISTANCE_M * unit_direction(*places_deg[clap_of_block].T)
    heard = propagate([SoundPath(sound, places_m)], microphones_m, rate, parameters.speed_of_sound_m_per_s)
    heard *= np.float32(_LOUDEST / np.abs(heard).max())
    heard += np.float32(_NOISE) * sensor_noise(len(heard), len(sound), generator)
    return np.rint(heard.T * np.float32(_PCM16_FULL_SCALE)).astype(np.int16)


def _seen(
    times_s: np.ndarray, places_deg: np.ndarray, seconds: int, fov_deg: float, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield the frames: two hands where and while somebody claps."""
    height, width = _SIZE
    empty, grid = background(height, width, generator), ImageGrid(height, width, fov_deg)
    for number in range(seconds * _FRAMES_PER_SECOND):
        frame = empty.copy()
        since_s = number / _FRAMES_PER_SECOND - times_s
        for clap in np.flatnonzero((since_s >= 0) & (since_s < _SEEN_S)):
            row, column = (float(place) for place in grid.pixel_of(*places_deg[clap]))
            for side in (-1, 1):
                centre = (round(column + 6 * side), round(row))
                cv2.ellipse(frame, centre, (7, 16), 12 * side, 0, 360, (240, 200, 170), -1, cv2.LINE_AA)
        yield frame
