"""What a run wrote of its training, read back."""

from pathlib import Path

import pandas as pd

from common.foreign_files import parsing

_COLUMNS = ("epoch", "task_loss", "transfer_loss", "validation_accuracy")


def read_history(path: Path) -> pd.DataFrame:
    """Return a run's history; nothing where its folder holds none, as with networks that were passed on.

    Raises
    ------
    AcousticImagesError
        The file holds something else.
    """
    if not path.is_file():
        return pd.DataFrame()
    with parsing(path, "history of a training", "train again, or delete it to leave the curves out"):
        return pd.read_csv(path, usecols=list(_COLUMNS), dtype=dict.fromkeys(_COLUMNS, float))
