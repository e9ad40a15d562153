"""Two ways from spectra to the power of all directions, summed over bins as they go.

- `MirroredBeams`: a planar array in the far field. The weights of opposite pixels are conjugates, so with weights
  C - jS and spectra P + jQ one real product [C; S] [P, Q] over half of the directions gives both.
- `AllBeams`: anything else; complex weights [directions, microphones] for every direction.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from data_prep.power_sums import add_mirrored_power, add_power, turn_phases
from data_prep.steering import delay_and_sum_weights

# Phases are worked out anew after so many bins, and in between by one multiplication each.
_BINS_PER_ANCHOR = 16

# [3, directions, microphones] float32: real part, imaginary part, and their sum.
WeightParts = np.ndarray


@dataclass(frozen=True)
class BinUse:
    """What becomes of one bin: the sums that its power is added to, and its weight in each.

    Attributes
    ----------
    bin : int
        Number of the frequency bin.
    rows : ndarray
        [n] int64 numbers of the sums.
    weights : ndarray
        [n] float32.
    """

    bin: int
    rows: np.ndarray
    weights: np.ndarray


class Beams(Protocol):
    """Forms beams in all directions."""

    def power_sums(self, spectra: np.ndarray, uses: Sequence[BinUse], num_sums: int) -> np.ndarray:
        """Return [sums, directions, frames] float32 for spectra [frames, bins, microphones] complex64."""


class MirroredBeams:
    """Delay-and-sum beams in directions of which number N-1-d mirrors number d.

    Parameters
    ----------
    leads_s : ndarray
        [directions, microphones] seconds.
    bin_width_hz : float
        Distance of two bins.
    """

    def __init__(self, leads_s: np.ndarray, bin_width_hz: float) -> None:
        self._leads_s, self._bin_width_hz = leads_s[: len(leads_s) // 2], bin_width_hz
        self._tables: dict[int, np.ndarray] = {}

    def power_sums(self, spectra: np.ndarray, uses: Sequence[BinUse], num_sums: int) -> np.ndarray:
        """Return [sums, directions, frames]; see `Beams`."""
        frames = len(spectra)
        even = np.zeros((num_sums, len(self._leads_s), frames), np.float32)
        odd = np.zeros_like(even)
        parts = np.empty((spectra.shape[2], 2 * frames), np.float32)
        product = np.empty((2 * len(self._leads_s), 2 * frames), np.float32)
        for use in uses:
            spectrum = spectra[:, use.bin].T
            parts[:, :frames], parts[:, frames:] = spectrum.real, spectrum.imag
            np.matmul(self._table(use.bin), parts, out=product)
            add_mirrored_power(product, use.rows, use.weights, even, odd)
        half = len(self._leads_s)
        sums = np.empty((num_sums, 2 * half, frames), np.float32)
        np.add(even, odd, out=sums[:, :half])
        np.subtract(even, odd, out=sums[:, : half - 1 : -1])
        return sums

    def _table(self, k: int) -> np.ndarray:
        """Return [cos; sin] of the first half's phases over the number of microphones, kept once made."""
        if k not in self._tables:
            weights = delay_and_sum_weights(self._leads_s, k * self._bin_width_hz)
            self._tables[k] = np.concatenate([weights.real, -weights.imag])
        return self._tables[k]


class AllBeams:
    """Beams of any weights.

    A complex product as three real ones (Gauss): with weights A + jB and spectra P + jQ, of AP, BQ and
    (A + B)(P + Q) the real part is the first less the second, the imaginary part the third less both.

    Parameters
    ----------
    weights : callable
        Bin numbers to an iterator of conjugated weights, `WeightParts` one a bin.
    num_directions : int
        Directions that the weights are for.
    """

    def __init__(self, weights: Callable[[Sequence[int]], Iterator[WeightParts]], num_directions: int) -> None:
        self._weights, self._num_directions = weights, num_directions

    def power_sums(self, spectra: np.ndarray, uses: Sequence[BinUse], num_sums: int) -> np.ndarray:
        """Return [sums, directions, frames]; see `Beams`."""
        parts = np.empty((3, spectra.shape[2], len(spectra)), np.float32)
        products = np.empty((3, self._num_directions, len(spectra)), np.float32)
        sums = np.zeros((num_sums, self._num_directions, len(spectra)), np.float32)
        for use, weights in zip(uses, self._weights([use.bin for use in uses]), strict=True):
            spectrum = spectra[:, use.bin].T
            parts[0], parts[1] = spectrum.real, spectrum.imag
            np.add(parts[0], parts[1], out=parts[2])
            np.matmul(weights, parts, out=products)
            add_power(products, use.rows, use.weights, sums)
        return sums


def weight_parts(weights: np.ndarray) -> WeightParts:
    """Return [3, directions, microphones] float32: real part, imaginary part and their sum of complex weights."""
    return np.stack([weights.real, weights.imag, weights.real + weights.imag])


class DelayAndSumWalk:
    """Delay-and-sum weights of one bin after the other; from bin to bin a multiplication, not an exponential.

    Parameters
    ----------
    leads_s : ndarray
        [directions, microphones] seconds.
    bin_width_hz : float
        Distance of two bins.
    """

    def __init__(self, leads_s: np.ndarray, bin_width_hz: float) -> None:
        self._leads_s, self._bin_width_hz = leads_s, bin_width_hz
        self._step = delay_and_sum_weights(leads_s, bin_width_hz) * np.float32(leads_s.shape[1])
        self._anchors: dict[int, np.ndarray] = {}

    def __call__(self, bins: Sequence[int]) -> Iterator[WeightParts]:
        """Yield the weights of ascending bins, off by less than 5e-6; the same array again and again, changed."""
        parts, at = np.empty((3, *self._leads_s.shape), np.float32), -1
        for k in bins:
            if k == at + 1 and k % _BINS_PER_ANCHOR:
                turn_phases(parts, self._step)
            else:
                weights = self._anchor(k)
                parts[0], parts[1] = weights.real, weights.imag
                np.add(parts[0], parts[1], out=parts[2])
            at = k
            yield parts

    def _anchor(self, k: int) -> np.ndarray:
        """Return the weights that a walk starts at; those on its way are kept (57 MB at 128 microphones)."""
        if k in self._anchors:
            return self._anchors[k]
        weights = delay_and_sum_weights(self._leads_s, k * self._bin_width_hz)
        if k % _BINS_PER_ANCHOR == 0:
            self._anchors[k] = weights
        return weights
