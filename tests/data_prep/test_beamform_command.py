"""The command that beamforms one recording, as a user calls it; and the array cases where they are at hand."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from data_prep.array_geometry import aperiodic_array, write_geometry_csv
from data_prep.image_file import ARRAYS
from tests.data_prep.plane_waves import band_noise, free_field

ROOT = Path(__file__).parents[2]
SHARED = os.environ.get("ACOUSTIC_IMAGES_SHARED")


def beamform(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "data_prep.beamform_main", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.fixture
def recording(tmp_path: Path) -> list[str]:
    array = aperiodic_array(16, seed=1)
    write_geometry_csv(tmp_path / "mics.csv", array)
    samples = free_field(band_noise(5 * 1024 + 100, 1000, 5000, 1), array.positions_m, 20.0, -12.0)
    soundfile.write(tmp_path / "rec.wav", samples.astype(np.int16), 12288)
    return [f"--input={tmp_path}/rec.wav", f"--geometry={tmp_path}/mics.csv", f"--output={tmp_path}/out.npz"]


def test_the_command_writes_images_and_tells_the_peak(recording: list[str], tmp_path: Path) -> None:
    done = beamform(*recording, "--energy_band_hz=1000,5000")
    assert done.returncode == 0, done.stderr
    assert "5 frames; peak at azimuth +20" in done.stdout or "5 frames; peak at azimuth +19" in done.stdout
    with np.load(tmp_path / "out.npz", allow_pickle=False) as stored:
        assert stored.files == list(ARRAYS)
        assert stored["mfcc"].shape == (5, 36, 48, 12)
        assert stored["energy"].shape == (5, 36, 48)
        assert stored["mfcc"].dtype == stored["energy"].dtype == np.float32
        place = np.unravel_index(stored["energy"].sum(axis=0).argmax(), (36, 48))
        assert stored["azimuth_deg"][place] == pytest.approx(20.0, abs=1.3)
        assert stored["elevation_deg"][place] == pytest.approx(-12.0, abs=1.3)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: soundfile.write(folder / "rec.wav", np.ones((2000, 3)), 12288), "found 3 channels, wanted 16"),
        (lambda folder: soundfile.write(folder / "rec.wav", np.zeros((2000, 16)), 12288), "found silence"),
    ],
)
def test_bad_recordings_are_one_line_with_status_2(recording: list[str], tmp_path: Path, spoil, message: str) -> None:
    spoil(tmp_path)
    done = beamform(*recording)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.skipif(SHARED is None, reason="set ACOUSTIC_IMAGES_SHARED to the folder that holds array_cases")
@pytest.mark.parametrize(
    ("case", "source", "band"),
    [
        ("c1_anechoic_noise", 0, "500,6000"),
        ("c4_anechoic_two", 0, "600,2200"),
        ("c4_anechoic_two", 1, "2600,5400"),
    ],
)
def test_the_array_cases_peak_within_one_pixel_of_the_truth(tmp_path: Path, case: str, source: int, band: str) -> None:
    cases = Path(SHARED or "") / "array_cases"
    with np.load(cases / f"{case}.npz", allow_pickle=False) as stored:
        soundfile.write(tmp_path / "rec.wav", stored["x"].reshape(-1, 128), 12288, subtype="PCM_16")
        wanted = stored["row_col"][source]
    output = tmp_path / "out.npz"
    files = [f"--input={tmp_path}/rec.wav", f"--geometry={cases}/mics_xyz.csv", f"--output={output}"]
    done = beamform(*files, f"--energy_band_hz={band}")
    assert done.returncode == 0, done.stderr
    with np.load(output, allow_pickle=False) as stored:
        peak = np.unravel_index(stored["energy"].sum(axis=0).argmax(), (36, 48))
    assert np.abs(np.array(peak) - wanted).max() <= 1.0
