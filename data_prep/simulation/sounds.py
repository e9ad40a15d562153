"""The paper's ten classes as procedural sounds, every recording a machine of its own (paper 3, table 1)."""

from collections.abc import Callable, Iterable

import numpy as np

from data_prep.simulation.synthesis import (
    Generator,
    bursts,
    drift,
    harmonics,
    normalised,
    random_times,
    shaped_noise,
)

Synthesis = Callable[[int, int, Generator], np.ndarray]


def class_sound(class_name: str, num_samples: int, sample_rate_hz: int, generator: Generator) -> np.ndarray:
    """Return [num_samples] float64 of unit deviation, one of `SOUNDS`."""
    return normalised(SOUNDS[class_name](num_samples, sample_rate_hz, generator))


def _falling(count: int, exponent: float, generator: Generator, spread_db: float = 6.0) -> np.ndarray:
    """Return amplitudes n^-exponent with random deviations."""
    order = np.arange(1, count + 1)
    return order**-exponent * 10 ** (generator.uniform(-spread_db, spread_db, count) / 20)


def _mixed(parts: Iterable[np.ndarray]) -> np.ndarray:
    return np.sum(list(parts), axis=0)


def _train(n: int, rate: int, draw: Generator) -> np.ndarray:
    seconds, axles_hz = n / rate, draw.uniform(1.2, 2.4)
    firsts = np.arange(draw.uniform(0, 1 / axles_hz), seconds, 1 / axles_hz)
    joints = np.concatenate([firsts, firsts + draw.uniform(0.12, 0.2)])
    clacks = bursts(joints, n, rate, draw.uniform(250, 1400, 5), 0.03, draw)
    rumble = shaped_noise(n, rate, 60, draw.uniform(350, 700), draw, slope_db=3) * (1 + 0.3 * drift(n, rate, 0.7, draw))
    squeal = harmonics(draw.uniform(1800, 3200) * (1 + 0.01 * drift(n, rate, 0.3, draw)), rate, np.array([1.0]), draw)
    return normalised(clacks) * 1.2 + rumble + draw.uniform(0, 0.25) * squeal * (drift(n, rate, 0.8, draw) > 0)


def _boat(n: int, rate: int, draw: Generator) -> np.ndarray:
    firing = draw.uniform(28, 55) * (1 + 0.03 * drift(n, rate, 1.5, draw))
    engine = harmonics(firing, rate, _falling(24, 0.7, draw), draw)
    throb = 1 + 0.6 * np.sin(np.pi * np.cumsum(firing) / rate)
    water = shaped_noise(n, rate, 400, draw.uniform(1500, 2500), draw) * (1 + drift(n, rate, 0.5, draw)) ** 2
    return normalised(engine * throb) + draw.uniform(0.2, 0.5) * normalised(water)


def _drone(n: int, rate: int, draw: Generator) -> np.ndarray:
    blade_pass = draw.uniform(140, 260)
    common = 1 + 0.05 * drift(n, rate, 0.8, draw)
    rotors = _mixed(
        harmonics(
            blade_pass * draw.uniform(0.97, 1.03) * common * (1 + 0.01 * drift(n, rate, 0.2, draw)),
            rate,
            _falling(30, 0.5, draw),
            draw,
        )
        for _ in range(4)
    )
    return normalised(rotors) + 0.25 * shaped_noise(n, rate, 1500, 5000, draw)


def _fountain(n: int, rate: int, draw: Generator) -> np.ndarray:
    splash = shaped_noise(n, rate, draw.uniform(500, 900), draw.uniform(4000, 5500), draw, slope_db=1)
    drops = _mixed(
        bursts(random_times(draw.uniform(15, 40), n / rate, draw), n, rate, draw.uniform(900, 4200, 1), 0.006, draw)
        for _ in range(6)
    )
    return splash * (1 + 0.15 * drift(n, rate, 0.4, draw)) + draw.uniform(0.3, 0.8) * normalised(drops)


def _drill(n: int, rate: int, draw: Generator) -> np.ndarray:
    effort = np.clip(0.75 + 0.8 * drift(n, rate, 0.9, draw), 0.25, 1.0)
    gears = draw.uniform(330, 520) * (0.8 + 0.2 * effort)
    whine = harmonics(gears, rate, _falling(14, 0.25, draw, 8), draw)
    hammer_times = np.flatnonzero(np.diff(np.floor(np.cumsum(draw.uniform(22, 45) * effort) / rate))) / rate
    hammer = bursts(hammer_times, n, rate, draw.uniform(1200, 4500, 6), 0.006, draw)
    return effort * (normalised(whine) + draw.uniform(0.6, 1.4) * normalised(hammer))


def _razor(n: int, rate: int, draw: Generator) -> np.ndarray:
    buzz_hz = draw.choice([100.0, 120.0]) * draw.uniform(0.96, 1.04) * (1 + 0.004 * drift(n, rate, 0.5, draw))
    odd = np.where(np.arange(1, 46) % 2, 1.0, 0.15) * _falling(45, 0.45, draw)
    stubble = bursts(
        random_times(draw.uniform(60, 150), n / rate, draw), n, rate, draw.uniform(3500, 5400, 3), 3e-3, draw
    )
    contact = np.clip(drift(n, rate, 0.4, draw), 0, 1)
    return normalised(harmonics(buzz_hz, rate, odd, draw)) + 0.8 * contact * normalised(stubble)


def _hair_dryer(n: int, rate: int, draw: Generator) -> np.ndarray:
    air = shaped_noise(n, rate, draw.uniform(250, 500), draw.uniform(1800, 3200), draw, slope_db=2)
    fan_hz = draw.uniform(600, 1000) * (1 + 0.004 * drift(n, rate, 1.0, draw))
    fan = harmonics(fan_hz, rate, _falling(5, 1.2, draw, 3), draw)
    return air * (1 + 0.1 * drift(n, rate, 0.8, draw)) + draw.uniform(0.15, 0.4) * normalised(fan)


def _vacuum_cleaner(n: int, rate: int, draw: Generator) -> np.ndarray:
    strokes = drift(n, rate, draw.uniform(0.6, 1.2), draw)
    motor_hz = draw.uniform(300, 460) * (1 + 0.03 * strokes)
    motor = harmonics(motor_hz, rate, _falling(12, 0.9, draw, 5), draw)
    air = shaped_noise(n, rate, 120, draw.uniform(900, 1500), draw, slope_db=3) * (1 + 0.35 * strokes)
    return normalised(motor) + draw.uniform(0.8, 1.4) * air


def _shopping_cart(n: int, rate: int, draw: Generator) -> np.ndarray:
    seconds = n / rate
    wheel_hz = draw.uniform(3, 7)
    rattles = _mixed(
        bursts(random_times(draw.uniform(8, 25), seconds, draw), n, rate, draw.uniform(1400, 5200, 4), 0.02, draw)
        for _ in range(4)
    )
    bumps = bursts(np.arange(0, seconds, 1 / wheel_hz), n, rate, draw.uniform(150, 600, 3), 0.02, draw)
    ground = shaped_noise(n, rate, 200, draw.uniform(700, 1300), draw)
    swing = 1 + 0.5 * drift(n, rate, 0.3, draw)
    return swing * normalised(rattles) + 0.5 * normalised(bumps) + draw.uniform(0.3, 0.6) * ground


def _traffic(n: int, rate: int, draw: Generator) -> np.ndarray:
    time = np.arange(n) / rate
    sound = 0.3 * shaped_noise(n, rate, 80, 700, draw, slope_db=3)
    for passing_s in [*random_times(0.6, n / rate, draw), draw.uniform(0, n / rate)]:
        swell = 1 / (1 + ((time - passing_s) / draw.uniform(0.5, 1.5)) ** 2)
        tyres = shaped_noise(n, rate, draw.uniform(350, 600), draw.uniform(1100, 1800), draw, slope_db=3)
        engine_hz = draw.uniform(50, 110) * (1 - 0.05 * np.tanh((time - passing_s) * 2))
        sound += swell * (
            tyres + draw.uniform(0.3, 0.9) * normalised(harmonics(engine_hz, rate, _falling(16, 0.8, draw), draw))
        )
    return sound


SOUNDS: dict[str, Synthesis] = {
    "train": _train,
    "boat": _boat,
    "drone": _drone,
    "fountain": _fountain,
    "drill": _drill,
    "razor": _razor,
    "hair_dryer": _hair_dryer,
    "vacuum_cleaner": _vacuum_cleaner,
    "shopping_cart": _shopping_cart,
    "traffic": _traffic,
}
