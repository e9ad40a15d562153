"""MP4 and MOV files, whose tables are measured before a library makes room for what they say of themselves."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# Boxes that hold boxes, on the way to a table.
_HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"mvex", b"moof", b"traf", b"udta", b"wave"}
# Of tables: bytes before the number of entries, behind version and flags; bytes an entry.
_TABLES = {
    **{b"stts": (4, 8), b"ctts": (4, 8), b"stsc": (4, 12), b"stco": (4, 4), b"co64": (4, 8), b"stss": (4, 4)},
    **{b"stps": (4, 4), b"elst": (4, 12), b"stsz": (8, 4), b"stz2": (8, 0), b"trun": (4, 0)},
}
# An entry stands for this many samples: place of the number in it.
_RUNS = {b"stts": 0, b"ctts": 0, b"stsc": 4}
# Of compressed sound in old films, whose samples are counted after decoding.
_MOST_SAMPLES_PER_BYTE = 8
# Hours in fragments of half a second have some hundred thousand boxes.
_MOST_BOXES, _MOST_TABLE_BYTES = 1_000_000, 2**27


def require_measured_tables(path: Path | str) -> None:
    """Compare all tables of samples with the bytes that are there; a file of another kind has none.

    FFmpeg makes room for as many samples as a table counts, which may be four thousand million in a file of a
    kilobyte. Next to every sample has at least one byte.

    Raises
    ------
    ValueError
        A table claims more entries than its bytes hold, or more samples than the file can have.
    """
    with open(path, "rb") as file:
        length = file.seek(0, 2)
        for name, content in _tables(file, length):
            _require_measured(name, content, _MOST_SAMPLES_PER_BYTE * length)


def _tables(file: BinaryIO, length: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of every table, found as FFmpeg finds it: a box ends with its holder at the latest."""
    holders, boxes = [(0, length)], 0
    while holders:
        place, end = holders.pop()
        while place + 8 <= end:
            boxes += 1
            if boxes > _MOST_BOXES:
                raise ValueError(f"more than {_MOST_BOXES} boxes")
            file.seek(place)
            size, name = struct.unpack(">I4s", file.read(8))
            head = 8
            if size == 1 and place + 16 <= end:
                (size,), head = struct.unpack(">Q", file.read(8)), 16
            last = end if size == 0 else min(place + size, end)
            if name in _HOLDERS:
                holders.append((place + head, last))
            elif name in _TABLES:
                if last - place > _MOST_TABLE_BYTES:
                    raise ValueError(f"a table {name.decode()} of {last - place} bytes")
                yield name, file.read(max(last - place - head, 0))
            if 0 < size < head:
                break
            place = last


def _require_measured(name: bytes, content: bytes, most_samples: int) -> None:
    before, entry_bytes = _TABLES[name]
    if len(content) < before + 4:
        return
    (count,) = struct.unpack_from(">I", content, before)
    if name == b"stsz" and struct.unpack_from(">I", content, 4) != (0,):
        # All samples of one size, which stands in place of the entries.
        entry_bytes = 0
    first = before + 4
    most_entries = (len(content) - first) // entry_bytes if entry_bytes else most_samples
    if count > most_entries:
        raise ValueError(f"a table {name.decode()} of {count} entries, more than there is room for")
    if name in _RUNS:
        samples = sum(
            struct.unpack_from(">I", content, first + number * entry_bytes + _RUNS[name])[0] for number in range(count)
        )
        if samples > most_samples:
            raise ValueError(f"a table {name.decode()} of {samples} samples, more than there is room for")
