"""Readers of the folder layouts that recordings come in."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.errors import AcousticImagesError
from data_prep.array_geometry import ArrayGeometry
from data_prep.layouts import acivw, array, avia, clips, dcase2018
from data_prep.recordings import RawDataset
from data_prep.signal_parameters import SignalParameters


@dataclass(frozen=True)
class Layout:
    """How a layout is recognised and opened."""

    detect: Callable[[Path], bool]
    open_dataset: Callable[[Path, SignalParameters, ArrayGeometry | None], RawDataset]


LAYOUTS = {
    "array": Layout(array.detect, array.open_dataset),
    "acivw": Layout(acivw.detect, acivw.open_dataset),
    "avia": Layout(avia.detect, avia.open_dataset),
    "clips": Layout(clips.detect, clips.open_dataset),
    "dcase2018": Layout(dcase2018.detect, dcase2018.open_dataset),
}
AUTOMATIC = "auto"


def open_dataset(
    root: Path | str,
    layout: str = AUTOMATIC,
    parameters: SignalParameters | None = None,
    geometry: ArrayGeometry | None = None,
) -> RawDataset:
    """Open the recordings below a folder; reads heads and lists of files, no samples.

    Parameters
    ----------
    root : Path or str
        The dataset's folder.
    layout : str
        "acivw", "avia", "dcase2018", "clips", "array", or "auto" to tell by the folder's content.
    parameters : SignalParameters or None
        Rates and sizes; None for the paper's. A dataset that states its own replaces them.
    geometry : ArrayGeometry or None
        The array, where the dataset does not state it or another one is meant.

    Raises
    ------
    AcousticImagesError
        No such folder, none of the layouts, no recordings, or files that contradict each other.
    """
    folder = Path(root)
    if not folder.is_dir():
        raise AcousticImagesError(f"{folder}: found no such folder, wanted raw recordings; set RAW=")
    if layout not in (AUTOMATIC, *LAYOUTS):
        raise AcousticImagesError(f"layout: found {layout!r}, wanted {AUTOMATIC}, {', '.join(LAYOUTS)}")
    chosen = LAYOUTS[_detected(folder) if layout == AUTOMATIC else layout]
    dataset = chosen.open_dataset(folder, parameters or SignalParameters(), geometry)
    if not dataset.recordings:
        short = f"{len(dataset.skipped)} recordings shorter than a window" if dataset.skipped else "no recordings"
        raise AcousticImagesError(f"{folder}: found {short}, wanted recordings of the layout {dataset.layout}")
    return dataset


def _detected(folder: Path) -> str:
    found = [name for name, layout in LAYOUTS.items() if layout.detect(folder)]
    if not found:
        raise AcousticImagesError(
            f"{folder}: found no recordings of a known layout ({', '.join(LAYOUTS)}); lay them out as "
            "docs/array-layout.md shows, or check RAW="
        )
    if len(found) > 1:
        raise AcousticImagesError(f"{folder}: found what fits {' and '.join(found)}, wanted one of them; set LAYOUT=")
    return found[0]
