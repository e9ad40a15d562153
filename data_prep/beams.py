"""Two ways from spectra to the power of all directions, summed over bins as they go.

- `MirroredBeams`: a planar array in the far field. The weights of opposite pixels are conjugates, so with weights
  C - jS and spectra P + jQ one real product [C; S] [P, Q] over half of the directions gives both.
- `AllBeams`: anything else; a complex product of weights [directions, microphones] and spectra.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from data_prep.power_sums import add_mirrored_power, add_power
from data_prep.steering import delay_and_sum_weights

# Phases are worked out anew after so many bins, and in between by one multiplication each.
_BINS_PER_ANCHOR = 16


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

    Parameters
    ----------
    weights : callable
        Bin numbers to an iterator of conjugated weights [directions, microphones] complex64, one a bin.
    """

    def __init__(self, weights: Callable[[Sequence[int]], Iterator[np.ndarray]]) -> None:
        self._weights = weights

    def power_sums(self, spectra: np.ndarray, uses: Sequence[BinUse], num_sums: int) -> np.ndarray:
        """Return [sums, directions, frames]; see `Beams`."""
        sums: np.ndarray | None = None
        for use, weights in zip(uses, self._weights([use.bin for use in uses]), strict=True):
            beams = weights @ spectra[:, use.bin].T
            if sums is None:
                sums = np.zeros((num_sums, *beams.shape), np.float32)
            add_power(beams, use.rows, use.weights, sums)
        return np.zeros((num_sums, 0, len(spectra)), np.float32) if sums is None else sums


def walk_delay_and_sum(leads_s: np.ndarray, bin_width_hz: float, bins: Sequence[int]) -> Iterator[np.ndarray]:
    """Yield the delay-and-sum weights of ascending bins; from bin to bin a multiplication, not an exponential.

    The same array is yielded again and again, changed; its error stays below 5e-6.
    """
    step = delay_and_sum_weights(leads_s, bin_width_hz) * np.float32(leads_s.shape[1])
    weights, at = np.empty_like(step), -1
    for k in bins:
        if k == at + 1 and k % _BINS_PER_ANCHOR:
            np.multiply(weights, step, out=weights)
        else:
            weights[...] = delay_and_sum_weights(leads_s, k * bin_width_hz)
        at = k
        yield weights
