"""Free-field recordings for tests: exact delays by a phase shift of every bin of the whole signal."""

import numpy as np

from common.image_grid import unit_direction


def free_field(
    sound: np.ndarray,
    positions_m: np.ndarray,
    azimuth_deg: float,
    elevation_deg: float,
    *,
    distance_m: float | None = None,
    rate: int = 12288,
    speed: float = 343.0,
) -> np.ndarray:
    """[samples, microphones]; a plane wave, or a point source at a distance (without the spreading)."""
    direction = unit_direction(azimuth_deg, elevation_deg)
    if distance_m is None:
        leads = positions_m @ direction / speed
    else:
        leads = (distance_m - np.linalg.norm(distance_m * direction - positions_m, axis=1)) / speed
    spectrum = np.fft.rfft(sound)
    frequency = np.fft.rfftfreq(len(sound), 1 / rate)
    return np.fft.irfft(spectrum[:, None] * np.exp(2j * np.pi * frequency[:, None] * leads), len(sound), axis=0)


def band_noise(num_samples: int, low_hz: float, high_hz: float, seed: int, rate: int = 12288) -> np.ndarray:
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(num_samples))
    frequency = np.fft.rfftfreq(num_samples, 1 / rate)
    spectrum[(frequency < low_hz) | (frequency > high_hz)] = 0
    sound = np.fft.irfft(spectrum, num_samples)
    return 1000 * sound / sound.std()
