"""`manifest.json`: what a built dataset holds, and how it was made."""

import dataclasses
import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from common.errors import AcousticImagesError
from common.sealed_json import parse_sealed_json, write_sealed_json
from tfrecords_schema.schema import SCHEMA_VERSION, SPLITS, RecordFormat
from tfrecords_schema.storage import is_file, path_to_write, read_bytes

MANIFEST_FILE = "manifest.json"
Entry = TypeVar("Entry", "RecordingEntry", "ShardEntry")


@dataclass(frozen=True)
class RecordingEntry:
    """One recording; its position in `Manifest.recordings` is the `recording_index` of its windows."""

    name: str
    class_index: int
    split: str
    num_windows: int


@dataclass(frozen=True)
class ShardEntry:
    """One shard: its file name in the dataset's folder, what it holds, and its SHA-256."""

    file: str
    split: str
    num_records: int
    num_bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The dataset as a whole.

    Attributes
    ----------
    record_format : RecordFormat
        What each record holds.
    class_names, recordings, shards : tuple
        In the order that the indices refer to.
    configuration : dict
        How the dataset was built, as JSON.
    sample_rates_hz : dict
        Rates by name, say "waveform".
    spectrogram_mean, spectrogram_std : tuple of float or None
        [257] statistics over the training split; None without a waveform.
    statistics_windows : int
        How many windows the statistics are of.
    index_sha256 : str
        SHA-256 of `index.csv`.

    Raises
    ------
    AcousticImagesError
        When the parts contradict each other: a recording twice, an unknown split or class, a shard outside
        of the folder, record counts that do not add up, statistics that are not finite.
    """

    record_format: RecordFormat
    class_names: tuple[str, ...]
    recordings: tuple[RecordingEntry, ...]
    shards: tuple[ShardEntry, ...]
    configuration: dict[str, Any]
    sample_rates_hz: dict[str, float]
    spectrogram_mean: tuple[float, ...] | None
    spectrogram_std: tuple[float, ...] | None
    statistics_windows: int
    index_sha256: str
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        _check_recordings(self)
        _check_shards(self)
        _check_statistics(self)

    def to_json(self) -> dict[str, Any]:
        """Return a dictionary that `json` can write."""
        return {**dataclasses.asdict(self), "record_format": self.record_format.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Manifest":
        """Make a manifest from what `to_json` gave; raises AcousticImagesError when it cannot."""
        _check_version(value)
        known = {field.name for field in dataclasses.fields(cls)}
        if set(value) != known:
            missing, unknown = sorted(known - set(value)), sorted(set(value) - known)
            raise AcousticImagesError(f"missing keys {missing}, unknown keys {unknown}; build the dataset again")
        try:
            return cls(**{**value, **_typed_parts(value)})
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            if isinstance(error, AcousticImagesError):
                raise
            raise AcousticImagesError(f"found a malformed entry ({error}); build the dataset again") from error

    def hash(self) -> str:
        """Return the SHA-256 of the manifest's content: equal for equal datasets."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def read_manifest(data_dir: Path | str) -> Manifest:
    """Read the manifest of a dataset.

    Raises
    ------
    AcousticImagesError
        When there is none, it is no JSON, damaged, of a later schema version, or contradicts itself.
    """
    path = Path(data_dir) / MANIFEST_FILE
    if not is_file(path):
        raise AcousticImagesError(f"{path}: found no manifest, wanted a finished dataset; run `make tfrecords`")
    value = parse_sealed_json(read_bytes(path), path, "wanted a manifest; build the dataset again")
    try:
        return Manifest.from_json(value)
    except AcousticImagesError as error:
        raise AcousticImagesError(f"{path}: {error}") from error


def write_manifest(data_dir: Path | str, manifest: Manifest) -> None:
    """Write `manifest.json` atomically; written last, it says that the dataset is whole."""
    with path_to_write(Path(data_dir) / MANIFEST_FILE) as partial:
        write_sealed_json(partial, manifest.to_json())


def _typed_parts(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a manifest as the right types; raises TypeError for others."""
    for name, kind in (("configuration", dict), ("sample_rates_hz", dict), ("index_sha256", str)):
        _require_type(name, value[name], kind)
    _require_type("statistics_windows", value["statistics_windows"], int)
    return {
        "record_format": RecordFormat.from_json(_require_type("record_format", value["record_format"], dict)),
        "class_names": tuple(_require_type("class name", name, str) for name in _listed(value, "class_names")),
        "recordings": tuple(_entry(RecordingEntry, entry) for entry in _listed(value, "recordings")),
        "shards": tuple(_entry(ShardEntry, entry) for entry in _listed(value, "shards")),
        "spectrogram_mean": _optional_tuple(value["spectrogram_mean"]),
        "spectrogram_std": _optional_tuple(value["spectrogram_std"]),
    }


def _listed(value: Mapping[str, Any], name: str) -> list[Any]:
    return _require_type(name, value[name], list)


def _entry(kind: type[Entry], value: Any) -> Entry:
    entry = kind(**_require_type(kind.__name__, value, dict))
    for field in dataclasses.fields(kind):
        _require_type(field.name, getattr(entry, field.name), field.type)
    return entry


def _require_type(name: str, value: Any, kind: Any) -> Any:
    # True is no number here, and no count is negative or longer than the 64 bits that the records have for it.
    if type(value) is not kind or (kind is int and not 0 <= value < 2**63):
        raise TypeError(f"{name}: found {value!r:.80}, wanted {kind.__name__}")
    return value


def _optional_tuple(values: list[float] | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(values)


def _check_version(value: Mapping[str, Any]) -> None:
    version = value.get("schema_version")
    if version == SCHEMA_VERSION:
        return
    is_later = isinstance(version, int) and version > SCHEMA_VERSION
    todo = "update this program" if is_later else "build the dataset again"
    raise AcousticImagesError(f"found schema version {version}, wanted {SCHEMA_VERSION}; {todo}")


def _check_recordings(manifest: Manifest) -> None:
    for name, count in Counter(recording.name for recording in manifest.recordings).items():
        if count > 1:
            splits = sorted({entry.split for entry in manifest.recordings if entry.name == name})
            raise AcousticImagesError(
                f"recording {name}: found {count} times (splits {', '.join(splits)}), wanted once"
            )
    for recording in manifest.recordings:
        _check_split(recording.split, f"recording {recording.name}")
        if not 0 <= recording.class_index < len(manifest.class_names):
            raise AcousticImagesError(
                f"recording {recording.name}: found class index {recording.class_index}, "
                f"wanted 0 to {len(manifest.class_names) - 1}; build the dataset again"
            )


def _check_shards(manifest: Manifest) -> None:
    files = [shard.file for shard in manifest.shards]
    if len(set(files)) != len(files):
        raise AcousticImagesError("shards: found a file name twice, wanted each once; build the dataset again")
    for shard in manifest.shards:
        _check_split(shard.split, f"shard {shard.file}")
        if not shard.file or Path(shard.file).name != shard.file or "\0" in shard.file:
            raise AcousticImagesError(f"shard {shard.file}: found a path, wanted a file name; build again")
    for split in SPLITS:
        records = sum(shard.num_records for shard in manifest.shards if shard.split == split)
        windows = sum(entry.num_windows for entry in manifest.recordings if entry.split == split)
        if records != windows:
            raise AcousticImagesError(
                f"split {split}: found {records} records in shards, wanted {windows} as the recordings have; "
                "build the dataset again"
            )


def _check_split(split: str, where: str) -> None:
    if split not in SPLITS:
        raise AcousticImagesError(f"{where}: found split {split!r}, wanted one of {', '.join(SPLITS)}")


def _check_statistics(manifest: Manifest) -> None:
    mean, std = manifest.spectrogram_mean, manifest.spectrogram_std
    if mean is None and std is None:
        return
    if mean is None or std is None or len(mean) != len(std):
        raise AcousticImagesError("spectrogram statistics: found mean and deviation of different lengths")
    if not all(map(math.isfinite, (*mean, *std))) or min(std, default=1.0) < 0:
        raise AcousticImagesError("spectrogram statistics: found values that are not finite or negative")
