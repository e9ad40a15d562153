"""Mean and deviation of the spectrogram over the training windows, in one pass."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from models.spectrogram import NUM_BINS, NUM_FRAMES, spectrogram

_WAVEFORMS_PER_BATCH = 16


@dataclass(frozen=True)
class SpectrogramSums:
    """What windows add to the statistics: their number, and sum and sum of squares of each frequency bin."""

    num_windows: int
    sums: tuple[float, ...]
    sums_of_squares: tuple[float, ...]


class SpectrogramStatistics:
    """Collects waveforms, or the sums of others, and gives the mean and standard deviation per frequency bin."""

    def __init__(self) -> None:
        self._waiting: list[np.ndarray] = []
        self._sum = np.zeros(NUM_BINS)
        self._sum_of_squares = np.zeros(NUM_BINS)
        self.num_windows = 0

    def add(self, waveform: np.ndarray) -> None:
        """Add one window, [samples] float32."""
        self._waiting.append(waveform)
        self.num_windows += 1
        if len(self._waiting) == _WAVEFORMS_PER_BATCH:
            self._flush()

    def add_sums(self, sums: SpectrogramSums) -> None:
        """Add what was collected elsewhere; the last digits hang on the order."""
        self._sum += sums.sums
        self._sum_of_squares += sums.sums_of_squares
        self.num_windows += sums.num_windows

    def sums(self) -> SpectrogramSums:
        """Return what was collected, for `add_sums`."""
        self._flush()
        return SpectrogramSums(self.num_windows, tuple(self._sum.tolist()), tuple(self._sum_of_squares.tolist()))

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (mean, standard deviation), each [257] float64, the deviation that of the population.

        Without a window they are 0 and 1, which change nothing.
        """
        if not self.num_windows:
            return np.zeros(NUM_BINS), np.ones(NUM_BINS)
        self._flush()
        count = self.num_windows * NUM_FRAMES
        mean = self._sum / count
        return mean, np.sqrt(np.maximum(self._sum_of_squares / count - mean**2, 0.0))

    def _flush(self) -> None:
        if self._waiting:
            magnitudes = spectrogram(tf.constant(np.stack(self._waiting))).numpy()
            values = magnitudes.astype(np.float64).reshape(-1, NUM_BINS)
            self._sum += values.sum(axis=0)
            self._sum_of_squares += (values**2).sum(axis=0)
            self._waiting = []
