"""The cepstrum: the authors' filters, hand-worked coefficients, and where python_speech_features agrees."""

from pathlib import Path

import numpy as np
import pytest
import scipy.fft
from python_speech_features import lifter

from data_prep.mel_cepstrum import ENERGY_FLOOR, cepstral_basis, cepstrum, frame_spectra, mel_filters
from data_prep.signal_parameters import SignalParameters

FIXTURE = Path(__file__).parents[1] / "fixtures" / "mfcc_seed0.npz"


def test_filters_are_the_authors() -> None:
    with np.load(FIXTURE, allow_pickle=False) as stored:
        assert np.allclose(mel_filters(SignalParameters()), stored["filters"], atol=1e-6)


def test_basis_is_the_orthonormal_cosine_transform_liftered() -> None:
    logarithms = np.random.default_rng(0).standard_normal((5, 24))
    wanted = lifter(scipy.fft.dct(logarithms, type=2, axis=1, norm="ortho")[:, :13], L=22)[:, 1:]
    assert np.allclose(logarithms @ cepstral_basis(24, 12), wanted, atol=1e-5)


def test_equal_bands_have_no_cepstrum_and_silence_meets_the_floor() -> None:
    assert cepstrum(np.full((2, 24), 7.0)) == pytest.approx(np.zeros((2, 12)), abs=1e-5)
    energies = np.zeros(24)
    energies[0] = np.e * ENERGY_FLOOR
    # ln differs by 1 in band 0 alone: c1 is cos(pi/48) sqrt(1/12) times its lifter.
    wanted = np.cos(np.pi / 48) * np.sqrt(1 / 12) * (1 + 11 * np.sin(np.pi / 22))
    assert cepstrum(energies)[0] == pytest.approx(wanted, abs=1e-5)


def test_a_sine_falls_into_its_bin() -> None:
    frame = np.sin(2 * np.pi * 100 * np.arange(1024) / 1024)[:, None]
    spectrum = frame_spectra(frame)
    assert spectrum.shape == (512, 1)
    assert np.abs(spectrum[:, 0]).argmax() == 100


def test_other_rates_have_no_triangle_above_half_of_them() -> None:
    parameters = SignalParameters.of_rate(8000, frame_length=512)
    assert parameters.mel_top_hz == 4000
    filters = mel_filters(parameters)
    assert filters.shape == (256, 24)
    assert (filters.max(axis=0) == 1).all()
    assert SignalParameters.of_rate(12288) == SignalParameters()
