"""Records to windows: in a tf.data graph (training), and in NumPy with every check (verification)."""

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError

from common.errors import AcousticImagesError
from tfrecords_schema.images import decode_image
from tfrecords_schema.schema import Field, RecordFormat

# Of a PNG file the signature and the head of its first chunk, which holds the size: a decoder skips unknown chunks.
_HEADS = {"png": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "jpeg": b"\xff\xd8\xff"}


def parse_window(serialized: tf.Tensor, record_format: RecordFormat, modalities: Sequence[str]) -> dict[str, tf.Tensor]:
    """Parse one record in a TensorFlow graph.

    Parameters
    ----------
    serialized : tf.Tensor
        String scalar, an Example for certain (`parse_example`): TensorFlow's own parser crashes on some others.
    record_format : RecordFormat
        What the record holds.
    modalities : sequence of str
        Which modalities to parse; others cost nothing.

    Returns
    -------
    dict of tf.Tensor
        Field name to value, of the field's shape (static) and dtype.
    """
    fields = record_format.fields(modalities)
    features = tf.io.parse_single_example(serialized, {field.name: _specification(field) for field in fields})
    return {field.name: _decoded(features[field.name], field) for field in fields}


def parse_example(serialized: bytes) -> tf.train.Example:
    """Return a record as an Example.

    Raises
    ------
    AcousticImagesError
        It is none.
    """
    try:
        return tf.train.Example.FromString(serialized)
    except DecodeError as error:
        raise AcousticImagesError("record: found bytes that are no tf.train.Example, wanted one") from error


def unpack_window(serialized: bytes, record_format: RecordFormat) -> dict[str, np.ndarray | int | str]:
    """Unpack one record without a graph, and check all of it.

    Returns
    -------
    dict
        Field name to array [field's shape]; integers and text as plain Python values.

    Raises
    ------
    AcousticImagesError
        For a record that is no Example, other fields than the format's, another shape, or a value that is
        not finite.
    """
    features = parse_example(serialized).features.feature
    fields = record_format.fields()
    if set(features) != {field.name for field in fields}:
        wanted = sorted(field.name for field in fields)
        raise AcousticImagesError(f"record: found fields {sorted(features)}, wanted {wanted}")
    return {field.name: _unpacked(features[field.name], field) for field in fields}


def _specification(field: Field) -> tf.io.FixedLenFeature:
    if field.stored_as == "int64":
        return tf.io.FixedLenFeature([], tf.int64)
    return tf.io.FixedLenFeature([_num_byte_strings(field)] if field.dtype == "uint8" else [], tf.string)


def _num_byte_strings(field: Field) -> int:
    return field.shape[0] if field.dtype == "uint8" else 1


def _decoded(feature: tf.Tensor, field: Field) -> tf.Tensor:
    if field.stored_as in ("int64", "string"):
        return feature
    if field.dtype == "uint8":
        return tf.stack([_decoded_image(feature[i], field) for i in range(field.shape[0])])
    values = tf.io.decode_raw(feature, tf.as_dtype(field.stored_as), little_endian=True)
    return tf.reshape(tf.cast(values, field.dtype), field.shape)


def _decoded_image(encoded: tf.Tensor, field: Field) -> tf.Tensor:
    if field.stored_as == "raw":
        return tf.reshape(tf.io.decode_raw(encoded, tf.uint8), field.shape[1:])
    with tf.control_dependencies([_assert_kind(encoded, field)]):
        size_is_right = _assert_size(encoded, field)
    with tf.control_dependencies([size_is_right]):
        if field.stored_as == "png":
            return tf.ensure_shape(tf.io.decode_png(encoded, channels=3), field.shape[1:])
        # The accurate transform is what other decoders take by default.
        image = tf.io.decode_jpeg(encoded, channels=3, dct_method="INTEGER_ACCURATE")
        return tf.ensure_shape(image, field.shape[1:])


def _assert_kind(encoded: tf.Tensor, field: Field) -> tf.Operation:
    """Compare an image's first bytes: either decoder takes the other kind, too, with its size in another place."""
    head = _HEADS[field.stored_as]
    # The bytes found stay out of the message: what is no UTF-8 in it would come out as an error of Python's.
    return tf.debugging.Assert(tf.strings.substr(encoded, 0, len(head)) == head, [f"no {field.stored_as} image"])


def _assert_size(encoded: tf.Tensor, field: Field) -> tf.Operation:
    """Compare the size in an image's head with the format's, before room is made for as many pixels."""
    if field.stored_as == "png":
        # Width and height, the first numbers of a PNG file.
        numbers = tf.strings.substr(encoded, len(_HEADS["png"]), 8)
        size = tf.io.decode_raw(numbers, tf.int32, little_endian=False)[::-1]
    else:
        size = tf.io.extract_jpeg_shape(encoded)[:2]
    return tf.debugging.assert_equal(size, field.shape[1:3], "size of a video frame")


def _unpacked(feature: tf.train.Feature, field: Field) -> np.ndarray | int | str:
    if field.stored_as == "int64":
        _check_count(field, len(feature.int64_list.value), 1)
        return int(feature.int64_list.value[0])
    byte_strings = feature.bytes_list.value
    _check_count(field, len(byte_strings), _num_byte_strings(field))
    if field.stored_as == "string":
        return str(byte_strings[0].decode(errors="replace"))
    if field.dtype == "uint8":
        return np.stack([decode_image(image, field.stored_as, field.shape[1:]) for image in byte_strings])
    return _unpacked_floats(byte_strings[0], field)


def _unpacked_floats(stored: bytes, field: Field) -> np.ndarray:
    dtype = np.dtype(field.stored_as).newbyteorder("<")
    num_bytes = math.prod(field.shape) * dtype.itemsize
    if len(stored) != num_bytes:
        raise AcousticImagesError(
            f"{field.name}: found {len(stored)} bytes, wanted {num_bytes} ({dtype.name} {list(field.shape)})"
        )
    values = np.frombuffer(stored, dtype).astype(field.dtype).reshape(field.shape)
    if not np.isfinite(values).all():
        count = int(np.count_nonzero(~np.isfinite(values)))
        raise AcousticImagesError(f"{field.name}: found {count} values that are not finite, wanted none")
    return values


def _check_count(field: Field, found: int, wanted: int) -> None:
    if found != wanted:
        raise AcousticImagesError(f"{field.name}: found {found} values, wanted {wanted} as {field.stored_as}")
