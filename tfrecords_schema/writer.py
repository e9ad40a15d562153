"""Windows to records and records to shards, byte for byte the same for the same input."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from common.errors import AcousticImagesError
from tfrecords_schema.framing import frame
from tfrecords_schema.images import encode_image
from tfrecords_schema.schema import Field, RecordFormat
from tfrecords_schema.storage import path_to_write


def serialize_window(window: Mapping[str, Any], record_format: RecordFormat) -> bytes:
    """Return one window as a serialised `tf.train.Example`.

    Parameters
    ----------
    window : mapping
        Exactly the fields of the format. Arrays have the field's shape and dtype (float32, whatever they
        are stored as; frames uint8 RGB, not yet encoded); scalars may be plain Python numbers.
    record_format : RecordFormat
        What is stored.

    Returns
    -------
    bytes
        The same for the same input.

    Raises
    ------
    AcousticImagesError
        For a missing or an additional field, another shape or dtype, or a value that is not finite.
    """
    fields = record_format.fields()
    names = {field.name for field in fields}
    if set(window) != names:
        raise AcousticImagesError(
            f"window: missing fields {sorted(names - set(window))}, unknown {sorted(set(window) - names)}"
        )
    features = {field.name: _feature(window[field.name], field, record_format) for field in fields}
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return bytes(example.SerializeToString(deterministic=True))


def write_shard(path: Path | str, serialized: Iterable[bytes]) -> list[tuple[int, int]]:
    """Write a TFRecord file, which appears under its name when it is whole.

    Parameters
    ----------
    path : Path or str
        The shard.
    serialized : iterable of bytes
        Records, as `serialize_window` returns them.

    Returns
    -------
    list of (int, int)
        Offset and length of each framed record.

    Raises
    ------
    OSError
        When the disk is full, with the shard's name; nothing is left behind then.
    """
    spans: list[tuple[int, int]] = []
    offset = 0
    try:
        with path_to_write(path) as partial, open(partial, "wb") as file:
            for record in serialized:
                length = file.write(frame(record))
                spans.append((offset, length))
                offset += length
    except OSError as error:
        # Errors of write(2) come without a name; one that has a name is of another file, read on the way.
        raise error if error.filename else OSError(error.errno, error.strerror, str(path)) from error
    return spans


def _feature(value: Any, field: Field, record_format: RecordFormat) -> tf.train.Feature:
    if field.stored_as == "string":
        return _bytes_feature([_checked_text(value, field).encode()])
    array = _checked_array(value, field)
    if field.stored_as == "int64":
        return tf.train.Feature(int64_list=tf.train.Int64List(value=[int(array)]))
    if field.dtype == "uint8":
        return _bytes_feature([encode_image(i, field.stored_as, record_format.jpeg_quality) for i in array])
    with np.errstate(over="ignore"):
        stored = array.astype(np.dtype(field.stored_as).newbyteorder("<"))
    if not np.isfinite(stored).all():
        count = int(np.count_nonzero(~np.isfinite(stored)))
        raise AcousticImagesError(
            f"{field.name}: found {count} values that are not finite as {field.stored_as}, wanted none"
        )
    return _bytes_feature([stored.tobytes()])


def _bytes_feature(values: list[bytes]) -> tf.train.Feature:
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))


def _checked_text(value: Any, field: Field) -> str:
    if not isinstance(value, str):
        raise AcousticImagesError(f"{field.name}: found {type(value).__name__}, wanted text")
    return value


def _checked_array(value: Any, field: Field) -> np.ndarray:
    array = np.asarray(value)
    # Plain Python numbers come as 64 bits; any width does for a scalar, but not another kind of number.
    same_type = array.dtype == field.dtype if field.shape else array.dtype.kind == np.dtype(field.dtype).kind
    if array.shape != field.shape or not same_type:
        raise AcousticImagesError(
            f"{field.name}: found {array.dtype} {list(array.shape)}, wanted {field.dtype} {list(field.shape)}"
        )
    return array
