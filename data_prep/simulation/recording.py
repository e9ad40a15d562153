"""One simulated recording: drawn from its own seed, so that neither its neighbours nor the workers matter."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_prep.simulation.appearances import SILENT_THINGS
from data_prep.simulation.clips import clips_sound
from data_prep.simulation.configuration import SimulationConfig
from data_prep.simulation.microphone_signals import Array, microphone_signals
from data_prep.simulation.picture import Picture
from data_prep.simulation.scene import Scene, draw_scene
from data_prep.simulation.sounds import SOUNDS, class_sound


@dataclass(frozen=True)
class Plan:
    """Which recording: its class, its number in the class, and the clips that it sounds of, if any.

    `split_group` keeps recordings of the same clips in one split; it is empty where each stands for itself.
    """

    class_name: str
    number: int
    clips: tuple[Path, ...] = ()
    split_group: str = ""

    @property
    def name(self) -> str:
        """Return "class/nnn"."""
        return f"{self.class_name}/{self.number:03d}"


@dataclass(frozen=True)
class SimulatedRecording:
    """What is written to disk.

    Attributes
    ----------
    scene : Scene
        What was drawn.
    microphones : ndarray
        [samples, microphones] int16.
    truth : ndarray
        [frames, 4] azimuth and elevation in degrees, distance in metres, radius in degrees, one row an acoustic frame.
    picture : Picture
        Draws the video.
    """

    scene: Scene
    microphones: np.ndarray
    truth: np.ndarray
    picture: Picture

    def frames(self) -> Iterator[np.ndarray]:
        """Yield the video's frames, one for each row of the truth."""
        return self.picture.frames(len(self.truth))


def simulate_recording(
    plan: Plan, config: SimulationConfig, array: Array, frame_height: int, frame_width: int
) -> SimulatedRecording:
    """Simulate one recording."""
    parameters = array.parameters
    generator = np.random.default_rng([config.seed, _number_of(plan.class_name), plan.number])
    num_samples = parameters.sample_rate_hz * config.seconds
    if plan.clips:
        sound = clips_sound(plan.clips, num_samples, parameters.sample_rate_hz, generator)
    else:
        sound = class_sound(plan.class_name, num_samples, parameters.sample_rate_hz, generator)
    scene = draw_scene(
        plan.class_name,
        tuple(name for name in (*SILENT_THINGS, *config.class_names) if name != plan.class_name),
        tuple(SOUNDS),
        parameters,
        config.snr_db,
        config.most_distractors,
        config.distance_m,
        generator,
    )
    microphones = microphone_signals(scene, sound, array, generator)
    picture = Picture(scene, parameters, frame_height, frame_width, generator)
    return SimulatedRecording(scene, microphones, _truth(scene, config.seconds * parameters.frames_per_second), picture)


def _number_of(class_name: str) -> int:
    """Return a number for a class that does not hang on the other classes."""
    return int.from_bytes(hashlib.sha256(class_name.encode()).digest()[:4], "little")


def _truth(scene: Scene, num_frames: int) -> np.ndarray:
    directions = scene.source.trajectory.directions_deg((np.arange(num_frames) + 0.5) / num_frames)
    rest = np.tile([scene.source.trajectory.distance_m, scene.source.radius_deg], (num_frames, 1))
    return np.concatenate([directions, rest], axis=1)
