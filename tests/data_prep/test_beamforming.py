"""Beams point where the sound is: corners, two sources, noise, dead microphones, near field; and a slow twin."""

import dataclasses

import numpy as np
import pytest

from common.errors import AcousticImagesError
from common.image_grid import ImageGrid
from data_prep.array_geometry import ArrayGeometry, aperiodic_array
from data_prep.beam_options import PRECISIONS, BeamOptions
from data_prep.beamforming import Beamformer
from data_prep.mel_cepstrum import cepstrum, frame_spectra, mel_filters
from data_prep.signal_parameters import SignalParameters
from tests.data_prep.plane_waves import band_noise, free_field

PARAMETERS = SignalParameters()
ARRAY = aperiodic_array(40, seed=3)
FRAMES = 3


def recorded(
    sound: np.ndarray, azimuth: float, elevation: float, array: ArrayGeometry = ARRAY, **near: float
) -> np.ndarray:
    return free_field(sound, array.positions_m, azimuth, elevation, **near).reshape(FRAMES, 1024, -1)


def peak(energy: np.ndarray) -> tuple[int, int]:
    row, column = np.unravel_index(energy.sum(axis=0).argmax(), energy.shape[1:])
    return int(row), int(column)


def distance_to(found: tuple[int, int], azimuth: float, elevation: float) -> float:
    row, column = PARAMETERS.grid.pixel_of(azimuth, elevation)
    return float(np.hypot(found[0] - row, found[1] - column))


@pytest.mark.parametrize(("azimuth", "elevation"), [(-26.0, 19.0), (24.0, -17.0), (0.0, 0.0)])
def test_the_peak_is_where_the_source_is(azimuth: float, elevation: float) -> None:
    frames = recorded(band_noise(FRAMES * 1024, 900, 5500, 1), azimuth, elevation)
    images = Beamformer(ARRAY, PARAMETERS).images(frames)
    assert images.mfcc.shape == (FRAMES, 36, 48, 12)
    assert images.energy.dtype == images.mfcc.dtype == np.float32
    assert distance_to(peak(images.energy), azimuth, elevation) < 1


@pytest.mark.parametrize("options", [BeamOptions(weights="superdirective"), BeamOptions(focus_distance_m=50.0)])
def test_other_weights_point_there_too(options: BeamOptions) -> None:
    array = aperiodic_array(20, seed=3)
    frames = recorded(band_noise(FRAMES * 1024, 900, 5500, 1), 17, -12, array)
    assert distance_to(peak(Beamformer(array, PARAMETERS, options).images(frames).energy), 17, -12) < 1


def test_a_source_up_and_to_the_left_is_in_the_top_left_corner() -> None:
    images = Beamformer(ARRAY, PARAMETERS).images(recorded(band_noise(FRAMES * 1024, 2000, 5000, 2), -27, 18))
    row, column = peak(images.energy)
    assert row < 6
    assert column < 6


def test_two_sources_in_two_bands_are_told_apart_in_noise() -> None:
    low, high = band_noise(FRAMES * 1024, 600, 2200, 3), band_noise(FRAMES * 1024, 2600, 5400, 4)
    frames = recorded(low, -15, -8) + recorded(high, 15, 10)
    # Noise of each microphone at 0 dB against each source.
    frames = frames + 1000 * np.random.default_rng(5).standard_normal(frames.shape)
    for band, direction in (((600.0, 2200.0), (-15, -8)), ((2600.0, 5400.0), (15, 10))):
        parameters = dataclasses.replace(PARAMETERS, energy_band_hz=band)
        assert distance_to(peak(Beamformer(ARRAY, parameters).images(frames).energy), *direction) < 1.5


def test_dead_microphones_are_not_heard() -> None:
    frames = recorded(band_noise(FRAMES * 1024, 1000, 5000, 6), 12, 5)
    spoilt = frames.copy()
    spoilt[..., [3, 17]] = 1e5 * np.random.default_rng(7).standard_normal(spoilt[..., [3, 17]].shape)
    masked = Beamformer(dataclasses.replace(ARRAY, dead_microphones=(3, 17)), PARAMETERS)
    assert np.array_equal(masked.images(frames).energy, masked.images(spoilt).energy)
    assert distance_to(peak(masked.images(spoilt).energy), 12, 5) < 1


def test_a_near_source_needs_the_focus() -> None:
    frames = recorded(band_noise(FRAMES * 1024, 3000, 5500, 8), 10, -5, distance_m=0.6)
    bins = list(range(250, 450, 20))
    focused = Beamformer(ARRAY, PARAMETERS, BeamOptions(focus_distance_m=0.6)).power(frames, bins).sum(axis=1)
    assert distance_to(peak(focused), 10, -5) < 1
    assert focused.max() > 1.5 * Beamformer(ARRAY, PARAMETERS).power(frames, bins).sum(axis=1).max()


def test_any_geometry_works_and_loudness_is_the_sources() -> None:
    positions = np.random.default_rng(9).uniform(-0.2, 0.2, (24, 3))
    frames = recorded(band_noise(FRAMES * 1024, 1000, 5000, 10), -8, 9, ArrayGeometry(positions))
    power = Beamformer(ArrayGeometry(positions), PARAMETERS).power(frames, [200])[:, 0]
    assert distance_to(peak(power), -8, 9) < 2
    # Towards the source the mean over microphones is the source as the origin hears it.
    source = frame_spectra(frames)[:, 200].mean(axis=-1)
    assert power.max() >= np.abs(source).max() ** 2 * 0.8


def test_the_mirrored_halves_give_the_power_of_the_slow_twin() -> None:
    small = ArrayGeometry(ARRAY.positions_m[:7], dead_microphones=(2,))
    frames = np.random.default_rng(11).integers(-3000, 3000, (2, 1024, 7))
    found = Beamformer(small, PARAMETERS).power(frames, [40, 300])
    spectra = frame_spectra(frames)[:, [40, 300]][..., small.alive].astype(complex)
    leads = PARAMETERS.grid.directions() @ small.positions_m[small.alive].T / 343.0
    for number, frequency in enumerate((40 * 12.0, 300 * 12.0)):
        weights = np.exp(-2j * np.pi * frequency * leads) / 6
        wanted = np.abs(np.einsum("hwm,fm->fhw", weights, spectra[:, number])) ** 2
        assert np.allclose(found[:, number], wanted, rtol=2e-3, atol=1e-4 * wanted.max())


def test_images_are_the_cepstra_of_the_power_and_its_sum_over_the_band() -> None:
    frames = np.random.default_rng(12).integers(-3000, 3000, (1, 1024, 40))
    beamformer = Beamformer(ARRAY, PARAMETERS)
    power = beamformer.power(frames, list(range(512)))
    images = beamformer.images(frames)
    in_band = (np.arange(512) * 12.0 >= 500) & (np.arange(512) * 12.0 <= 6000)
    assert np.allclose(images.energy, power[:, in_band].sum(axis=1), rtol=1e-4)
    mel = np.einsum("fkhw,kb->fhwb", power, mel_filters(PARAMETERS))
    assert np.allclose(images.mfcc, cepstrum(mel), atol=2e-3)


@pytest.mark.parametrize("depth_m", [0.0, 0.02])
def test_fast_images_differ_by_less_than_their_bound(depth_m: float) -> None:
    """Planar arrays and others; the bound is that of the flag's help, where the coefficients spread by 20."""
    draw = np.random.default_rng(14)
    array = ArrayGeometry(ARRAY.positions_m + depth_m * draw.standard_normal((40, 1)) * [0, 0, 1])
    frames = 1e3 * recorded(band_noise(FRAMES * 1024, 300, 5900, 15), 20, -14, array)
    frames = frames + 1e5 * draw.standard_normal(frames.shape)
    exact, fast = (Beamformer(array, PARAMETERS, BeamOptions(precision=name)).images(frames) for name in PRECISIONS)
    assert exact.mfcc.std() > 10
    assert np.sqrt(np.mean((fast.mfcc - exact.mfcc) ** 2)) < 3e-3
    assert np.abs(fast.mfcc - exact.mfcc).max() < 0.1
    assert np.allclose(fast.energy, exact.energy, rtol=2e-4)


def test_any_geometry_gives_the_power_of_the_slow_twin() -> None:
    bent = ArrayGeometry(ARRAY.positions_m + np.arange(40)[:, None] * [0, 0, 1e-3])
    frames = np.random.default_rng(16).integers(-3000, 3000, (2, 1024, 40))
    bins = [30, 31, 47, 48, 400]
    found = Beamformer(bent, PARAMETERS).power(frames, bins)
    leads = PARAMETERS.grid.directions() @ bent.positions_m.T / 343.0
    for number, k in enumerate(bins):
        weights = np.exp(-2j * np.pi * 12.0 * k * leads) / 40
        wanted = np.abs(np.einsum("hwm,fm->fhw", weights, frame_spectra(frames)[:, k].astype(complex))) ** 2
        assert np.allclose(found[:, number], wanted, rtol=2e-3, atol=1e-4 * wanted.max())


def test_superdirective_beams_suppress_diffuse_noise_better() -> None:
    """Noise from all around at 300 Hz: the array is small against the wave, where delay-and-sum hardly points."""
    draw = np.random.default_rng(13)
    arrivals = draw.standard_normal((300, 3))
    arrivals /= np.linalg.norm(arrivals, axis=1, keepdims=True)
    phases = np.exp(2j * np.pi * 300 * arrivals @ ARRAY.positions_m.T / 343)
    spectra = (draw.standard_normal((400, 300)) + 1j * draw.standard_normal((400, 300))) @ phases
    time = np.arange(1024) / 12288
    frames = np.real(spectra[:, None] * np.exp(2j * np.pi * 300 * time)[None, :, None])
    noise = {
        kind: Beamformer(ARRAY, PARAMETERS, BeamOptions(weights=kind)).power(frames, [25]).mean()
        for kind in ("delay_and_sum", "superdirective")
    }
    assert noise["superdirective"] < 0.6 * noise["delay_and_sum"]


def test_wrong_shapes_and_options_are_told() -> None:
    with pytest.raises(AcousticImagesError, match=r"found shape \(1, 1024, 39\), wanted \[frames, 1024 samples, 40"):
        Beamformer(ARRAY, PARAMETERS).images(np.zeros((1, 1024, 39)))
    with pytest.raises(AcousticImagesError, match="weights: found 'best'"):
        BeamOptions(weights="best")
    with pytest.raises(AcousticImagesError, match="focus_distance_m: found -1, wanted above 0"):
        BeamOptions(focus_distance_m=-1)
    with pytest.raises(AcousticImagesError, match="'fast' with superdirective weights"):
        BeamOptions(weights="superdirective", precision="fast")


def test_the_pixel_map_is_the_pinholes() -> None:
    grid = ImageGrid(36, 48, 60.0)
    assert grid.focal_length == pytest.approx(24 / np.tan(np.radians(30)))
    azimuth, elevation = grid.azimuth_elevation_deg()
    rows, columns = grid.pixel_of(azimuth, elevation)
    assert np.allclose(rows, np.arange(36)[:, None])
    assert np.allclose(columns, np.arange(48)[None])
    # Worked in the array cases' own numbers: azimuth -17.3, elevation 9.6.
    assert [float(v) for v in grid.pixel_of(-17.3, 9.6)] == pytest.approx([10.13594904, 10.55262995], abs=1e-6)
