"""MATLAB 5 files, inflated and measured before a library makes room for what their tags say."""

import struct
import zlib

_HEAD_BYTES, _TAG_BYTES = 128, 8
_UNSIGNED_32, _MATRIX, _COMPRESSED = 6, 14, 15
_NUMBER_TYPES = {1, 2, 3, 4, 5, 6, 7, 9, 12, 13}
_NUMBER_CLASSES = range(6, 16)
_FLAGS_PLACE, _COMPLEX = 16, 0x0800
# Flags, dimensions, name, real values.
_PARTS_OF_NUMBERS = 4
_VERSION_5 = {b"\x00\x01IM": "<", b"\x01\x00MI": ">"}


def inflated(content: bytes, most_bytes: int) -> bytes:
    """Return the file with no variable compressed, and every length in it within the bytes that are there.

    The library that reads the values makes room for four gigabytes where a tag of four bytes says so, and takes a
    number's type, unchecked, as a place in a table of pointers.

    Parameters
    ----------
    content : bytes
        A whole file. One of version 4 is returned as it is.
    most_bytes : int
        Of the result.

    Raises
    ------
    ValueError
        Another version, a length that leads out of the file or of its variable, a number of no type of numbers, or
        more bytes than allowed.
    """
    if b"\0" in content[:4]:
        return content
    order = _VERSION_5.get(content[124:_HEAD_BYTES])
    if order is None:
        raise ValueError("neither version 4 nor version 5")
    parts, place, total = [content[:_HEAD_BYTES]], _HEAD_BYTES, _HEAD_BYTES
    while place < len(content):
        kind, length = _tag(content, place, order)
        element = content[place : place + _TAG_BYTES + length]
        place += len(element)
        if kind == _COMPRESSED:
            element = zlib.decompressobj().decompress(element[_TAG_BYTES:], most_bytes)
            kind, length = _tag(element, 0, order)
            element = element[: _TAG_BYTES + length]
        if kind == _MATRIX:
            _check_parts(element, order)
        parts.append(element)
        total += len(element)
        if total > most_bytes:
            raise ValueError(f"more than {most_bytes} bytes of variables")
    return b"".join(parts)


def _check_parts(matrix: bytes, order: str) -> None:
    if len(matrix) < _FLAGS_PLACE + 8 or _tag(matrix, _TAG_BYTES, order) != (_UNSIGNED_32, 8):
        raise ValueError("a variable without flags")
    (flags,) = struct.unpack_from(f"{order}I", matrix, _FLAGS_PLACE)
    holds_numbers = flags & 0xFF in _NUMBER_CLASSES
    place, parts = _TAG_BYTES, 0
    while place < len(matrix):
        kind, length = _tag(matrix, place, order)
        if holds_numbers and kind & 0xFFFF not in _NUMBER_TYPES:
            raise ValueError(f"numbers of type {kind & 0xFFFF}")
        # A length in the upper half of the type: up to four bytes that stand in the tag itself.
        place += _TAG_BYTES if kind >> 16 else _TAG_BYTES + -(-length // 8) * 8
        parts += 1
    # Where the imaginary part is missing the library goes on with whatever follows the variable.
    if holds_numbers and parts < _PARTS_OF_NUMBERS + bool(flags & _COMPLEX):
        raise ValueError(f"{parts} parts of a variable that has flags {flags & 0xFFFF:#06x}")


def _tag(content: bytes, place: int, order: str) -> tuple[int, int]:
    """Return type and length, the length checked."""
    if place + _TAG_BYTES > len(content):
        raise ValueError(f"a tag at byte {place} that is cut off")
    kind, length = struct.unpack_from(f"{order}II", content, place)
    if not kind >> 16 and place + _TAG_BYTES + length > len(content):
        raise ValueError(f"{length} bytes at byte {place}, where {len(content) - place - _TAG_BYTES} are left")
    return kind, length
