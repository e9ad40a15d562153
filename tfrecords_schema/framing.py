"""TFRecord framing: length, masked CRC-32C of the length, data, masked CRC-32C of the data."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import google_crc32c

from common.errors import AcousticImagesError
from tfrecords_schema.storage import read_range

HEADER_BYTES = 12
FOOTER_BYTES = 4
FRAME_BYTES = HEADER_BYTES + FOOTER_BYTES
_MASK_DELTA = 0xA282EAD8


def masked_crc(data: bytes) -> int:
    """Return the CRC-32C rotated right by 15 bits plus a constant, as the TFRecord format has it."""
    crc = int(google_crc32c.value(data))
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def frame(data: bytes) -> bytes:
    """Return the framed record, `FRAME_BYTES` longer than its data."""
    length = struct.pack("<Q", len(data))
    return b"".join((length, struct.pack("<I", masked_crc(length)), data, struct.pack("<I", masked_crc(data))))


def read_record(path: Path | str, offset: int, length: int) -> bytes:
    """Read the data of one record by its place, both checksums checked.

    Parameters
    ----------
    path : Path or str
        The shard.
    offset, length : int
        First byte and number of bytes of the whole framed record.

    Raises
    ------
    AcousticImagesError
        When the file is missing or shorter, or when a length or checksum is wrong; names shard and offset.
    """
    try:
        framed = read_range(path, offset, length)
    except OSError as error:
        raise AcousticImagesError(
            f"{path}: found {error.strerror}, wanted a readable shard; build the dataset again"
        ) from error
    if len(framed) != length:
        raise damaged(path, offset, f"{len(framed)} bytes", f"a record of {length} bytes")
    if _data_length(framed[:HEADER_BYTES], path, offset) != length - FRAME_BYTES:
        raise damaged(path, offset, "a record of another length", f"{length - FRAME_BYTES} bytes of data")
    return _checked_data(framed[HEADER_BYTES:], path, offset)


def read_records(file: BinaryIO, path: Path | str) -> Iterator[tuple[int, bytes]]:
    """Walk a shard from its start; yield the offset and the data of each record.

    Raises
    ------
    AcousticImagesError
        As `read_record` does.
    """
    offset, size = 0, file.seek(0, os.SEEK_END)
    file.seek(0)
    while offset < size:
        length = _data_length(file.read(HEADER_BYTES), path, offset)
        # Compared before reading: a damaged length must not ask for all the memory there is.
        if length > size - offset - FRAME_BYTES:
            raise damaged(path, offset, f"{size - offset} bytes left", f"{length + FRAME_BYTES}")
        data_and_footer = file.read(length + FOOTER_BYTES)
        if len(data_and_footer) != length + FOOTER_BYTES:
            raise damaged(path, offset, f"{len(data_and_footer)} bytes", f"{length + FOOTER_BYTES}")
        yield offset, _checked_data(data_and_footer, path, offset)
        offset += length + FRAME_BYTES


def damaged(path: Path | str, offset: int, found: str, wanted: str) -> AcousticImagesError:
    """Return the error for a record that cannot be used."""
    return AcousticImagesError(
        f"{path}: damaged at offset {offset}: found {found}, wanted {wanted}; build the dataset again"
    )


def _data_length(header: bytes, path: Path | str, offset: int) -> int:
    if len(header) != HEADER_BYTES:
        raise damaged(path, offset, f"{len(header)} bytes", f"a header of {HEADER_BYTES} bytes")
    length, crc = struct.unpack("<QI", header)
    if crc != masked_crc(header[:8]):
        raise damaged(path, offset, "a wrong checksum of the length", f"{masked_crc(header[:8]):08x}")
    return int(length)


def _checked_data(data_and_footer: bytes, path: Path | str, offset: int) -> bytes:
    data = data_and_footer[:-FOOTER_BYTES]
    (crc,) = struct.unpack("<I", data_and_footer[-FOOTER_BYTES:])
    if crc != masked_crc(data):
        raise damaged(path, offset, f"data with checksum {masked_crc(data):08x}", f"{crc:08x}")
    return data
