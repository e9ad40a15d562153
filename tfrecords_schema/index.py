"""`index.csv`: where each record lies, one row a record, in the order of the shards."""

import hashlib
import io
from pathlib import Path

import numpy as np
import pandas as pd

from common.errors import AcousticImagesError
from tfrecords_schema.framing import FRAME_BYTES
from tfrecords_schema.manifest import Manifest
from tfrecords_schema.storage import is_file, path_to_write, read_bytes

INDEX_FILE = "index.csv"
INDEX_COLUMNS = ("split", "shard", "offset", "length", "recording_index", "window_index", "class_index")
_TEXT_COLUMNS = INDEX_COLUMNS[:2]


def write_index(data_dir: Path | str, index: pd.DataFrame) -> str:
    """Write the index atomically.

    Parameters
    ----------
    data_dir : Path or str
        The dataset's folder.
    index : DataFrame
        Columns `INDEX_COLUMNS`; `shard` is the file name, `offset` and `length` are of the framed record.

    Returns
    -------
    str
        SHA-256 of the file, for the manifest.
    """
    text = index.loc[:, list(INDEX_COLUMNS)].to_csv(index=False, lineterminator="\n")
    with path_to_write(Path(data_dir) / INDEX_FILE) as partial:
        partial.write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()


def read_index(data_dir: Path | str, manifest: Manifest) -> pd.DataFrame:
    """Read the index, and check it against the manifest.

    Returns
    -------
    DataFrame
        Columns `INDEX_COLUMNS`, numbered from 0.

    Raises
    ------
    AcousticImagesError
        When it is missing, another file than the manifest names, or contradicts the manifest.
    """
    path = Path(data_dir) / INDEX_FILE
    if not is_file(path):
        raise AcousticImagesError(f"{path}: found no file, wanted the index; build the dataset again")
    content = read_bytes(path)
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest.index_sha256:
        raise AcousticImagesError(
            f"{path}: found SHA-256 {digest}, wanted {manifest.index_sha256} of the manifest; build again"
        )
    wanted = ",".join(INDEX_COLUMNS)
    types = {name: "str" if name in _TEXT_COLUMNS else "int64" for name in INDEX_COLUMNS}
    try:
        index = pd.read_csv(io.BytesIO(content), dtype=types, keep_default_na=False)
    except (ValueError, OverflowError) as error:
        raise AcousticImagesError(f"{path}: found {error}, wanted columns {wanted}") from error
    if tuple(index.columns) != INDEX_COLUMNS:
        raise AcousticImagesError(f"{path}: found {','.join(index.columns)}, wanted columns {wanted}")
    _check_shards(path, index, manifest)
    _check_recordings(path, index, manifest)
    return index


def _check_shards(path: Path, index: pd.DataFrame, manifest: Manifest) -> None:
    start = 0
    for shard in manifest.shards:
        rows = index.iloc[start : start + shard.num_records]
        lengths = rows["length"].to_numpy()
        ends = np.cumsum(lengths)
        offsets = np.concatenate([[0], ends])
        fits = (
            len(rows) == shard.num_records
            # None below the frame: a negative one would let another be longer than the file, and read as much.
            and bool((lengths >= FRAME_BYTES).all() and (lengths <= shard.num_bytes).all())
            and bool((rows["shard"] == shard.file).all() and (rows["split"] == shard.split).all())
            and np.array_equal(offsets[:-1], rows["offset"])
            and offsets[-1] == shard.num_bytes
        )
        if not fits:
            raise AcousticImagesError(
                f"{path}: found rows from {start} on that do not tile {shard.file}, wanted its "
                f"{shard.num_records} records one after the other; build the dataset again"
            )
        start += shard.num_records
    if start != len(index):
        raise AcousticImagesError(f"{path}: found {len(index)} rows, wanted {start}; build the dataset again")


def _check_recordings(path: Path, index: pd.DataFrame, manifest: Manifest) -> None:
    numbers = index["recording_index"].to_numpy()
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < len(manifest.recordings):
        raise AcousticImagesError(f"{path}: found an unknown recording index; build the dataset again")
    splits = np.array([entry.split for entry in manifest.recordings], dtype=object)
    classes = np.array([entry.class_index for entry in manifest.recordings], dtype=np.int64)
    windows = np.array([entry.num_windows for entry in manifest.recordings], dtype=np.int64)
    wrong = (
        (index["split"].to_numpy(dtype=object) != splits[numbers])
        | (index["class_index"].to_numpy() != classes[numbers])
        | (index["window_index"].to_numpy() < 0)
        | (index["window_index"].to_numpy() >= windows[numbers])
        | index.duplicated(["recording_index", "window_index"]).to_numpy()
    )
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        name = manifest.recordings[numbers[row]].name
        raise AcousticImagesError(
            f"{path}: found row {row} of recording {name} with a split, class or window that is not the "
            "manifest's, or twice; build the dataset again"
        )
