"""Renders a scene's video: textured background, objects at the places where the pinhole camera sees them."""

from collections.abc import Iterator

import cv2
import numpy as np

from common.image_grid import ImageGrid
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.appearances import Appearance, appearance_of
from data_prep.simulation.scene import Scene, VisibleObject

_SUBPIXEL_BITS = 4
_NOISE_FRAMES = 4


class Picture:
    """Draws the frames of one scene.

    Parameters
    ----------
    scene : Scene
        What is where.
    parameters : SignalParameters
        The field of view, which the acoustic image shares.
    height, width : int
        Of the video.
    generator : numpy.random.Generator
        Draws the light, colours and sensor noise; the background is that of the scene's site.
    """

    def __init__(
        self, scene: Scene, parameters: SignalParameters, height: int, width: int, generator: np.random.Generator
    ) -> None:
        self._grid = ImageGrid(height, width, parameters.horizontal_fov_deg)
        self._background = background(height, width, np.random.default_rng(scene.site))
        self._noise = np.rint(generator.normal(0, 3, (_NOISE_FRAMES, height, width, 3))).astype(np.int16)
        self._brightness = generator.uniform(0.8, 1.1)
        # Farther things are covered by nearer ones.
        things = sorted((*scene.distractors, scene.source), key=lambda thing: -thing.trajectory.distance_m)
        self._things = [(thing, _dressed(appearance_of(thing.appearance), generator)) for thing in things]

    def frames(self, count: int) -> Iterator[np.ndarray]:
        """Yield `count` RGB frames [height, width, 3] uint8, evenly over the recording."""
        for number in range(count):
            frame = self._background.copy()
            fraction = np.array([(number + 0.5) / count])
            for thing, look in self._things:
                self._draw(frame, thing, look, fraction)
            frame = cv2.convertScaleAbs(frame, alpha=self._brightness)
            yield cv2.add(frame, self._noise[number % _NOISE_FRAMES], dtype=cv2.CV_8U)

    def _draw(self, frame: np.ndarray, thing: VisibleObject, look: Appearance, fraction: np.ndarray) -> None:
        y, x = (float(place) for place in self._grid.pixel_of(*thing.trajectory.directions_deg(fraction)[0]))
        radius = self._grid.focal_length * np.tan(np.radians(thing.radius_deg))
        for part in look.parts:
            colour = look.colours[part.colour]
            if part.shape == "ellipse":
                (centre_x, centre_y), (half_width, half_height) = part.points
                centre = _fixed_point([(x + radius * centre_x, y + radius * centre_y)])[0]
                axes = _fixed_point([(radius * half_width, radius * half_height)])[0]
                cv2.ellipse(frame, centre.tolist(), axes.tolist(), 0, 0, 360, colour, -1, cv2.LINE_AA, _SUBPIXEL_BITS)
            else:
                points = _fixed_point([(x + radius * px, y + radius * py) for px, py in part.points])
                cv2.fillPoly(frame, [points], colour, cv2.LINE_AA, _SUBPIXEL_BITS)


def _fixed_point(points: list[tuple[float, float]]) -> np.ndarray:
    return np.rint(np.array(points) * 2**_SUBPIXEL_BITS).astype(np.int32)


def _dressed(look: Appearance, generator: np.random.Generator) -> Appearance:
    """Return the look with this exemplar's colours, and mirrored or not."""
    shade, tint = generator.uniform(0.8, 1.2), generator.uniform(-18, 18, 3)
    colours = tuple(tuple(int(v) for v in np.clip(np.array(colour) * shade + tint, 0, 255)) for colour in look.colours)
    if generator.random() < 0.5:
        return Appearance(look.parts, colours)
    parts = tuple(
        type(part)(
            part.shape,
            tuple((-x, y) for x, y in part.points)
            if part.shape == "polygon"
            else ((-part.points[0][0], part.points[0][1]), part.points[1]),
            part.colour,
        )
        for part in look.parts
    )
    return Appearance(parts, colours)


def background(height: int, width: int, generator: np.random.Generator) -> np.ndarray:
    """Return a sky and a ground with textures of several sizes."""
    horizon = int(height * generator.uniform(0.35, 0.7))
    image = np.empty((height, width, 3), np.float32)
    image[:horizon] = generator.uniform(130, 205) + generator.uniform(-18, 18, 3)
    image[horizon:] = generator.uniform(70, 150) + generator.uniform(-18, 18, 3)
    for cells in (3, 8, 24, 80):
        coarse = generator.normal(0, 1, (cells, cells, 3)).astype(np.float32)
        grey = coarse.mean(axis=2, keepdims=True)
        texture = cv2.resize(0.3 * coarse + grey, (width, height), interpolation=cv2.INTER_CUBIC)
        image += texture * generator.uniform(4, 14)
    return np.clip(image, 0, 255).astype(np.uint8)
