"""Claps at known places: a healthy recording gets no complaint, and each fault is named."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from data_prep.array_check.measurements import measure
from data_prep.array_check.verdicts import OK, PROBLEM, UNKNOWN, verdicts_of
from data_prep.audio_files import open_audio
from data_prep.layouts.array import open_dataset
from data_prep.signal_parameters import SignalParameters
from tests.data_prep.array_check import claps
from tests.data_prep.trees import edit_text


@pytest.fixture(scope="module")
def sound() -> np.ndarray:
    return claps.sound()


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    return claps.pictures()


def check(folder: Path, samples: np.ndarray, frames: list[np.ndarray]) -> dict[str, tuple[str, str]]:
    """Return status and text of every check."""
    claps.write_recording(folder, samples, frames)
    return check_written(folder)


def check_written(folder: Path) -> dict[str, tuple[str, str]]:
    dataset = open_dataset(folder, SignalParameters(), None)
    assert dataset.geometry is not None
    audio = open_audio(dataset.files["clap/1"].audio, claps.RATE, claps.ARRAY.num_microphones)
    found = measure(audio, dataset.video("clap/1"), dataset.geometry, dataset.parameters)
    return {verdict.check: (verdict.status, verdict.text) for verdict in verdicts_of(found)}


def problems(verdicts: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {name: text for name, (status, text) in verdicts.items() if status == PROBLEM}


def test_a_healthy_recording_is_told_to_be_well(tmp_path: Path, sound: np.ndarray, pictures: list[np.ndarray]) -> None:
    verdicts = check(tmp_path, sound, pictures)
    assert {status for status, _ in verdicts.values()} == {OK}
    assert len(verdicts) == 5
    assert "heard from azimuth -24 to +22 and elevation -15 to +16 degrees" in verdicts["channel order"][1]


@pytest.mark.parametrize(
    ("spoil", "name", "words"),
    [
        (lambda x: claps.swapped(x, 3, 11), "channel order", "channels 3 and 11 are swapped"),
        (
            lambda x: claps.swapped(x, 3, 11, 7),
            "channel order",
            "3 (is microphone 11), 7 (is microphone 3), 11 (is microphone 7)",
        ),
        (lambda x: x[:, ::-1], "channel order", "when their order is reversed"),
        (
            lambda x: x[:, np.random.default_rng(0).permutation(x.shape[1])],
            "channel order",
            "another order than the geometry",
        ),
        (lambda x: claps.dead(x, 4), "microphones", "microphone 4 is dead"),
        (lambda x: claps.noisy(x, 4, 0.1), "microphones", "microphone 4 is far noisier"),
        # As loud as the others, claps and pauses taken together, but with a sound of its own.
        (lambda x: claps.noisy(x, 4, 2e-3), "microphones", "microphone 4 is without the sound that the others hear"),
        (lambda x: claps.late(x, 0.12), "sound and video", "after the picture"),
        (lambda x: claps.early(x, 0.2), "sound and video", "before the picture"),
        (lambda x: claps.longer(x, 0.005), "sample rate", "% longer than what is seen"),
        (lambda x: claps.longer(x, -0.005), "sample rate", "% less long than what is seen"),
    ],
)
def test_a_fault_of_the_sound_is_named_and_nothing_else(
    tmp_path: Path,
    sound: np.ndarray,
    pictures: list[np.ndarray],
    spoil: Callable[[np.ndarray], np.ndarray],
    name: str,
    words: str,
) -> None:
    told = problems(check(tmp_path, spoil(sound), pictures))
    assert set(told) == {name}
    assert words in told[name]


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (np.fliplr, "mirrored left to right"),
        (np.flipud, "mirrored top to bottom"),
        (lambda frame: np.rot90(frame, 2), "turned by 180 degrees"),
        (lambda frame: np.rot90(frame, -1), "turned by 90 degrees clockwise"),
        (np.rot90, "turned by 90 degrees anticlockwise"),
        (lambda frame: np.rot90(np.fliplr(frame), -1), "mirrored left to right and turned by 90 degrees clockwise"),
        (lambda frame: np.rot90(np.fliplr(frame)), "mirrored left to right and turned by 90 degrees anticlockwise"),
    ],
)
def test_a_turned_picture_is_named_and_nothing_else(
    tmp_path: Path,
    sound: np.ndarray,
    pictures: list[np.ndarray],
    turn: Callable[[np.ndarray], np.ndarray],
    words: str,
) -> None:
    told = problems(check(tmp_path, sound, claps.each(pictures, turn)))
    assert set(told) == {"picture"}
    assert f"the picture is {words} against the array" in told["picture"]


def test_the_lines_that_are_told_mend_a_late_turned_picture(
    tmp_path: Path, sound: np.ndarray, pictures: list[np.ndarray]
) -> None:
    frames = claps.each(pictures, lambda frame: np.rot90(frame, -1))
    told = problems(check(tmp_path, claps.early(sound, 0.3), frames))
    assert set(told) == {"sound and video", "picture"}
    lines = [line for text in told.values() for line in re.findall("`(.*?)`", text)]
    assert lines[1] == "video_orientation: turned by 90 degrees clockwise"
    assert float(lines[0].removeprefix("video_offset_s: ")) == pytest.approx(-0.3, abs=0.02)
    with open(tmp_path / "dataset.yaml", "a", encoding="utf-8") as description:
        description.write("\n".join(lines))
    verdicts = check_written(tmp_path)
    assert {status for status, _ in verdicts.values()} == {OK}
    # A wrong line is mended by what is told against it.
    edit_text(tmp_path / "dataset.yaml", lines[1], "video_orientation: turned by 90 degrees anticlockwise")
    again = problems(check_written(tmp_path))
    assert set(again) == {"picture"}
    assert "turned by 180 degrees" in again["picture"]
    assert f"`{lines[1]}`" in again["picture"]


def test_a_still_picture_tells_nothing(tmp_path: Path, sound: np.ndarray, pictures: list[np.ndarray]) -> None:
    verdicts = check(tmp_path, sound, pictures[:1] * len(pictures))
    told = {name: status for name, (status, _) in verdicts.items()}
    assert told == {
        "microphones": OK,
        "channel order": OK,
        "sound and video": UNKNOWN,
        "sample rate": UNKNOWN,
        "picture": UNKNOWN,
    }
