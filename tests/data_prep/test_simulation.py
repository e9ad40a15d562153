"""The simulation obeys physics: delays, spreading, reflections, coherence, peaks; and repeats itself byte for byte."""

import csv
import hashlib
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from common.errors import AcousticImagesError
from common.image_grid import unit_direction
from data_prep.array_geometry import aperiodic_array, read_geometry
from data_prep.beamforming import Beamformer
from data_prep.clip_folders import clip_groups
from data_prep.layouts import open_dataset
from data_prep.recordings import WindowRequest
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation import dataset as simulation
from data_prep.simulation.appearances import SILENT_THINGS, appearance_of
from data_prep.simulation.clips import clips_sound
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.dataset import simulate_dataset
from data_prep.simulation.noise import DiffuseField
from data_prep.simulation.picture import Picture
from data_prep.simulation.propagation import SoundPath, block_times_s, propagate
from data_prep.simulation.scene import Reflector, Scene, Trajectory, VisibleObject
from data_prep.simulation.sounds import SOUNDS, class_sound
from tests.data_prep.plane_waves import band_noise

RATE, SPEED = 12288, 343.0
PARAMETERS = SignalParameters()


def delayed(sound: np.ndarray, samples: float) -> np.ndarray:
    frequency = np.fft.rfftfreq(2 * len(sound))
    spectrum = np.fft.rfft(np.pad(sound, (0, len(sound)))) * np.exp(-2j * np.pi * frequency * samples)
    return np.fft.irfft(spectrum)[: len(sound)]


def test_a_still_source_arrives_with_exact_delays_and_spherical_spreading() -> None:
    sound = band_noise(8192, 200, 5000, 1)
    source, microphones = np.array([[1.0, 0.5, 3.0]]), np.array([[0.0, 0.0, 0.0], [0.25, -0.2, 0.0], [0.0, 0.0, 0.5]])
    heard = propagate([SoundPath(sound, source)], microphones, RATE, SPEED)
    distances = np.linalg.norm(source - microphones, axis=1)
    for microphone, distance in enumerate(distances):
        delay = (distance - np.linalg.norm(source)) / SPEED * RATE
        wanted = delayed(sound, delay) / distance
        inner = slice(200, -200)
        assert np.abs(heard[microphone] - wanted)[inner].max() < 2e-3 * np.abs(wanted).max()


def test_a_reflection_is_the_mirrored_sources_sound() -> None:
    ground = Reflector((0.0, 1.0, 0.0), -1.5, 0.4)
    assert np.allclose(ground.mirrored(np.array([[1.0, 0.5, 3.0]])), [[1.0, -3.5, 3.0]])
    sound = np.zeros(4096)
    sound[1000] = 1.0
    position = np.array([[0.0, 0.0, 3.0]])
    paths = [SoundPath(sound, position), SoundPath(sound, ground.mirrored(position), ground.gain)]
    heard = propagate(paths, np.zeros((1, 3)), RATE, SPEED)[0]
    echo = np.linalg.norm([0.0, 3.0, 3.0])
    place = 1000 + (echo - 3.0) / SPEED * RATE
    assert heard[1000] == pytest.approx(1 / 3, rel=1e-2)
    assert abs(np.abs(heard[1030:]).argmax() + 1030 - place) < 1
    # A fractional delay spreads over neighbours; their energy is the echo's.
    energy = (heard[1020:1250] ** 2).sum()
    assert energy == pytest.approx((0.4 / echo) ** 2, rel=2e-2)


def test_a_moving_source_shifts_its_pitch() -> None:
    """Straight away from the array at 1 m/s, a tone is heard lower by 1 / (1 + v / c)."""
    sound = np.sin(2 * np.pi * 500 * np.arange(24576) / RATE)
    times = block_times_s(len(sound), RATE)
    positions = np.stack([0 * times, 0 * times, 20.0 + times], axis=1)
    heard = propagate([SoundPath(sound, positions)], np.zeros((1, 3)), RATE, SPEED)[0, 4096:20480]
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 8 * len(heard)))
    found = spectrum.argmax() * RATE / (8 * len(heard))
    assert found == pytest.approx(500 / (1 + 1.0 / SPEED), abs=0.3)


def test_diffuse_noise_has_the_coherence_of_a_diffuse_field() -> None:
    microphones = np.array([[0.0, 0, 0], [0.1, 0, 0], [0.35, 0, 0]])
    noise = DiffuseField(microphones, RATE, SPEED).draw(40 * RATE, np.random.default_rng(2))
    assert noise.std() == pytest.approx(1.0, rel=0.05)
    frames = noise[:, : noise.shape[1] // 512 * 512].reshape(3, -1, 512) * np.hanning(512)
    spectra = np.fft.rfft(frames, axis=-1)[..., 4:200]
    cross = (spectra[0] * spectra[1:].conj()).mean(axis=1).real
    power = (np.abs(spectra) ** 2).mean(axis=1)
    frequency = np.arange(4, 200) * RATE / 512
    for pair, distance in enumerate((0.1, 0.35)):
        coherence = cross[pair] / np.sqrt(power[0] * power[pair + 1])
        assert np.abs(coherence - np.sinc(2 * frequency * distance / SPEED)).mean() < 0.05


@pytest.mark.parametrize("class_name", SOUNDS)
def test_every_class_sounds_and_never_twice_the_same(class_name: str) -> None:
    one, two = (class_sound(class_name, 2 * RATE, RATE, np.random.default_rng(seed)) for seed in (0, 1))
    again = class_sound(class_name, 2 * RATE, RATE, np.random.default_rng(0))
    assert np.array_equal(one, again)
    assert one.std() == pytest.approx(1.0)
    assert np.isfinite(one).all()
    assert abs(np.mean(one * two)) < 0.5


def test_the_object_is_drawn_where_the_source_is() -> None:
    place = Trajectory((-18.0, 10.0), (-18.0, 10.0), 4.0)
    scene = Scene(VisibleObject("ball", place, 0.6), 0, -20, 10, 30)
    here = next(Picture(scene, PARAMETERS, 360, 480, np.random.default_rng(1)).frames(1)).astype(int)
    there = Scene(VisibleObject("ball", Trajectory((15.0, -8.0), (15.0, -8.0), 4.0), 0.6), 0, -20, 10, 30)
    other = next(Picture(there, PARAMETERS, 360, 480, np.random.default_rng(1)).frames(1)).astype(int)
    difference = np.abs(here - other).sum(axis=2) > 60
    rows, columns = np.nonzero(difference[:, :240])
    row, column = PARAMETERS.grid.pixel_of(-18.0, 10.0)
    assert rows.mean() == pytest.approx((float(row) + 0.5) * 10 - 0.5, abs=4)
    assert columns.mean() == pytest.approx((float(column) + 0.5) * 10 - 0.5, abs=4)


def test_every_class_has_a_look_and_unknown_ones_their_own() -> None:
    for name in (*SOUNDS, *SILENT_THINGS):
        assert appearance_of(name).parts
    assert appearance_of("dog") == appearance_of("dog") != appearance_of("cat")


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("simulated") / "raw"
    simulate_dataset(config(output, workers=2))
    return output


def config(output: Path, **changes: object) -> SimulationConfig:
    settings = {"recordings_per_class": 1, "seconds": 2, "class_names": ("drill", "drone"), "snr_db": (15.0, 20.0)}
    return SimulationConfig(output, **{**settings, **changes})


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_and_is_resumed(simulated: Path, tmp_path: Path) -> None:
    again = config(tmp_path / "raw", workers=1)
    simulation._claim_folder(again)
    (tmp_path / "raw" / "drill" / "000.partial").mkdir(parents=True)
    simulate_dataset(again)
    assert digest(tmp_path / "raw") == digest(simulated)
    megabytes = sum(path.stat().st_size for path in simulated.rglob("*") if path.is_file()) / 1e6
    assert megabytes / 4 < 4.0
    with pytest.raises(AcousticImagesError, match="found another simulation"):
        simulate_dataset(config(tmp_path / "raw", seed=1))


def test_another_class_beside_it_does_not_change_a_recording(simulated: Path, tmp_path: Path) -> None:
    simulate_dataset(config(tmp_path / "raw", class_names=("drill", "drone", "boat")))
    for file in ("audio.wav", "truth.csv"):
        assert (tmp_path / "raw/drill/000" / file).read_bytes() == (simulated / "drill/000" / file).read_bytes()


def test_the_beamformer_finds_the_simulated_source(simulated: Path) -> None:
    beamformer = Beamformer(read_geometry(simulated / "microphones.csv"), PARAMETERS)
    for recording in ("drill", "drone"):
        samples, _ = soundfile.read(simulated / recording / "000/audio.wav", dtype="int16")
        energy = beamformer.images(samples.reshape(24, 1024, 128)[[2, 12, 22]]).energy
        with open(simulated / recording / "000/truth.csv", newline="") as file:
            truth = list(csv.DictReader(file))
        for image, number in zip(energy, (2, 12, 22), strict=True):
            peak = np.unravel_index(image.argmax(), image.shape)
            wanted = PARAMETERS.grid.pixel_of(
                float(truth[number]["azimuth_deg"]), float(truth[number]["elevation_deg"])
            )
            assert np.hypot(*(np.array(peak) - np.array(wanted))) < 2.5


def test_the_acivw_layout_is_what_its_reader_reads(tmp_path: Path) -> None:
    simulate_dataset(config(tmp_path / "raw", layout="acivw", class_names=("drone",), stored_images=True))
    dataset = open_dataset(tmp_path / "raw")
    assert dataset.layout == "acivw"
    (recording,) = dataset.recordings
    request = WindowRequest(frozenset({"acoustic_images", "acoustic_energy", "video"}), (0, 23))
    (window,) = dataset.windows(recording, request)
    images = Beamformer(aperiodic_array(), PARAMETERS).images(window.microphones.reshape(24, 1024, 128)[:2])
    assert np.allclose(window.mfcc[:2], images.mfcc, atol=1e-2)
    assert window.frames[0].shape == (480, 640, 3)


def test_real_clips_stay_in_one_group_and_short_ones_are_repeated(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "clips" / name).mkdir(parents=True)
        for number in range(2):
            tone = 0.3 * np.sin(2 * np.pi * (400 + 300 * number) * np.arange(16000) / 16000)
            soundfile.write(tmp_path / "clips" / name / f"{number}.wav", tone, 16000)
    sound = clips_sound([tmp_path / "clips/cat/0.wav"], 5 * RATE, RATE, np.random.default_rng(0))
    assert len(sound) == 5 * RATE
    assert np.abs(sound.reshape(-1, RATE // 4)).max(axis=1).min() > 0.5
    simulate_dataset(
        config(tmp_path / "raw", class_names=("cat", "dog"), sounds_dir=tmp_path / "clips", recordings_per_class=3)
    )
    groups = {recording.name: recording.split_group for recording in open_dataset(tmp_path / "raw").recordings}
    assert groups["cat/000"] == groups["cat/002"] == "cat/0.wav"
    assert groups["cat/001"] == "cat/1.wav"


def test_clips_of_one_source_stay_together_and_follow_each_other(tmp_path: Path) -> None:
    names = ["1-10-A", "1-20-A", "1-20-B", "1-30-A", "2-40-A"]
    groups = clip_groups([Path(f"{name}.ogg") for name in names], 2)
    assert [[clip.stem for clip in group] for group in groups] == [["1-10-A", "1-20-A", "1-20-B"], ["1-30-A", "2-40-A"]]
    for name, hertz in (("low", 400), ("high", 1600)):
        tone = np.pad(0.3 * np.sin(2 * np.pi * hertz * np.arange(16000) / 16000), 8000)
        soundfile.write(tmp_path / f"{name}.wav", tone, 16000)
    sound = clips_sound([tmp_path / "low.wav", tmp_path / "high.wav"], int(1.9 * RATE), RATE, np.random.default_rng(0))
    halves = np.abs(np.fft.rfft(sound[: 2 * RATE // 3])), np.abs(np.fft.rfft(sound[-2 * RATE // 3 :]))
    assert [half.argmax() * RATE / (2 * (len(half) - 1)) for half in halves] == pytest.approx([400, 1600], abs=2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seconds": 0}, "seconds: found 0, wanted at least 1"),
        ({"class_names": ("dog",)}, "classes: unknown class 'dog'; known: train"),
        ({"class_names": ("drone", "../x")}, "wanted different names of letters"),
        ({"snr_db": (9.0, 3.0)}, "snr_db: found 9.0,3.0"),
        ({"layout": "tape"}, "layout: found 'tape'"),
        ({"stored_images": True}, "mat: found the layout array"),
    ],
)
def test_settings_that_make_no_dataset_are_told(tmp_path: Path, changes: dict, message: str) -> None:
    with pytest.raises(AcousticImagesError, match=message):
        config(tmp_path, **changes)


def test_folders_of_clips_and_of_others_are_told(tmp_path: Path) -> None:
    (tmp_path / "clips" / "cat").mkdir(parents=True)
    with pytest.raises(AcousticImagesError, match="found no clip in cat"):
        simulate_dataset(config(tmp_path / "raw", class_names=("cat",), sounds_dir=tmp_path / "clips"))
    with pytest.raises(AcousticImagesError, match="found other files, wanted an empty folder"):
        simulate_dataset(config(tmp_path))


def test_directions_are_right_up_forward() -> None:
    assert unit_direction(90.0, 0.0) == pytest.approx([1, 0, 0], abs=1e-12)
    assert unit_direction(0.0, 90.0) == pytest.approx([0, 1, 0], abs=1e-12)


def test_videos_hold_one_frame_for_each_acoustic_image(simulated: Path) -> None:
    with av.open(str(simulated / "drone/000/video.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, float(stream.average_rate)) == (480, 360, 12.0)
        assert sum(1 for _ in container.decode(video=0)) == 24
