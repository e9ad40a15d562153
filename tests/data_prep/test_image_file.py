"""An image file holds what the whole recording gives at once, though it is written block by block."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from common.errors import AcousticImagesError
from data_prep import image_file
from data_prep.array_geometry import aperiodic_array
from data_prep.audio_files import open_audio
from data_prep.beamforming import Beamformer
from data_prep.signal_parameters import SignalParameters

PARAMETERS = SignalParameters()
BEAMFORMER = Beamformer(aperiodic_array(6), PARAMETERS)


def record(folder: Path, samples: np.ndarray) -> Path:
    soundfile.write(folder / "rec.wav", samples.astype(np.int16), PARAMETERS.sample_rate_hz)
    return folder / "rec.wav"


def test_blocks_make_the_file_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.random.default_rng(0).integers(-9000, 9000, (5 * 1024 + 700, 6))
    samples[100, 2] = 32767
    monkeypatch.setattr(image_file, "FRAMES_PER_BLOCK", 2)
    audio = open_audio(record(tmp_path, samples), None, 6)
    summary = image_file.beamform_recording(audio, tmp_path / "out.npz", BEAMFORMER, PARAMETERS)
    wanted = BEAMFORMER.images(samples[: 5 * 1024].reshape(5, 1024, 6))
    assert (summary.num_frames, summary.num_clipped) == (5, 1)
    assert np.allclose(summary.energy, wanted.energy.sum(axis=0), rtol=1e-5)
    with np.load(tmp_path / "out.npz", allow_pickle=False) as stored:
        assert set(stored) == {"mfcc", "energy", "azimuth_deg", "elevation_deg"}
        assert all(stored[name].dtype == np.float32 for name in stored)
        assert stored["mfcc"].shape == (5, 36, 48, 12)
        assert np.allclose(stored["mfcc"], wanted.mfcc, atol=1e-3)
        assert np.allclose(stored["energy"], wanted.energy, rtol=1e-5)


def test_silence_leaves_nothing_behind(tmp_path: Path) -> None:
    audio = open_audio(record(tmp_path, np.zeros((3 * 1024, 6))), None, 6)
    with pytest.raises(AcousticImagesError, match="found silence"):
        image_file.beamform_recording(audio, tmp_path / "out.npz", BEAMFORMER, PARAMETERS)
    assert [path.name for path in tmp_path.iterdir()] == ["rec.wav"]
