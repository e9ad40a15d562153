"""Building blocks of procedural sounds: drifting harmonics, shaped noise, bursts, swells."""

import numpy as np
import scipy.fft
import scipy.signal

Generator = np.random.Generator


def harmonics(
    frequency_hz: np.ndarray, sample_rate_hz: int, amplitudes: np.ndarray, generator: Generator
) -> np.ndarray:
    """Return a sum of harmonics of a fundamental that may drift.

    Parameters
    ----------
    frequency_hz : ndarray
        [samples] fundamental.
    sample_rate_hz : int
        Rate; harmonics above 0.47 of it are left out.
    amplitudes : ndarray
        Of harmonics 1, 2, ...; their phases are drawn.
    """
    highest = 0.47 * sample_rate_hz / frequency_hz.max()
    turn = np.exp(2j * np.pi * np.cumsum(frequency_hz) / sample_rate_hz)
    # Powers of one rotating pointer are its harmonics, and cheaper than a sine for each.
    pointer = np.ones_like(turn)
    sound = np.zeros(len(turn))
    for order, amplitude in enumerate(amplitudes, 1):
        if order <= highest:
            pointer *= turn
            phase = generator.uniform(0, 2 * np.pi)
            sound += amplitude * (np.cos(phase) * pointer.imag + np.sin(phase) * pointer.real)
    return sound


def shaped_noise(
    num_samples: int, sample_rate_hz: int, low_hz: float, high_hz: float, generator: Generator, slope_db: float = 0.0
) -> np.ndarray:
    """Return noise of unit deviation in a band with soft edges, falling by `slope_db` an octave."""
    spectrum = scipy.fft.rfft(generator.standard_normal(num_samples))
    frequency = np.maximum(scipy.fft.rfftfreq(num_samples, 1 / sample_rate_hz), 1.0)
    gain = 1 / np.sqrt(1 + (low_hz / frequency) ** 8) / np.sqrt(1 + (frequency / high_hz) ** 8)
    gain *= (frequency / np.sqrt(low_hz * high_hz)) ** (-slope_db / 6.02)
    return normalised(scipy.fft.irfft(spectrum * gain, num_samples))


def drift(num_samples: int, sample_rate_hz: int, slowest_s: float, generator: Generator) -> np.ndarray:
    """Return a smooth random curve of about -1..1 that changes within `slowest_s` seconds."""
    num_knots = max(4, int(num_samples / sample_rate_hz / slowest_s) + 3)
    knots = generator.uniform(-1, 1, num_knots)
    places = np.linspace(0, num_knots - 1, num_samples)
    left = places.astype(int).clip(max=num_knots - 2)
    blend = 0.5 - 0.5 * np.cos(np.pi * (places - left))
    return knots[left] * (1 - blend) + knots[left + 1] * blend


def bursts(
    times_s: np.ndarray,
    num_samples: int,
    sample_rate_hz: int,
    modes_hz: np.ndarray,
    decay_s: float,
    generator: Generator,
) -> np.ndarray:
    """Return struck resonances: at each time an impulse of random strength into decaying modes."""
    impulses = np.zeros(num_samples)
    places = (times_s * sample_rate_hz).astype(int)
    places = places[(places >= 0) & (places < num_samples)]
    np.add.at(impulses, places, generator.uniform(0.4, 1.0, len(places)))
    sound = np.zeros(num_samples)
    for mode_hz in modes_hz:
        radius = np.exp(-1 / (decay_s * generator.uniform(0.6, 1.4) * sample_rate_hz))
        angle = 2 * np.pi * mode_hz / sample_rate_hz
        poles = [1, -2 * radius * np.cos(angle), radius**2]
        sound += scipy.signal.lfilter([np.sin(angle)], poles, impulses) * generator.uniform(0.5, 1.0)
    return sound


def random_times(rate_hz: float, seconds: float, generator: Generator) -> np.ndarray:
    """Return the times of a Poisson process."""
    return generator.uniform(0, seconds, generator.poisson(rate_hz * seconds))


def normalised(sound: np.ndarray) -> np.ndarray:
    """Return the sound with mean 0 and deviation 1."""
    sound = sound - sound.mean()
    return sound / max(float(sound.std()), 1e-12)
