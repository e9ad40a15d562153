"""Folders of sound files: a folder per class, a file per clip."""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from common.errors import AcousticImagesError

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aiff")


def clip_files(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Return the clips of every class, both in alphabetical order.

    Raises
    ------
    AcousticImagesError
        No such folder, no class in it, or a class without clips.
    """
    if not folder.is_dir():
        raise AcousticImagesError(f"{folder}: found no such folder, wanted one with a folder of clips for each class")
    classes = {
        path.name: tuple(sorted(clip for clip in path.iterdir() if clip.suffix.lower() in SUFFIXES))
        for path in sorted(folder.iterdir())
        if path.is_dir()
    }
    empty = [name for name, clips in classes.items() if not clips]
    if not classes or empty:
        what = f"no clip in {empty[0]}" if empty else "no folder"
        raise AcousticImagesError(f"{folder}: found {what}, wanted a folder of {', '.join(SUFFIXES)} for each class")
    return classes


def clip_groups(clips: Sequence[Path], least: int) -> tuple[tuple[Path, ...], ...]:
    """Return the clips in groups of at least so many, so that no source is in two groups.

    Clips of one source carry one name but for a last letter, as those of ESC-10 do ("1-1234-A", "1-1234-B"). The
    last clips join the last group when they are too few.

    Parameters
    ----------
    clips : sequence of Path
        In alphabetical order.
    least : int
        Clips that a recording consists of.
    """
    groups: list[list[Path]] = [[]]
    for _, of_source in groupby(clips, key=clip_source):
        if len(groups[-1]) >= least:
            groups.append([])
        groups[-1] += of_source
    if len(groups) > 1 and len(groups[-1]) < least:
        groups[-2] += groups.pop()
    return tuple(tuple(group) for group in groups)


def clip_source(clip: Path) -> str:
    """Return the name of what a clip was cut from: its own name without a last "-A", "-B", ..."""
    return re.sub(r"-[A-Z]$", "", clip.stem)
