"""Small trainings as child processes of which every line is kept, and the data that they train on."""

from collections.abc import Callable
from pathlib import Path

from common.file_hash import sha256_of_file
from faults.children import PATIENCE_S, require_well_ended, start
from faults.training_dataset import write_training_dataset
from models.saved_networks import WEIGHTS_FILE

SUPERVISED, STUDENT = "supervised_hearnet", "student"


def small_training_data(folder: Path) -> Path:
    """Write twelve windows of sound and video to train on, and twelve to validate with."""
    return write_training_dataset(folder / "data", ("waveform", "video"), ("bell", "horn"))


def same_weights(run: Path, wanted: Path) -> bool:
    """Tell whether two finished runs ended with the same weights, bit for bit."""
    return sha256_of_file(run / WEIGHTS_FILE) == sha256_of_file(wanted / WEIGHTS_FILE)


class Training:
    """A training in a process of its own.

    Parameters
    ----------
    data, run : Path
        Dataset, run folder.
    *flags : str
        Further flags of `faults.train_small_main`.
    prepare : callable or None
        Called in the new process before it begins.
    """

    def __init__(self, data: Path, run: Path, *flags: str, prepare: Callable[[], None] | None = None) -> None:
        self.child = start("faults.train_small_main", f"--data={data}", f"--run={run}", *flags, prepare=prepare)
        self.lines: list[str] = []

    def read_until(self, line: str, times: int = 1) -> bool:
        """Wait until it has printed a line so many times more; False when it ended before."""
        assert self.child.stdout is not None
        for printed in self.child.stdout:
            self.lines.append(printed.rstrip("\n"))
            times -= self.lines[-1] == line
            if not times:
                return True
        return False

    def let_go(self, times: int = 1) -> None:
        """Let it go on where it was told to wait, or will be, so many times."""
        assert self.child.stdin is not None
        self.child.stdin.write("." * times)
        self.child.stdin.flush()

    def end(self) -> tuple[int, str]:
        """Wait for its end; return its exit status and all that it printed."""
        with self.child:
            assert self.child.stdout is not None
            assert self.child.stderr is not None
            status = self.child.wait(PATIENCE_S)
            self.lines += self.child.stdout.read().splitlines()
            return status, "\n".join(self.lines) + "\n" + self.child.stderr.read()

    def finish(self) -> None:
        """Wait for its end; raises AcousticImagesError unless it ends well."""
        require_well_ended(self.child, *self.end())
