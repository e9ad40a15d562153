"""What a build asks of an engine."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

Job = TypeVar("Job")


class Engine(Protocol):
    """Runs a function on jobs, wherever it likes, in any order, a job twice if need be.

    A job leaves what it made in files. Whoever asks looks for those afterwards: an engine is not trusted to have run
    every job.
    """

    @property
    def name(self) -> str:
        """How messages call it."""

    def run(self, function: Callable[[Job], Any], jobs: Sequence[Job]) -> Iterator[Job]:
        """Yield the jobs as the engine hands them back.

        Parameters
        ----------
        function : callable
            A module's function, or a partial of one; called in another process, maybe on another machine.
        jobs : sequence
            Its arguments.

        Raises
        ------
        AcousticImagesError
            What a job raised, or that the engine failed.
        """
