"""Every reader of files, as a target for fuzzing, by name."""

from collections.abc import Callable
from pathlib import Path

from faults.dataset_readers import DATASET_READERS
from faults.reader import Reader
from faults.recording_readers import RECORDING_READERS
from faults.run_readers import RUN_READERS

READERS: dict[str, Callable[[Path], Reader]] = {**RECORDING_READERS, **DATASET_READERS, **RUN_READERS}
