"""What stands behind the camera: recordings by path, and a device's last seconds."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from common.errors import AcousticImagesError
from data_prep.beam_options import BeamOptions
from data_prep.camera.energy import EnergyImages
from data_prep.camera.source import DeviceSource, open_array, open_recording
from tests.data_prep.camera.scenes import ARRAY, COLUMN, RATE, ROW, SimulatedDevice, source_and_noise, write_recording

BAND = (1000.0, 3000.0)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_recording(tmp_path_factory.mktemp("camera") / "raw")


@pytest.mark.parametrize(("path", "name"), [("bell/0", "bell/0"), ("bell/0/audio.wav", "bell/0"), ("bell_1", "bell_1")])
def test_a_recording_is_found_by_its_folder_or_name(dataset: Path, path: str, name: str) -> None:
    source = open_recording(dataset / path)
    assert source.name == name
    assert source.extent() == (0, 4 * RATE)
    wanted, _ = soundfile.read(dataset / "bell_1.wav", dtype="int16")
    assert np.array_equal(source.samples(1000, 50), wanted[1000:1050])


@pytest.mark.parametrize(("path", "message"), [("bell/1", "found 0 recordings"), ("", "such as bell/0, bell_1")])
def test_no_recording_and_several_are_told(dataset: Path, path: str, message: str) -> None:
    with pytest.raises(AcousticImagesError, match=message):
        open_recording(dataset / path)


def test_a_folder_of_another_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(AcousticImagesError, match=r"found no dataset\.yaml there or above"):
        open_recording(tmp_path)


def test_the_energy_peaks_at_the_sources_pixel_in_its_band_and_nowhere_else(dataset: Path) -> None:
    energy = EnergyImages(open_recording(dataset / "bell/0"), BeamOptions(precision="fast"))
    assert energy.extent() == (0, 48)
    images = energy.images(5, 3, BAND)
    assert images.shape == (3, 36, 48)
    peaks = [np.unravel_index(image.argmax(), image.shape) for image in images]
    assert np.abs(np.array(peaks) - (ROW, COLUMN)).max() <= 1
    contrast = images.max(axis=(1, 2)) / np.median(images, axis=(1, 2))
    silent = energy.images(5, 3, (4000.0, 6000.0))
    assert (contrast > 3).all()
    assert (silent.max(axis=(1, 2)) / np.median(silent, axis=(1, 2)) < 3).all()


def test_images_do_not_hang_on_how_they_are_asked_for(dataset: Path) -> None:
    energy = EnergyImages(open_recording(dataset / "bell/0"), BeamOptions())
    together = energy.images(46, 2, BAND)
    assert np.allclose(together[1], energy.images(47, 1, BAND)[0], rtol=1e-4)
    with pytest.raises(AcousticImagesError, match="found no samples"):
        energy.images(47, 2, BAND)
    with pytest.raises(AcousticImagesError, match="without a frequency bin"):
        energy.images(0, 1, (1001.0, 1003.0))


def test_a_device_stands_in_for_the_recording(dataset: Path) -> None:
    source = DeviceSource(open_array(dataset), "Array 128", SimulatedDevice, kept_seconds=1.0)
    device = SimulatedDevice.last
    settings = {name: device.settings[name] for name in ("device", "samplerate", "channels", "dtype")}
    assert settings == {"device": "Array 128", "samplerate": RATE, "channels": 24, "dtype": "float32"}
    energy = EnergyImages(source, BeamOptions())
    assert energy.extent() == (0, 0)
    _, heard, noise = source_and_noise(2 * RATE, ARRAY)
    stream = (heard + noise).astype(np.float32) / 32768
    for start in range(0, len(stream), 700):
        device.hand_over(stream[start : start + 700], "input overflow" if start == 1400 else "")
    assert source.extent() == (RATE, 2 * RATE)
    assert source.num_overflows == 1
    assert np.array_equal(source.samples(RATE + 300, 5000), stream[RATE + 300 : RATE + 5300])
    assert energy.extent() == (12, 24)
    (image,) = energy.images(23, 1, BAND)
    assert np.abs(np.array(np.unravel_index(image.argmax(), image.shape)) - (ROW, COLUMN)).max() <= 1
    with pytest.raises(AcousticImagesError, match="found no samples"):
        source.samples(RATE - 1, 10)
    source.close()
    assert device.state == "closed"


def test_a_device_that_cannot_be_opened_is_told(dataset: Path) -> None:
    def none_there(**settings: object) -> None:
        raise ValueError("No input device matching 'Array'")

    with pytest.raises(AcousticImagesError, match="found no input of 24 channels at 12288 Hz"):
        DeviceSource(open_array(dataset), "Array", none_there)
