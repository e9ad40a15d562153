"""From a scene to what 128 microphones record."""

from dataclasses import dataclass

import numpy as np

from data_prep.array_geometry import ArrayGeometry
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.noise import DiffuseField, sensor_noise
from data_prep.simulation.propagation import SoundPath, block_times_s, propagate
from data_prep.simulation.scene import Scene, Trajectory
from data_prep.simulation.sounds import class_sound

# Interferers stand this far away, where the wave fronts are nearly plane.
_INTERFERER_DISTANCE_M = 8.0
_PCM16_FULL_SCALE = 32767.0
# A recording whose loudest sample would pass this part of full scale is turned down as a whole.
_HEADROOM = 0.9


@dataclass(frozen=True)
class Array:
    """The array with what is worked out once: the coherence of its diffuse field."""

    geometry: ArrayGeometry
    parameters: SignalParameters
    diffuse_field: DiffuseField

    @classmethod
    def of(cls, geometry: ArrayGeometry, parameters: SignalParameters) -> "Array":
        """Prepare an array."""
        rate, speed = parameters.sample_rate_hz, parameters.speed_of_sound_m_per_s
        return cls(geometry, parameters, DiffuseField(geometry.positions_m, rate, speed))


def microphone_signals(scene: Scene, sound: np.ndarray, array: Array, generator: np.random.Generator) -> np.ndarray:
    """Return the recording.

    Parameters
    ----------
    scene : Scene
        Who sounds where.
    sound : ndarray
        [samples] the source's sound, unit deviation.
    array : Array
        Where the microphones are.
    generator : numpy.random.Generator
        Draws the interferers' sounds and the noise.

    Returns
    -------
    ndarray
        [samples, microphones] int16.
    """
    parameters = array.parameters
    source = _heard(_source_paths(scene, sound, parameters.sample_rate_hz), array)
    loudness = float(source.std())
    heard = source
    for interferer in scene.interferers:
        other = class_sound(interferer.sound_class, len(sound), parameters.sample_rate_hz, generator)
        place = Trajectory(interferer.direction_deg, interferer.direction_deg, _INTERFERER_DISTANCE_M)
        disturbance = _heard([SoundPath(other, place.positions_m(np.zeros(1)))], array)
        heard += disturbance * _gain(loudness, interferer.snr_db, disturbance)
    diffuse = array.diffuse_field.draw(len(sound), generator)
    heard += diffuse * _gain(loudness, scene.diffuse_snr_db, diffuse)
    heard += sensor_noise(len(heard), len(sound), generator) * np.float32(loudness * 10 ** (-scene.sensor_snr_db / 20))
    scale = min(10 ** (scene.level_db / 20) / loudness, _HEADROOM / float(np.abs(heard).max()))
    return np.rint(heard.T * np.float32(scale * _PCM16_FULL_SCALE)).astype(np.int16)


def _source_paths(scene: Scene, sound: np.ndarray, sample_rate_hz: int) -> list[SoundPath]:
    trajectory = scene.source.trajectory
    times_s = np.zeros(1) if trajectory.is_still else block_times_s(len(sound), sample_rate_hz)
    positions = trajectory.positions_m(times_s * sample_rate_hz / len(sound))
    reflections = [SoundPath(sound, plane.mirrored(positions), plane.gain) for plane in scene.reflectors]
    return [SoundPath(sound, positions), *reflections]


def _heard(paths: list[SoundPath], array: Array) -> np.ndarray:
    parameters = array.parameters
    return propagate(paths, array.geometry.positions_m, parameters.sample_rate_hz, parameters.speed_of_sound_m_per_s)


def _gain(loudness: float, snr_db: float, disturbance: np.ndarray) -> np.float32:
    return np.float32(loudness * 10 ** (-snr_db / 20) / max(float(disturbance.std()), 1e-12))
