"""What the objects look like: parts in a square of -1..1 (x right, y down), each with one of the object's colours."""

from dataclasses import dataclass

import numpy as np

from common.errors import AcousticImagesError


@dataclass(frozen=True)
class Part:
    """A polygon, or an ellipse (centre, half axes), filled with colour number `colour`."""

    shape: str
    points: tuple[tuple[float, float], ...]
    colour: int


@dataclass(frozen=True)
class Appearance:
    """Parts from back to front, and the RGB colours (0..255) that they refer to."""

    parts: tuple[Part, ...]
    colours: tuple[tuple[int, ...], ...]


def _box(left: float, top: float, right: float, bottom: float, colour: int) -> Part:
    return Part("polygon", ((left, top), (right, top), (right, bottom), (left, bottom)), colour)


def _shape(points: list[tuple[float, float]], colour: int) -> Part:
    return Part("polygon", tuple(points), colour)


def _disc(x: float, y: float, radius: float, colour: int, flat: float = 1.0) -> Part:
    return Part("ellipse", ((x, y), (radius, radius * flat)), colour)


_DARK, _LIGHT = (40, 40, 45), (225, 225, 215)
_KNOWN = {
    "train": Appearance(
        (
            _box(-1, -0.35, 1, 0.35, 0),
            *(_box(-0.9 + 0.31 * n, -0.2, -0.68 + 0.31 * n, 0.05, 1) for n in range(6)),
            _box(-1, 0.12, 1, 0.2, 2),
            *(_disc(-0.75 + 0.5 * n, 0.4, 0.12, 3) for n in range(4)),
        ),
        ((150, 30, 35), (190, 220, 235), (230, 200, 60), _DARK),
    ),
    "boat": Appearance(
        (
            _shape([(-0.95, 0.1), (0.95, 0.1), (0.6, 0.55), (-0.7, 0.55)], 0),
            _box(-0.35, -0.25, 0.25, 0.1, 1),
            _shape([(0.0, -0.95), (0.05, -0.95), (0.05, -0.25), (0.0, -0.25)], 2),
            _shape([(0.08, -0.9), (0.6, -0.3), (0.08, -0.3)], 1),
        ),
        ((25, 70, 140), _LIGHT, (110, 75, 45)),
    ),
    "drone": Appearance(
        (
            _shape([(-0.75, -0.42), (0.75, 0.18), (0.7, 0.28), (-0.8, -0.32)], 0),
            _shape([(0.75, -0.42), (-0.75, 0.18), (-0.7, 0.28), (0.8, -0.32)], 0),
            *(_disc(x, y, 0.32, 1, 0.25) for x in (-0.72, 0.72) for y in (-0.45, 0.15)),
            _disc(0, -0.08, 0.25, 2),
            _disc(0, 0.14, 0.1, 3),
        ),
        (_DARK, (170, 175, 180), (70, 72, 78), (10, 10, 10)),
    ),
    "fountain": Appearance(
        (
            _disc(0, 0.7, 0.95, 0, 0.25),
            _disc(0, 0.66, 0.8, 1, 0.18),
            *(
                _shape([(0, -0.8), (0.06 + 0.28 * s, -0.4), (0.75 * s, 0.6), (0.55 * s, 0.6)], 2)
                for s in (-1, -0.45, 0.45, 1)
            ),
            _box(-0.06, -0.85, 0.06, 0.65, 2),
        ),
        ((135, 130, 120), (70, 140, 180), (220, 240, 250)),
    ),
    "drill": Appearance(
        (
            _box(-0.7, -0.4, 0.25, 0.0, 0),
            _shape([(-0.6, 0.0), (-0.2, 0.0), (-0.3, 0.8), (-0.7, 0.8)], 1),
            _shape([(0.25, -0.32), (0.5, -0.26), (0.5, -0.14), (0.25, -0.08)], 1),
            _box(0.5, -0.23, 1.0, -0.17, 2),
        ),
        ((235, 190, 20), (45, 45, 45), (175, 175, 180)),
    ),
    "razor": Appearance(
        (
            _shape([(-0.28, -0.4), (0.28, -0.4), (0.2, 0.95), (-0.2, 0.95)], 0),
            _box(-0.42, -0.85, 0.42, -0.4, 1),
            _disc(-0.2, -0.66, 0.16, 2),
            _disc(0.2, -0.66, 0.16, 2),
            _disc(0, 0.1, 0.1, 3),
        ),
        ((30, 35, 60), (185, 190, 200), (90, 95, 105), (60, 190, 210)),
    ),
    "hair_dryer": Appearance(
        (
            _disc(-0.2, -0.25, 0.55, 0),
            _shape([(0.1, -0.55), (0.95, -0.42), (0.95, -0.02), (0.1, 0.05)], 0),
            _shape([(-0.4, 0.2), (0.0, 0.2), (0.1, 0.95), (-0.25, 0.95)], 1),
            _disc(-0.2, -0.25, 0.28, 2),
        ),
        ((215, 60, 140), (60, 30, 60), (245, 190, 220)),
    ),
    "vacuum_cleaner": Appearance(
        (
            _disc(-0.45, 0.45, 0.5, 0, 0.75),
            _disc(-0.7, 0.75, 0.18, 2),
            _disc(-0.2, 0.75, 0.18, 2),
            _shape([(-0.2, 0.2), (0.3, -0.85), (0.42, -0.8), (-0.05, 0.3)], 1),
            _shape([(0.3, -0.85), (0.42, -0.8), (0.75, 0.7), (0.62, 0.72)], 2),
            _box(0.45, 0.68, 1.0, 0.85, 1),
        ),
        ((40, 140, 70), (120, 120, 125), _DARK),
    ),
    "shopping_cart": Appearance(
        (
            _shape([(-0.85, -0.5), (0.8, -0.3), (0.6, 0.3), (-0.6, 0.3)], 0),
            *(
                _shape(
                    [
                        (-0.7 + 0.28 * n, -0.45),
                        (-0.64 + 0.28 * n, -0.45),
                        (-0.52 + 0.22 * n, 0.28),
                        (-0.57 + 0.22 * n, 0.28),
                    ],
                    1,
                )
                for n in range(5)
            ),
            _box(-0.8, -0.2, 0.72, -0.14, 1),
            _box(-0.7, 0.05, 0.65, 0.1, 1),
            _shape([(-1.0, -0.62), (-0.75, -0.62), (-0.75, -0.5), (-1.0, -0.5)], 2),
            _disc(-0.45, 0.6, 0.14, 3),
            _disc(0.5, 0.6, 0.14, 3),
        ),
        ((150, 160, 170), (235, 240, 245), (225, 90, 20), _DARK),
    ),
    "traffic": Appearance(
        (
            _shape([(-0.55, -0.45), (0.4, -0.45), (0.7, -0.05), (-0.75, -0.05)], 1),
            _shape([(-1, -0.05), (0.95, -0.05), (1, 0.35), (-1, 0.35)], 0),
            _shape([(-0.48, -0.38), (-0.05, -0.38), (-0.05, -0.08), (-0.62, -0.08)], 2),
            _shape([(0.02, -0.38), (0.35, -0.38), (0.58, -0.08), (0.02, -0.08)], 2),
            _disc(-0.55, 0.38, 0.22, 3),
            _disc(0.55, 0.38, 0.22, 3),
            _disc(0.93, 0.1, 0.07, 4),
        ),
        ((70, 90, 170), (60, 78, 150), (170, 205, 220), _DARK, (250, 240, 160)),
    ),
    # Things that make no sound.
    "crate": Appearance(
        (_box(-0.8, -0.8, 0.8, 0.8, 0), _box(-0.8, -0.1, 0.8, 0.1, 1), _box(-0.1, -0.8, 0.1, 0.8, 1)),
        ((150, 110, 65), (105, 75, 40)),
    ),
    "ball": Appearance((_disc(0, 0, 0.8, 0), _disc(-0.25, -0.25, 0.25, 1)), ((200, 60, 50), (240, 150, 140))),
    "bush": Appearance(
        (_disc(-0.4, 0.2, 0.5, 0), _disc(0.4, 0.25, 0.5, 0), _disc(0, -0.2, 0.6, 1)), ((45, 95, 40), (60, 120, 50))
    ),
}
SILENT_THINGS = ("crate", "ball", "bush")


def appearance_of(name: str) -> Appearance:
    """Return what a class or thing looks like; one that is not known gets a look made from its name.

    Raises
    ------
    AcousticImagesError
        An empty name.
    """
    if not name:
        raise AcousticImagesError("appearance: found an empty name, wanted a class")
    return _KNOWN.get(name) or _from_name(name)


def _from_name(name: str) -> Appearance:
    generator = np.random.default_rng(list(name.encode()))
    colours = tuple((int(r), int(g), int(b)) for r, g, b in generator.integers(30, 235, (3, 3)))
    angles = np.sort(generator.uniform(0, 2 * np.pi, generator.integers(3, 8)))
    radii = generator.uniform(0.55, 0.95, len(angles))
    outline = [(float(r * np.cos(a)), float(r * np.sin(a))) for r, a in zip(radii, angles, strict=True)]
    marks = [
        _disc(float(x), float(y), float(r), 1 + n % 2)
        for n, (x, y, r) in enumerate(
            generator.uniform(0.1, 0.35, (4, 3)) * [1, 1, 0.8] * generator.choice([-1, 1], (4, 1)) ** [1, 1, 2]
        )
    ]
    return Appearance((_disc(0, 0, 0.5, 0), _shape(outline, 0), *marks), colours)
