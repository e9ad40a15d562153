"""The networks of a run: built by kind, stored in a run folder, loaded back strictly.

A run folder holds `weights.npz` (one array a weight, "hearnet/conv1/kernel") and `network.json` (which kind, and
the SHA-256 of the weights), written last, so that a folder with a `network.json` is whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from common.errors import AcousticImagesError
from common.sealed_json import read_sealed_json, write_sealed_json
from models.array_files import read_arrays, write_arrays
from models.classification import VECTOR_SIZES, build_classifier
from models.dualcamnet import build_dualcamnet
from models.hearnet import build_hearnet
from models.kinds import NETWORKS_OF_KIND
from models.l3net import build_correspondence, build_l3_audio, build_l3_vision
from models.normalisation import NORM_MOMENTUM
from models.resnet18 import FIRST_FILTERS, build_resnet18

Networks = dict[str, tf.keras.Model]

NETWORK_FORMAT_VERSION = 1
NETWORK_FILE = "network.json"
WEIGHTS_FILE = "weights.npz"
# The training that the networks come from: its configuration, how it went; training.run_folder writes them.
CONFIG_FILE = "config.json"
RUN_FILE = "run.json"
# In the description of weights that were rounded: the hash of those that they come from.
ROUNDED_FROM = "rounded_from_sha256"
# A description from elsewhere must not make networks of any size.
_MOST_OF_AN_OPTION = {"num_classes": 100_000, "input_reduction": 100, "first_filters": 1024}


@dataclass(frozen=True)
class NetworkOptions:
    """What the shape of some networks hangs on.

    Attributes
    ----------
    num_classes : int or None
        Of a supervised run's classifier.
    input_reduction : int
        Squares of so many pixels that L3-Net averages first; 1 is the original.
    first_filters : int
        Filters of the first block of ResNet18 and of L3-Net's subnetworks; 64 is the original.
    """

    num_classes: int | None = None
    input_reduction: int = 1
    first_filters: int = FIRST_FILTERS


_BUILDERS: dict[str, Callable[[NetworkOptions], tf.keras.Model]] = {
    "dualcamnet": lambda options: build_dualcamnet(),
    "hearnet": lambda options: build_hearnet(),
    "resnet18": lambda options: build_resnet18(options.first_filters),
    "l3_audio": lambda options: build_l3_audio(options.input_reduction, options.first_filters),
    "l3_vision": lambda options: build_l3_vision(options.input_reduction, options.first_filters),
    "correspondence": lambda options: build_correspondence(),
}


def build_networks(
    kind: str,
    seed: int,
    options: NetworkOptions = NetworkOptions(),
    *,
    mixed_precision: bool = False,
    norm_momentum: float = NORM_MOMENTUM,
) -> Networks:
    """Build the networks of a run with seeded random weights; in a strategy's scope, copies on all its replicas.

    Parameters
    ----------
    kind : str
        Of `models.kinds`, such as "teacher" (DualCamNet and ResNet18) or "student" (HearNet and ResNet18).
    seed : int
        Same seed, same weights. Sets the global seeds of Python, NumPy and TensorFlow.
    options : NetworkOptions
        What the shape of some networks hangs on.
    mixed_precision : bool
        Compute in bfloat16; the weights stay float32.
    norm_momentum : float
        Of the moving statistics of batch normalisation.

    Returns
    -------
    dict of str to tf.keras.Model
    """
    if kind not in NETWORKS_OF_KIND:
        raise AcousticImagesError(f"kind of run: found {kind!r}, wanted one of {sorted(NETWORKS_OF_KIND)}")
    tf.keras.utils.set_random_seed(seed)
    previous = tf.keras.mixed_precision.global_policy()
    tf.keras.mixed_precision.set_global_policy("mixed_bfloat16" if mixed_precision else "float32")
    try:
        networks = {name: _build(name, kind, options) for name in NETWORKS_OF_KIND[kind]}
    finally:
        tf.keras.mixed_precision.set_global_policy(previous)
    for network in networks.values():
        for layer in network.layers:
            if isinstance(layer, tf.keras.layers.BatchNormalization):
                layer.momentum = norm_momentum
    return networks


def _build(name: str, kind: str, options: NetworkOptions) -> tf.keras.Model:
    if name != "classifier":
        return _BUILDERS[name](options)
    if options.num_classes is None:
        raise AcousticImagesError(f"num_classes: found none for a run of kind {kind}, wanted the number of classes")
    return build_classifier(VECTOR_SIZES[NETWORKS_OF_KIND[kind][0]], options.num_classes)


def named_weights(networks: Mapping[str, tf.keras.Model]) -> dict[str, tf.Variable]:
    """Return every weight (moving statistics as well) under its full name, "hearnet/conv1/kernel"."""
    weights: dict[str, tf.Variable] = {}
    for network_name, network in networks.items():
        for variable in network.weights:
            name = f"{network_name}/{variable.name.split(':')[0].removeprefix(network_name + '/')}"
            if name in weights:
                raise AcousticImagesError(f"{name}: found two weights of this name, wanted one")
            weights[name] = variable
    return weights


def weight_arrays(networks: Mapping[str, tf.keras.Model]) -> dict[str, np.ndarray]:
    """Return a copy of every weight under its full name."""
    return {name: variable.numpy() for name, variable in named_weights(networks).items()}


def assign_weights(
    networks: Mapping[str, tf.keras.Model], arrays: Mapping[str, np.ndarray], source: Path | str
) -> None:
    """Set every weight of the networks; nothing is set unless all names and shapes agree.

    Raises
    ------
    AcousticImagesError
        Names the weights that only the networks have, those that only `source` has, and differing shapes.
    """
    weights = named_weights(networks)
    _require_same_names(set(weights), set(arrays), source)
    for name, variable in weights.items():
        if tuple(variable.shape) != arrays[name].shape:
            raise AcousticImagesError(
                f"{source}: found {name} of shape {arrays[name].shape}, wanted {tuple(variable.shape)}"
            )
    for name, variable in weights.items():
        variable.assign(arrays[name].astype(variable.dtype.as_numpy_dtype))


def save_networks(
    run_dir: Path | str,
    networks: Mapping[str, tf.keras.Model],
    *,
    kind: str,
    seed: int,
    configuration_hash: str,
    options: NetworkOptions = NetworkOptions(),
    spectrogram_statistics: tuple[Sequence[float] | None, Sequence[float] | None] = (None, None),
) -> None:
    """Write `weights.npz`, then `network.json`, into a run folder.

    The spectrogram's mean and deviation [257] that the student was trained with go along: without them it hears
    another spectrogram.
    """
    mean, deviation = spectrogram_statistics
    sha256 = write_arrays(Path(run_dir) / WEIGHTS_FILE, weight_arrays(networks))
    description = {
        "format_version": NETWORK_FORMAT_VERSION,
        "kind": kind,
        "networks": sorted(networks),
        "seed": seed,
        "configuration_hash": configuration_hash,
        "weights_sha256": sha256,
        "options": asdict(options),
        "spectrogram_mean": None if mean is None else list(mean),
        "spectrogram_std": None if deviation is None else list(deviation),
    }
    write_sealed_json(Path(run_dir) / NETWORK_FILE, description)


def read_network_description(run_dir: Path | str, kind: str | None = None) -> dict[str, Any]:
    """Read `network.json` of a finished run.

    Parameters
    ----------
    run_dir : Path or str
        The run folder.
    kind : str or None
        The kind that the caller needs; None takes any.

    Raises
    ------
    AcousticImagesError
        No finished run there, a format from the future, or another kind of run.
    """
    path = Path(run_dir) / NETWORK_FILE
    if not path.is_file():
        raise AcousticImagesError(f"{path}: found no such file, wanted a finished run; train it to its end first")
    description = read_sealed_json(path, "train again")
    try:
        version, found_kind = int(description["format_version"]), str(description["kind"])
        sha256 = description["weights_sha256"]
        _options_of(description)
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise AcousticImagesError(f"{path}: found an unreadable description ({error}); train again") from error
    if version > NETWORK_FORMAT_VERSION:
        raise AcousticImagesError(
            f"{path}: found format {version}, wanted at most {NETWORK_FORMAT_VERSION}; update the project"
        )
    if found_kind not in NETWORKS_OF_KIND or not isinstance(sha256, str):
        raise AcousticImagesError(f"{path}: found kind {found_kind!r}, wanted {sorted(NETWORKS_OF_KIND)}")
    if kind is not None and found_kind != kind:
        raise AcousticImagesError(f"{path}: found a run of a {found_kind}, wanted a {kind}; name another run folder")
    return description


def load_networks(run_dir: Path | str, kind: str | None = None) -> Networks:
    """Load the networks of a finished run in float32, every weight checked by name and shape.

    Parameters
    ----------
    run_dir : Path or str
        The run folder.
    kind : str or None
        The kind that the caller needs; None takes any.

    Returns
    -------
    dict of str to tf.keras.Model
        Those of `models.kinds`: {"dualcamnet", "resnet18"} of a teacher, {"hearnet", "resnet18"} of a student.

    Raises
    ------
    AcousticImagesError
        As `read_network_description`; a damaged weights file; missing or extra weights (both sides listed).
    """
    description = read_network_description(run_dir, kind)
    path = Path(run_dir) / WEIGHTS_FILE
    arrays = read_arrays(path, description["weights_sha256"])
    networks = build_networks(description["kind"], seed=0, options=_options_of(description))
    assign_weights(networks, arrays, path)
    return networks


def _options_of(description: Mapping[str, Any]) -> NetworkOptions:
    """Return the options of a stored description; raises KeyError, TypeError or ValueError for another thing."""
    options = NetworkOptions(**description["options"])
    counts = {name: count for name, count in asdict(options).items() if (name, count) != ("num_classes", None)}
    if not all(type(count) is int and 1 <= count <= _MOST_OF_AN_OPTION[name] for name, count in counts.items()):
        raise ValueError(f"options {description['options']}")
    return options


def _require_same_names(wanted: set[str], found: set[str], source: Path | str) -> None:
    if wanted == found:
        return
    missing = ", ".join(sorted(wanted - found)) or "none"
    extra = ", ".join(sorted(found - wanted)) or "none"
    raise AcousticImagesError(
        f"{source}: found weights of another network; missing: {missing}; extra: {extra}; name the right run"
    )
