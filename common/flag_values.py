"""Lists of numbers on the command line."""

from collections.abc import Sequence
from typing import TypeVar

from common.errors import AcousticImagesError

Number = TypeVar("Number", int, float)


def parse_numbers(name: str, words: Sequence[str], kind: type[Number], count: int | None = None) -> list[Number]:
    """Return the numbers that a list flag holds.

    Raises
    ------
    AcousticImagesError
        A word that is no such number, or (with `count`) another number of them.
    """
    try:
        numbers = [kind(word) for word in words]
    except ValueError:
        raise AcousticImagesError(f"{name}: found {','.join(words)}, wanted numbers") from None
    if count is not None and len(numbers) != count:
        raise AcousticImagesError(f"{name}: found {len(numbers)} numbers, wanted {count}")
    return numbers
