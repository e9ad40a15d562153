"""Engines by name."""

import shlex

from common.errors import AcousticImagesError
from data_prep.engines.engine import Engine

LOCAL, BEAM = "local", "beam"
ENGINES = (LOCAL, BEAM)


def open_engine(name: str, workers: int, beam_args: str = "") -> Engine | None:
    """Return an engine; None for the local one, which every build has of its own.

    Parameters
    ----------
    name : str
        One of `ENGINES`.
    workers : int
        Processes on this machine.
    beam_args : str
        Beam's pipeline options in one string, quoted as a shell has it.

    Raises
    ------
    AcousticImagesError
        Beam is not installed; options for an engine that takes none; quotes that do not close.
    """
    if name == LOCAL:
        if beam_args:
            raise AcousticImagesError(f"beam_args: found {beam_args!r} with the local engine; give --engine beam too")
        return None
    try:
        # Optional, and seconds to import: only for who asks for it.
        from data_prep.engines.beam import BeamEngine
    except ImportError as error:
        raise AcousticImagesError(
            f"engine: found no Apache Beam ({error}), wanted the packages of requirements-beam.txt; "
            "call make tfrecords ENGINE=beam"
        ) from error
    try:
        return BeamEngine(tuple(shlex.split(beam_args)), workers)
    except ValueError as error:
        raise AcousticImagesError(f"beam_args: found {beam_args!r} ({error}), wanted options of Beam") from error
