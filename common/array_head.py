"""The head of a NumPy array's file, read without making room for what it says."""

import io

import numpy as np

_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def read_array_head(content: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Read shape, whether the first index runs fastest, and type; `content` stands at the values then.

    Takes bytes that are there: from a file the library would ask for as many as the head says that it has.

    Raises
    ------
    ValueError
        No array, one of another version, or one of Python's objects.
    """
    version = np.lib.format.read_magic(content)
    if version not in _READERS:
        raise ValueError(f"an array's file of version {version[0]}.{version[1]}")
    shape, in_fortran_order, dtype = _READERS[version](content)
    if dtype.hasobject:
        raise ValueError("an array of objects")
    return shape, in_fortran_order, dtype
