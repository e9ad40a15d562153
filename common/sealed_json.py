"""JSON files that carry the SHA-256 of their own content, so that a flipped bit in them is noticed."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from common.atomic_files import write_json
from common.errors import AcousticImagesError

SEAL = "content_sha256"
_LENGTH_OF_A_HASH = 64


def write_sealed_json(path: Path | str, value: Mapping[str, Any]) -> None:
    """Write a JSON object atomically, with the hash of its other keys under `SEAL`."""
    write_json(path, {**value, SEAL: _hash_of(value)})


def read_sealed_json(path: Path | str, todo: str) -> dict[str, Any]:
    """Read a JSON file as `parse_sealed_json` does; a file that cannot be read is an AcousticImagesError as well."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise AcousticImagesError(f"{path}: found {error.strerror}, wanted a readable file; {todo}") from error
    return parse_sealed_json(content, path, todo)


def parse_sealed_json(content: bytes, path: Path | str, todo: str) -> dict[str, Any]:
    """Return a JSON object, compared with its seal where it has one.

    Files written before there were seals have none; they are read as they are.

    Parameters
    ----------
    content : bytes
        Of the file, UTF-8.
    path : Path or str
        Its name, for the message.
    todo : str
        What the user is to do about a file that cannot be used, for the message.

    Returns
    -------
    dict
        The content without the seal.

    Raises
    ------
    AcousticImagesError
        No JSON object (NaN, half characters and endless nesting are none), or another content
        than was sealed.
    """
    try:
        # The parser recurses in step with the nesting that the file asks for.
        value = json.loads(content.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise AcousticImagesError(f"{path}: found no JSON ({error}); {todo}") from error
    if not isinstance(value, dict):
        raise AcousticImagesError(f"{path}: found {type(value).__name__}, wanted a JSON object; {todo}")
    seal = value.pop(SEAL, None)
    try:
        found = _hash_of(value)
        misnamed = None if seal is not None else _misnamed_seal(value)
    except (UnicodeEncodeError, RecursionError) as error:
        what = "endless nesting" if isinstance(error, RecursionError) else "half a character"
        raise AcousticImagesError(f"{path}: found {what} ({error}); {todo}") from error
    if misnamed is not None:
        raise AcousticImagesError(f"{path}: found the seal under the damaged name {misnamed!r}, wanted {SEAL}; {todo}")
    if seal is not None and seal != found:
        raise AcousticImagesError(f"{path}: found content with SHA-256 {found[:12]}…, wanted {seal!s:.12}…; {todo}")
    return value


def _hash_of(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _misnamed_seal(value: dict[str, Any]) -> str | None:
    """Return the key that holds the hash of all others, which no file without a seal has."""
    for name, text in value.items():
        if isinstance(text, str) and len(text) == _LENGTH_OF_A_HASH:
            others = {other: content for other, content in value.items() if other != name}
            if text == _hash_of(others):
                return name
    return None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
