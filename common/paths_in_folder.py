"""Names that stand in data, as paths that cannot lead out of the data's folder."""

from pathlib import Path, PurePosixPath

from common.errors import AcousticImagesError


def path_in_folder(folder: Path, name: object, named_by: Path | str) -> Path:
    """Return `folder / name`.

    Parameters
    ----------
    folder : Path
        The folder that the name must stay in.
    name : object
        What the data says; only relative text will do.
    named_by : Path or str
        The file that says so, for the message.

    Raises
    ------
    AcousticImagesError
        No text, an absolute path, a `..`, or a character that no file system has in names.
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise AcousticImagesError(f"{named_by}: found {name!r}, wanted the name of a file")
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name:
        raise AcousticImagesError(
            f"{named_by}: found the path {name!r}, wanted one within {folder}; put the file (or a link to it) there"
        )
    return folder / name
