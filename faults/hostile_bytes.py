"""Damaged, hostile and random bytes."""

import re
import struct
from collections.abc import Sequence
from random import Random

_NUMBERS = (0, 1, -1, 2**7, 2**15 - 1, 2**16, 2**24, 2**31 - 1, -(2**31), 2**32 - 16)
_WORDS = (
    *(b"nan", b".inf", b"1e999", b"-1", b"9" * 400, b"0x" + b"f" * 5000, b"1:1:1:1", b"true", b"null", b"~"),
    *(b"../../etc/passwd", b"/etc/passwd", b"..", b"a/../../b", b"C:\\x", b"\\ud800", b"\x00", b"n" * 300),
    *(b"[" * 300, b"{" * 300, b'{"a":' * 300, b"<a>" * 300, b"((" * 300, b'"', b"'", b",", b":", b"\n", b"- ", b"? "),
    *(
        b"&a [*a, *a]",
        b"!!python/object:os.system",
        b"!!binary aaaa",
        b"<!ENTITY a 'b'>",
        b"&a;",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
    ),
)
_TOKENS = (
    *_WORDS,
    *(struct.pack(f"{order}I", number & 0xFFFFFFFF) for number in _NUMBERS for order in "<>"),
    *(struct.pack("<q", number) for number in (-1, 2**62, 2**40)),
    *(struct.pack("<d", number) for number in (float("nan"), float("inf"), 1e300)),
)
_KINDS = ("overwrite", "overwrite", "value", "value", "insert", "delete", "double", "cut")
# What a value of a text file is made of.
_VALUE = re.compile(rb"[\w.+\-/]+")
_BYTES_PER_EDIT = 6
_RANDOM_SHARE = 0.25
Edit = tuple[str, int, bytes]


def hostile_bytes(samples: Sequence[bytes], draw: Random) -> bytes:
    """Return a whole file: mostly a sample with one to four edits, sometimes a head and random bytes."""
    sample = draw.choice(samples)
    if draw.random() < _RANDOM_SHARE:
        return sample[: draw.choice((0, 4, 16, 64))] + draw.randbytes(draw.randrange(200))
    return edited(sample, _edits_of(draw.randbytes(_BYTES_PER_EDIT * draw.randint(1, 4))))


def _edits_of(script: bytes) -> list[Edit]:
    """Read six bytes an edit: its kind, its place, and one of the tokens or up to three of the bytes themselves."""
    edits = []
    for start in range(0, len(script) - _BYTES_PER_EDIT + 1, _BYTES_PER_EDIT):
        kind, high, low, choice, *rest = script[start : start + _BYTES_PER_EDIT]
        payload = _TOKENS[choice % len(_TOKENS)] if choice < 170 else bytes([choice, *rest][choice % 3 :])
        edits.append((_KINDS[kind % len(_KINDS)], 256 * high + low, payload))
    return edits


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Return `content` after each of (kind, place, payload); a place is taken modulo the length at that point."""
    for kind, number, payload in edits:
        place = number % (len(content) + 1)
        before, after = content[:place], content[place:]
        if kind == "overwrite":
            content = before + payload + after[len(payload) :]
        elif kind == "value":
            found = _VALUE.search(content, place)
            content = content[: found.start()] + payload + content[found.end() :] if found else content
        elif kind == "insert":
            content = before + payload + after
        elif kind == "delete":
            content = before + after[1 + number % 17 :]
        elif kind == "double":
            content = before + after[:64] + after
        else:
            content = before
    return content
