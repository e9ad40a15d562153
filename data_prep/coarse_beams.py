"""Fast beams: towards as few directions as the frequency needs, and interpolated from there to every pixel.

Beam power over the image is band-limited by the array's extent in wavelengths. So for every group of bins it is
formed at the nodes of a Chebyshev grid that is as fine as the group's highest bin asks for, summed there into the
mel bands, and only the sums are interpolated, by polynomials along rows and columns (Trefethen, Approximation
Theory and Approximation Practice, 2013, chapters 5 and 8). docs/performance.md has the error and the gain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from data_prep.array_geometry import ArrayGeometry
from data_prep.beams import Beams, BinUse
from data_prep.signal_parameters import SignalParameters

_BINS_PER_GROUP = 32
# Nodes beyond the phase, in radians, by which two beams at the image's edge and middle differ: from there on the
# polynomials converge geometrically.
_SPARE_NODES = 8


@dataclass(frozen=True)
class _Grid:
    """Beams towards the nodes of one group of bins, and the matrices from nodes to pixels."""

    beams: Beams
    from_rows: np.ndarray
    from_columns: np.ndarray

    def to_pixels(self, sums: np.ndarray) -> np.ndarray:
        """Return [height, width * frames] of sums [directions, frames] at the nodes."""
        rows, columns = self.from_rows.shape[1], self.from_columns.shape[1]
        widened = np.matmul(self.from_columns, sums.reshape(rows, columns, -1))
        return self.from_rows @ widened.reshape(rows, -1)


class CoarseBeams:
    """Delay-and-sum beams at Chebyshev nodes, interpolated to the pixels.

    Parameters
    ----------
    geometry : ArrayGeometry
        The array, whose extent decides how many nodes are needed.
    parameters : SignalParameters
        Grid of pixels and distance of bins.
    beams_towards : callable
        Directions [rows, columns, 3], symmetric about the axis, to beams.
    """

    def __init__(
        self,
        geometry: ArrayGeometry,
        parameters: SignalParameters,
        beams_towards: Callable[[np.ndarray], Beams],
    ) -> None:
        self._extent_m = np.ptp(geometry.positions_m[geometry.alive], axis=0)
        self._parameters = parameters
        groups = range(-(-parameters.num_bins // _BINS_PER_GROUP))
        self._grids = [self._grid(group, beams_towards) for group in groups]

    def power_sums(self, spectra: np.ndarray, uses: Sequence[BinUse], num_sums: int) -> np.ndarray:
        """Return [sums, directions, frames]; see `Beams`."""
        parameters = self._parameters
        sums = np.zeros((num_sums, parameters.image_height, parameters.image_width * len(spectra)), np.float32)
        for group, grid in enumerate(self._grids):
            in_group = [use for use in uses if use.bin // _BINS_PER_GROUP == group]
            if in_group:
                rows = np.unique(np.concatenate([use.rows for use in in_group]))
                renumbered = [BinUse(use.bin, np.searchsorted(rows, use.rows), use.weights) for use in in_group]
                for row, nodes in zip(rows, grid.beams.power_sums(spectra, renumbered, len(rows)), strict=True):
                    sums[row] += grid.to_pixels(nodes)
        return sums.reshape(num_sums, -1, len(spectra))

    def _grid(self, group: int, beams_towards: Callable[[np.ndarray], Beams]) -> _Grid:
        parameters = self._parameters
        highest_hz = (_BINS_PER_GROUP * (group + 1) - 1) * parameters.bin_width_hz
        radians_per_m = 2 * np.pi * highest_hz / parameters.speed_of_sound_m_per_s
        # The array's depth turns a beam's phase less than its breadth does, over an image around the axis.
        rows, columns = (
            _num_nodes(radians_per_m * extent_m * size / 2 / parameters.grid.focal_length, size)
            for extent_m, size in (
                (self._extent_m[1:].max(), parameters.image_height),
                (self._extent_m[[0, 2]].max(), parameters.image_width),
            )
        )
        directions = parameters.grid.directions_at(
            _nodes(rows, parameters.image_height), _nodes(columns, parameters.image_width)
        )
        return _Grid(
            beams_towards(directions),
            interpolation_matrix(rows, parameters.image_height),
            interpolation_matrix(columns, parameters.image_width),
        )


def _num_nodes(phase_rad: float, size: int) -> int:
    """Return an even number of nodes, so that every direction has its mirror; never more than pixels."""
    nodes = int(np.ceil(phase_rad)) + _SPARE_NODES
    return min(nodes + nodes % 2, size)


def _nodes(num_nodes: int, size: int) -> np.ndarray:
    """Return Chebyshev nodes in pixels, within [0, size - 1]; all pixels when there are as many nodes."""
    if num_nodes == size:
        return np.arange(size, dtype=float)
    return (size - 1) / 2 * (1 - np.cos(np.pi * (np.arange(num_nodes) + 0.5) / num_nodes))


def interpolation_matrix(num_nodes: int, size: int) -> np.ndarray:
    """Return [size, num_nodes] float32: values at Chebyshev nodes to values at pixels, by the barycentric formula."""
    if num_nodes == size:
        return np.eye(size, dtype=np.float32)
    numbers = np.arange(num_nodes)
    weights = (-1.0) ** numbers * np.sin(np.pi * (numbers + 0.5) / num_nodes)
    distances = np.arange(size)[:, np.newaxis] - _nodes(num_nodes, size)
    at_node = np.isclose(distances, 0)
    terms = weights / np.where(at_node, 1.0, distances)
    terms = np.where(at_node.any(axis=1, keepdims=True), at_node, terms)
    return (terms / terms.sum(axis=1, keepdims=True)).astype(np.float32)
