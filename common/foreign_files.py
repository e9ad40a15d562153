"""Files that come from elsewhere: whatever a library makes of damaged or hostile bytes becomes the project's error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.errors import AcousticImagesError

_MOST_LETTERS = 200


@contextmanager
def parsing(path: Path | str, what: str, todo: str) -> Iterator[None]:
    """Turn any error of the block, which is to hold the library's call and nothing else, into the project's.

    Parsers raise nearly anything over damaged input (fuzzing saw IndexError, KeyError, RecursionError and
    OverflowError besides their own), so a list of kinds would never be whole.

    Parameters
    ----------
    path : Path or str
        The file.
    what : str
        What it was to hold, for the message.
    todo : str
        What the user is to do.
    """
    try:
        yield
    except AcousticImagesError:
        raise
    except Exception as error:
        if "://" not in str(path) and not Path(path).exists():
            raise AcousticImagesError(f"{path}: found no such file, wanted a {what}; {todo}") from error
        reason = " ".join(str(error).split()) or type(error).__name__
        short = reason if len(reason) <= _MOST_LETTERS else reason[:_MOST_LETTERS] + "…"
        raise AcousticImagesError(f"{path}: found no readable {what} ({short}); {todo}") from error


def read_limited(path: Path | str, most_bytes: int, what: str, todo: str) -> bytes:
    """Read a whole file that has no reason to be large.

    Raises
    ------
    AcousticImagesError
        No readable file, or one of more bytes.
    """
    with parsing(path, what, todo), open(path, "rb") as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise AcousticImagesError(f"{path}: found more than {most_bytes} bytes, wanted {what}; {todo}")
    return content


def read_limited_text(path: Path | str, most_bytes: int, what: str, todo: str) -> str:
    """Read a UTF-8 file as `read_limited` does."""
    content = read_limited(path, most_bytes, what, todo)
    with parsing(path, what, todo):
        return content.decode("utf-8")
