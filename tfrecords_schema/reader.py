"""Windows of a stored dataset as tf.data, in any order, each record checked as it is read."""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import tensorflow as tf

from common.errors import AcousticImagesError
from tfrecords_schema.framing import read_record
from tfrecords_schema.index import read_index
from tfrecords_schema.manifest import Manifest, ShardEntry, read_manifest
from tfrecords_schema.parsing import parse_example, parse_window
from tfrecords_schema.schema import SPLITS
from tfrecords_schema.storage import file_size

# A fixed number of waiting batches, because one of 64 windows holds 128 MB.
_PREFETCHED_ELEMENTS = 2
# Object storage takes tens of milliseconds to answer, and a large dataset has tens of thousands of shards.
_SHARDS_ASKED_AT_ONCE = 32
_ERROR_OF_A_RECORD = re.compile(rf"{AcousticImagesError.__name__}: (.*)")


class WindowReader:
    """Random access to the windows of a dataset.

    Parameters
    ----------
    data_dir : Path or str
        The dataset's folder.
    manifest : Manifest, optional
        Its manifest, if it has been read already.

    Attributes
    ----------
    manifest : Manifest
    index : DataFrame
        One row a window; see `tfrecords_schema.index`.

    Raises
    ------
    AcousticImagesError
        When manifest, index or a shard is missing or a shard has another size.
    """

    def __init__(self, data_dir: Path | str, manifest: Manifest | None = None) -> None:
        self._data_dir = Path(data_dir)
        self.manifest = read_manifest(data_dir) if manifest is None else manifest
        self.index: pd.DataFrame = read_index(data_dir, self.manifest)
        with ThreadPoolExecutor(_SHARDS_ASKED_AT_ONCE) as pool:
            # In order: of several shards at fault the first one is named.
            list(pool.map(functools.partial(check_shard_size, self._data_dir), self.manifest.shards))
        self._shards = self.index["shard"].to_numpy(dtype=object)
        self._offsets = self.index["offset"].to_numpy()
        self._lengths = self.index["length"].to_numpy()

    def rows(self, split: str) -> np.ndarray:
        """Return the index row numbers [N] int64 of a split, in stored order."""
        if split not in SPLITS:
            raise AcousticImagesError(f"split: found {split!r}, wanted one of {', '.join(SPLITS)}")
        return np.flatnonzero(self.index["split"].to_numpy(dtype=object) == split)

    def read(self, row: int) -> bytes:
        """Return the serialised record of one index row, its checksums checked, and an Example for certain."""
        path, offset = self._data_dir / self._shards[row], int(self._offsets[row])
        record = read_record(path, offset, int(self._lengths[row]))
        try:
            parse_example(record)
        except AcousticImagesError as error:
            raise AcousticImagesError(f"{path}: byte {offset}: {error}; run `make verify`") from error
        return record

    def dataset(
        self,
        rows: np.ndarray,
        modalities: Sequence[str],
        batch_size: int | None,
        *,
        drop_remainder: bool = False,
        parallel_calls: int = tf.data.AUTOTUNE,
    ) -> tf.data.Dataset:
        """Return windows in exactly the order of `rows`.

        Parameters
        ----------
        rows : ndarray
            [N] index row numbers.
        modalities : sequence of str
            What to parse of each record.
        batch_size : int or None
            Windows per element; None gives single windows without a batch axis.
        drop_remainder : bool
            Leave out a last batch that is not full.
        parallel_calls : int
            Records that are read and parsed at once.

        Returns
        -------
        tf.data.Dataset
            Of dictionaries, field name to tensor. Go through it with `iterate`.
        """
        windows = self._windows(rows, modalities, parallel_calls)
        if batch_size is not None:
            windows = windows.batch(batch_size, drop_remainder=drop_remainder)
        return windows.prefetch(_PREFETCHED_ELEMENTS)

    def batches(self, batch_rows: Sequence[np.ndarray], modalities: Sequence[str]) -> tf.data.Dataset:
        """Return one element for each given array of rows, in order; batches may differ in size.

        Neighbours of one size are read as one stream, so a plan of equal batches costs nothing extra.
        """
        if any(len(rows) == 0 for rows in batch_rows):
            raise AcousticImagesError("batches: found an empty batch, wanted at least one window in each")
        if not batch_rows:
            return self.dataset(np.empty(0, np.int64), modalities, 1)
        streams = [
            self._windows(np.concatenate(list(group)), modalities, tf.data.AUTOTUNE).batch(size)
            for size, group in itertools.groupby(batch_rows, key=len)
        ]
        joined = streams[0]
        for stream in streams[1:]:
            joined = joined.concatenate(stream)
        return joined.prefetch(_PREFETCHED_ELEMENTS)

    def _windows(self, rows: np.ndarray, modalities: Sequence[str], parallel_calls: int) -> tf.data.Dataset:
        rows = np.asarray(rows, dtype=np.int64)
        if rows.size and not 0 <= rows.min() <= rows.max() < len(self.index):
            raise AcousticImagesError(f"rows: found {rows.min()} to {rows.max()}, wanted 0 to {len(self.index) - 1}")
        record_format = self.manifest.record_format
        record_format.fields(modalities)

        def load(row: tf.Tensor) -> dict[str, tf.Tensor]:
            serialized = tf.numpy_function(self.read, [row], tf.string, stateful=False)
            return parse_window(tf.ensure_shape(serialized, []), record_format, modalities)

        return tf.data.Dataset.from_tensor_slices(rows).map(load, parallel_calls, deterministic=True)


def iterate(dataset: tf.data.Dataset) -> Iterator[dict[str, tf.Tensor]]:
    """Go through a dataset of a `WindowReader`, with the project's errors in place of TensorFlow's.

    Raises
    ------
    AcousticImagesError
        When a record is damaged (names shard and offset) or does not fit the schema.
    """
    elements = iter(dataset)
    while True:
        with plain_errors():
            element = next(elements, None)
        if element is None:
            return
        yield element


@contextmanager
def plain_errors() -> Iterator[None]:
    """Give the project's error in place of what TensorFlow raises over a record."""
    try:
        yield
    except (tf.errors.InvalidArgumentError, tf.errors.UnknownError) as error:
        raise _plain_error(error) from error
    except UnicodeDecodeError as error:
        # TensorFlow quotes a hostile record in its message, which need not be text then.
        raise AcousticImagesError("a record does not fit the schema; run `make verify`") from error


def check_shard_size(data_dir: Path, shard: ShardEntry) -> None:
    """Raise AcousticImagesError unless the shard is there with the size that the manifest states."""
    path = data_dir / shard.file
    size = file_size(path)
    if size is None:
        raise AcousticImagesError(f"{path}: found no file, wanted a shard; build the dataset again")
    if size != shard.num_bytes:
        raise AcousticImagesError(f"{path}: found {size} bytes, wanted {shard.num_bytes} in a whole shard; build again")


def _plain_error(error: tf.errors.OpError) -> Exception:
    of_a_record = _ERROR_OF_A_RECORD.search(error.message)
    if of_a_record:
        return AcousticImagesError(of_a_record.group(1))
    if isinstance(error, tf.errors.InvalidArgumentError):
        reason = error.message.splitlines()[0]
        return AcousticImagesError(f"a record does not fit the schema ({reason}); run `make verify`")
    return error
