"""Pictures of single windows, drawn from the files of `evaluation.picture_data`: maps over video, a 2-D map."""

from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from common.errors import AcousticImagesError
from common.image_decoding import decode_picture
from evaluation.drawing import draw_over_frame, loudest_decibels, save_figure
from evaluation.picture_data import EMBEDDING_FILE, ENERGY, MAPS_FILE

_DOTS_PER_INCH = 80


def maps_on_the_same_frames(path: Path, data_dir: Path) -> None:
    """Draw one row a window: its frame, the acoustic energy, and every system's similarity map over it.

    Raises
    ------
    AcousticImagesError
        A file is missing or holds something else.
    """
    table = _read(data_dir / MAPS_FILE, ("system", "window", "row", "column", "value"))
    windows = sorted(table["window"].unique())
    systems = sorted(table["system"].unique(), key=lambda system: (system != ENERGY, system))
    figure = Figure(figsize=(2.6 * (1 + len(systems)), 2.05 * len(windows)), layout="constrained")
    all_axes = figure.subplots(len(windows), 1 + len(systems), squeeze=False)
    for number, (window, axes) in enumerate(zip(windows, all_axes, strict=True)):
        file = data_dir / f"window-{window}.png"
        picture = decode_picture(file.read_bytes()) if file.is_file() else None
        if picture is None:
            raise AcousticImagesError(f"{file}: found no readable picture; write the picture data again")
        frame = picture[..., ::-1]
        draw_over_frame(axes[0], frame, None, "video" if number == 0 else "")
        for panel, system in zip(axes[1:], systems, strict=True):
            cells = table[(table["window"] == window) & (table["system"] == system)]
            values = cells.pivot(index="row", columns="column", values="value").to_numpy()
            if system == ENERGY:
                values = loudest_decibels(values)
            draw_over_frame(panel, frame, values, system if number == 0 else "")
    save_figure(figure, path, _DOTS_PER_INCH)


def embedding_map(path: Path, data_dir: Path, feature: str = "audio") -> None:
    """Draw the 2-D maps of one feature, one panel a system, classes in colours.

    Raises
    ------
    AcousticImagesError
        The file is missing or holds something else.
    """
    table = _read(data_dir / EMBEDDING_FILE, ("system", "feature", "class", "x", "y"))
    table = table[table["feature"] == feature]
    systems = sorted(table["system"].unique())
    figure = Figure(figsize=(4.6 * len(systems), 4.6), layout="constrained")
    for axes, system in zip(figure.subplots(1, len(systems), squeeze=False)[0], systems, strict=True):
        for number, (name, points) in enumerate(table[table["system"] == system].groupby("class")):
            colour = matplotlib.colormaps["tab10"](number % 10)
            axes.scatter(points["x"], points["y"], s=14, color=colour, label=str(name).replace("_", " "))
        axes.set_title(f"{system}, {feature} feature", fontsize=9)
        axes.set_axis_off()
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False, fontsize=8)
    save_figure(figure, path, _DOTS_PER_INCH)


def _read(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise AcousticImagesError(f"{path}: found {error}, wanted picture data; write it again") from error
    missing = [name for name in columns if name not in table]
    if missing:
        raise AcousticImagesError(f"{path}: found no column {missing[0]}, wanted {', '.join(columns)}")
    return table
