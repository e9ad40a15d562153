"""The parts of the check, on numbers worked out by hand."""

import numpy as np
import pytest

from data_prep.array_check.microphones import arrival_delays, measure_levels
from data_prep.array_check.moments import find_onsets
from data_prep.array_check.orientation import find_orientation, seen_at
from data_prep.array_check.placing import place_sounds
from data_prep.array_check.sync import find_sync
from tests.data_prep.array_check.claps import ARRAY


def test_onsets_are_where_the_level_jumps_not_where_it_stays_high() -> None:
    power = np.full(400, 1e-6)
    power[100:130] = 1.0
    power[300:304] = 0.1
    power[350:354] = 1e-4  # 40 dB below the loudest: too far
    np.testing.assert_allclose(find_onsets(power, 0.005), [100.5 * 0.005, 300.5 * 0.005])
    assert not len(find_onsets(np.zeros(400), 0.005))


def test_levels_tell_silence_and_noise_against_the_median() -> None:
    channels = np.ones((100, 5), np.float32)
    channels[:, 1] = 0.0
    channels[:, 2] = 0.001
    channels[:, 3] = 100.0
    levels = measure_levels(channels)
    assert levels.dead.tolist() == [False, True, True, False, False]
    assert levels.noisy.tolist() == [False, False, False, True, False]
    np.testing.assert_allclose(levels.overall_db[[0, 2, 3]], [0, -30, 20], atol=1e-3)


def test_delays_are_measured_to_a_tenth_of_a_sample() -> None:
    true = np.array([0.0, 3.25, -6.5, 1.0, -2.75])
    spectrum = np.fft.rfft(np.pad(np.random.default_rng(0).standard_normal(300), (100, 112)))
    phases = np.exp(-2j * np.pi * np.fft.rfftfreq(512)[:, None] * true)
    delays, likeness = arrival_delays(np.fft.irfft(spectrum[:, None] * phases, 512, axis=0)[None], 10000, 2e-3)
    np.testing.assert_allclose(delays[0] * 10000, true - np.median(true), atol=0.1)
    assert likeness.min() > 0.8


def test_a_source_is_placed_in_spite_of_strangers() -> None:
    direction = np.array([0.3, -0.2, np.sqrt(1 - 0.13)])
    distances = np.linalg.norm(2.0 * direction - ARRAY.positions_m, axis=1)
    delays = distances / 343.0
    delays[[4, 9]] += [4e-4, -6e-4]
    placing = place_sounds((delays - np.median(delays))[None], ARRAY.positions_m, 343.0)
    np.testing.assert_allclose(placing.directions[0], direction, atol=2e-3)
    assert np.flatnonzero(placing.strangers).tolist() == [4, 9]
    np.testing.assert_allclose(placing.misfits_s[0, [4, 9]], [4e-4, -6e-4], atol=1e-5)


def test_lag_and_drift_are_found_among_events_of_other_things() -> None:
    generator = np.random.default_rng(1)
    seen = np.cumsum(generator.uniform(0.5, 1.5, 40))
    heard = 0.25 + seen * 1.004
    others = generator.uniform(0, seen[-1], 10)
    sync = find_sync(heard[5:], np.sort(np.concatenate([seen, others])), 0.04)
    assert sync is not None
    assert sync.drift == pytest.approx(0.004, abs=4e-4)
    middle = heard[5:].mean()
    assert sync.lag_s == pytest.approx(middle - (middle - 0.25) / 1.004, abs=0.01)
    assert sync.matches == 35


def test_events_that_have_nothing_to_do_with_the_sound_tell_nothing() -> None:
    for seed in range(20):
        generator = np.random.default_rng(seed)
        assert find_sync(*(np.sort(generator.uniform(0, 20, 25)) for _ in range(2)), 0.04) is None


def test_a_picture_turned_clockwise_shows_the_right_below() -> None:
    right = np.array([0.5, 0.0, 0.5]) / np.sqrt(0.5)
    focal = 40 / np.tan(np.radians(30))
    np.testing.assert_allclose(seen_at(right, "as it is", 60, 80, 60.0), [29.5, 39.5 + focal])
    turned = seen_at(right, "turned by 90 degrees clockwise", 80, 60, 60.0)
    np.testing.assert_allclose(turned, [39.5 + focal, 29.5])


def test_claps_on_the_horizon_do_not_tell_top_from_bottom() -> None:
    maps, directions = [], []
    for tangent in (-0.4, -0.2, 0.3, 0.45):
        directions.append(np.array([tangent, 0.0, 1.0]) / np.hypot(tangent, 1))
        change = np.zeros((60, 80))
        row, column = seen_at(directions[-1], "as it is", 60, 80, 60.0)
        change[round(row), round(column)] = 1.0
        maps.append(change)
    found = find_orientation([*maps, None], np.array([*directions, directions[0]]), 60.0)
    assert found.fitting == ("as it is", "mirrored top to bottom")
    assert found.moments == 4
