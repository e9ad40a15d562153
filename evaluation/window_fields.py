"""Fields of chosen windows, read from a dataset into memory, and which windows to choose for a picture."""

from collections.abc import Sequence

import numpy as np

from tfrecords_schema.reader import WindowReader, iterate

_PICTURED_WINDOWS = 5
_READ_AT_ONCE = 16


def read_fields(reader: WindowReader, rows: np.ndarray, modalities: Sequence[str]) -> dict[str, np.ndarray]:
    """Return the fields of some modalities, each [windows, ...], in the order of `rows`.

    Parameters
    ----------
    reader : WindowReader
        The dataset.
    rows : ndarray
        [windows] rows of its index, one at least.
    modalities : sequence of str
        Of those that are stored.
    """
    batches = list(iterate(reader.dataset(rows, tuple(modalities), _READ_AT_ONCE)))
    return {name: np.concatenate([batch[name].numpy() for batch in batches]) for name in batches[0]}


def read_first_frames(reader: WindowReader, rows: np.ndarray) -> np.ndarray:
    """Return the first video frame of each window, [windows, height, width, 3] uint8 RGB."""
    batches = iterate(reader.dataset(rows, ("video",), _READ_AT_ONCE))
    return np.concatenate([batch["video_frames"].numpy()[:, 0] for batch in batches])


def read_mean_energies(reader: WindowReader, rows: np.ndarray) -> np.ndarray:
    """Return the acoustic energy of each window, mean over its frames, [windows, height, width]."""
    batches = iterate(reader.dataset(rows, ("acoustic_energy",), _READ_AT_ONCE))
    return np.concatenate([batch["acoustic_energy"].numpy().mean(axis=1) for batch in batches])


def windows_of_different_classes(labels: np.ndarray) -> list[int]:
    """Return the positions of up to five windows, each the first of its class, spread over all classes."""
    _, firsts = np.unique(labels, return_index=True)
    chosen = np.linspace(0, len(firsts) - 1, min(_PICTURED_WINDOWS, len(firsts))).astype(int)
    return [int(firsts[number]) for number in chosen]
