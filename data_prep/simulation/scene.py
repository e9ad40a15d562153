"""What a simulated recording consists of, drawn from a seed: who sounds where, what reflects, what disturbs."""

from dataclasses import dataclass, field

import numpy as np

from common.image_grid import unit_direction
from data_prep.signal_parameters import SignalParameters

# Largest half width of the class's object, metres: what the paper's ten things measure, within what a picture holds.
OBJECT_RADIUS_M = (0.35, 0.9)
_EDGE_MARGIN = 0.72
# Places where recordings are made; all classes are recorded at all of them, so that a place does not tell the class.
NUM_SITES = 6


@dataclass(frozen=True)
class Trajectory:
    """A place that moves evenly between two directions at one distance.

    Attributes
    ----------
    start_deg, end_deg : tuple of float
        Azimuth and elevation at the recording's start and end.
    distance_m : float
        From the array's centre.
    """

    start_deg: tuple[float, float]
    end_deg: tuple[float, float]
    distance_m: float

    @property
    def is_still(self) -> bool:
        """Whether it does not move."""
        return self.start_deg == self.end_deg

    def directions_deg(self, fractions: np.ndarray) -> np.ndarray:
        """Return [n, 2] azimuth and elevation at fractions 0..1 of the recording."""
        start, end = np.array(self.start_deg), np.array(self.end_deg)
        return start + np.clip(fractions, 0, 1)[:, np.newaxis] * (end - start)

    def positions_m(self, fractions: np.ndarray) -> np.ndarray:
        """Return [n, 3] metres."""
        directions = self.directions_deg(fractions)
        return self.distance_m * unit_direction(directions[:, 0], directions[:, 1])


@dataclass(frozen=True)
class Reflector:
    """A plane: points x with normal . x = offset; it reflects with a gain."""

    normal: tuple[float, float, float]
    offset_m: float
    gain: float

    def mirrored(self, positions_m: np.ndarray) -> np.ndarray:
        """Return the mirror images of positions [n, 3]."""
        normal = np.array(self.normal)
        return positions_m - 2 * (positions_m @ normal - self.offset_m)[:, np.newaxis] * normal


@dataclass(frozen=True)
class Interferer:
    """Another sound, out of the picture, at a level below the source's."""

    sound_class: str
    direction_deg: tuple[float, float]
    snr_db: float


@dataclass(frozen=True)
class VisibleObject:
    """A thing in the picture.

    Attributes
    ----------
    appearance : str
        Name of what it looks like.
    trajectory : Trajectory
        Where it is.
    radius_m : float
        Half its width.
    """

    appearance: str
    trajectory: Trajectory
    radius_m: float

    @property
    def radius_deg(self) -> float:
        """Half the angle under which it is seen."""
        return float(np.degrees(np.arctan(self.radius_m / self.trajectory.distance_m)))


@dataclass(frozen=True)
class Scene:
    """Everything about one recording but its sound waves and pixels; `site` is the number of its background."""

    source: VisibleObject
    site: int
    level_db: float
    diffuse_snr_db: float
    sensor_snr_db: float
    reflectors: tuple[Reflector, ...] = field(default=())
    interferers: tuple[Interferer, ...] = field(default=())
    distractors: tuple[VisibleObject, ...] = field(default=())

    @property
    def snr_db(self) -> float:
        """Ratio of the source to all that disturbs: diffuse noise, sensors and interferers, dB."""
        ratios = [self.diffuse_snr_db, self.sensor_snr_db, *(other.snr_db for other in self.interferers)]
        return float(-10 * np.log10(sum(10 ** (-ratio / 10) for ratio in ratios)))


def draw_scene(
    class_name: str,
    other_appearances: tuple[str, ...],
    interfering_sounds: tuple[str, ...],
    parameters: SignalParameters,
    snr_db: tuple[float, float],
    most_distractors: int,
    distance_m: tuple[float, float],
    generator: np.random.Generator,
) -> Scene:
    """Draw a scene.

    Parameters
    ----------
    class_name : str
        Of the source.
    other_appearances : tuple of str
        What silent distractors may look like.
    interfering_sounds : tuple of str
        What may be heard from outside the picture.
    parameters : SignalParameters
        The field of view.
    snr_db : tuple of float
        Lowest and highest ratio of source to diffuse noise.
    most_distractors : int
        Silent objects in the picture, at most; their number is drawn.
    distance_m : tuple of float
        Nearest and farthest that an object is.
    generator : numpy.random.Generator
        Decides everything.
    """
    source = _draw_object(class_name, parameters, distance_m, generator, may_move=True)
    return Scene(
        source=source,
        site=int(generator.integers(NUM_SITES)),
        level_db=generator.uniform(-32, -20),
        diffuse_snr_db=generator.uniform(*snr_db),
        sensor_snr_db=generator.uniform(25, 40),
        reflectors=_draw_reflectors(generator),
        interferers=tuple(
            Interferer(
                str(generator.choice(interfering_sounds)),
                (float(generator.choice([-1, 1]) * generator.uniform(45, 120)), generator.uniform(-10, 30)),
                generator.uniform(snr_db[0] + 3, snr_db[1] + 3),
            )
            for _ in range(generator.integers(0, 3))
        ),
        distractors=tuple(
            _draw_object(str(generator.choice(other_appearances)), parameters, distance_m, generator, may_move=False)
            for _ in range(generator.integers(0, most_distractors + 1))
        ),
    )


def _draw_object(
    appearance: str,
    parameters: SignalParameters,
    distance_range_m: tuple[float, float],
    generator: np.random.Generator,
    may_move: bool,
) -> VisibleObject:
    radius_m, distance_m = generator.uniform(*OBJECT_RADIUS_M), generator.uniform(*distance_range_m)
    start = _draw_direction(parameters, generator)
    moves = may_move and generator.random() < 0.5
    end = _draw_direction(parameters, generator) if moves else start
    return VisibleObject(appearance, Trajectory(start, end, distance_m), radius_m)


def _draw_direction(parameters: SignalParameters, generator: np.random.Generator) -> tuple[float, float]:
    """Draw azimuth and elevation within the picture, away from its edges."""
    right, up = (generator.uniform(-_EDGE_MARGIN, _EDGE_MARGIN, 2) / 2) * (
        parameters.image_width,
        parameters.image_height,
    )
    azimuth = np.degrees(np.arctan2(right, parameters.grid.focal_length))
    elevation = np.degrees(np.arctan2(up, np.hypot(right, parameters.grid.focal_length)))
    return float(azimuth), float(elevation)


def _draw_reflectors(generator: np.random.Generator) -> tuple[Reflector, ...]:
    """Draw the ground below, and perhaps a wall to one side; a reflection arrives within 30 ms of the direct sound."""
    ground = Reflector((0.0, 1.0, 0.0), -generator.uniform(1.0, 1.8), generator.uniform(0.2, 0.5))
    if generator.random() < 0.5:
        return (ground,)
    side = float(generator.choice([-1, 1]))
    return ground, Reflector((side, 0.0, 0.0), generator.uniform(4.0, 6.0), generator.uniform(0.2, 0.5))
