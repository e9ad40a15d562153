"""Names that stand in data, as paths that cannot lead out of the data's folder."""

from pathlib import Path, PurePosixPath

from common.errors import AcousticImagesError

# What file systems take: beyond it, asking whether there is such a file is an error of its own.
_MOST_BYTES_OF_A_NAME, _MOST_BYTES_OF_A_PATH = 255, 2048


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
        No text, an absolute path, a `..`, or a character or a length that no file system has in names.
    """
    if not isinstance(name, str) or not name or "\0" in name:
        raise AcousticImagesError(f"{named_by}: found {name!r}, wanted the name of a file")
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name:
        raise AcousticImagesError(
            f"{named_by}: found the path {name!r}, wanted one within {folder}; put the file (or a link to it) there"
        )
    encoded = [len(part.encode(errors="surrogatepass")) for part in parts]
    if max(encoded, default=0) > _MOST_BYTES_OF_A_NAME or sum(encoded) + len(encoded) > _MOST_BYTES_OF_A_PATH:
        raise AcousticImagesError(f"{named_by}: found the path {name[:80]!r}…, wanted a shorter one")
    return folder / name
