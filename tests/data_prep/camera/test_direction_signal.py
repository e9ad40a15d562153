"""The signal of a direction: the source's own, cleared of noise by as much as there are microphones."""

import numpy as np
import pytest

from common.image_grid import unit_direction
from data_prep.array_geometry import ArrayGeometry
from data_prep.camera.direction_signal import DirectionSignal, delay_filters, level_spectrum_db, zero_padded
from tests.data_prep.camera.scenes import ARRAY, COLUMN, RATE, ROW, direction_of, source_and_noise

COUNT = 2 * RATE


def heard_towards(samples: np.ndarray, row: int, column: int, geometry: ArrayGeometry = ARRAY) -> np.ndarray:
    former = DirectionSignal(geometry, unit_direction(*direction_of(row, column)), RATE, 343.0)
    extent = (0, len(samples))
    read = zero_padded(lambda first, count: samples[first : first + count], extent, samples.shape[1])
    return former.signal(read, 0, len(samples))


def test_whole_and_half_delays_are_those_asked_for() -> None:
    filters, reach = delay_filters(np.array([3.0, -2.0, 0.5]))
    assert filters.shape == (2 * reach + 1, 3)
    assert filters[reach + 3, 0] == filters[reach - 2, 1] == 1.0
    assert np.abs(np.delete(filters[:, 0], reach + 3)).max() < 1e-12
    tone = np.sin(2 * np.pi * 0.2 * np.arange(400))
    late = np.convolve(tone, filters[:, 2])[reach:][:400]
    assert np.allclose(late[100:300], np.sin(2 * np.pi * 0.2 * (np.arange(100, 300) - 0.5)), atol=2e-3)


def test_without_noise_it_is_the_sources_sound() -> None:
    sound, heard, _ = source_and_noise(COUNT)
    found = heard_towards(heard, ROW, COLUMN)
    inner = slice(100, -100)
    assert np.sqrt(np.mean((found - sound)[inner] ** 2)) < 5e-3 * sound.std()


def test_the_ratio_of_source_to_noise_rises_by_the_number_of_microphones() -> None:
    """Noise of its own in each of M microphones falls to 1/M in their mean: 24 make 13.8 dB."""
    sound, heard, noise = source_and_noise(COUNT)
    before = heard[:, 0].var() / noise[:, 0].var()
    after = heard_towards(heard, ROW, COLUMN).var() / heard_towards(noise, ROW, COLUMN).var()
    # The fractional delays take a little off the noise next to the highest frequency.
    assert 10 * np.log10(after / before) == pytest.approx(13.8, abs=0.5)
    elsewhere = heard_towards(heard, 30, 5).var()
    assert 10 * np.log10(sound.var() / elsewhere) > 6


def test_blocks_and_dead_microphones_leave_no_seam() -> None:
    _, heard, _ = source_and_noise(COUNT)
    spoilt = heard.copy()
    spoilt[:, 5] = 1e6
    dead = ArrayGeometry(ARRAY.positions_m, (5,))
    former = DirectionSignal(dead, unit_direction(*direction_of(ROW, COLUMN)), RATE, 343.0)
    read = zero_padded(lambda first, count: spoilt[first : first + count], (0, COUNT), 24)
    whole = former.signal(read, 0, COUNT)
    assert np.abs(whole).max() < 1e4
    assert np.allclose(whole[8000:8400], former.signal(read, 8000, 400), atol=1e-2)


def test_a_full_scale_tone_is_zero_decibels_at_its_frequency() -> None:
    tone = 32767 * np.sin(2 * np.pi * 1200 * np.arange(RATE) / RATE)
    frequencies, levels = level_spectrum_db(tone, 32767, RATE)
    assert frequencies[levels.argmax()] == 1200
    assert levels.max() == pytest.approx(0, abs=0.01)
