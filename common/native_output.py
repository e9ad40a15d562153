"""What libraries print past Python: kept back, unless something goes wrong or VERBOSE=1."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_back() -> Iterator[None]:
    """Keep back all that is written to standard output and standard error; when the block raises, it is shown."""
    if os.environ.get("VERBOSE") == "1":
        yield
        return
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept:
        saved = {number: os.dup(number) for number in (1, 2)}
        try:
            for number in saved:
                os.dup2(kept.fileno(), number)
            yield
        except Exception:
            kept.seek(0)
            os.write(saved[2], kept.read())
            raise
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in saved.items():
                os.dup2(copy, number)
                os.close(copy)
