"""The networks of a run as one function from stored windows to features, loaded and traced once for all datasets."""

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import tensorflow as tf

from evaluation.features import forward
from evaluation.runs import FinishedRun
from models.network_inputs import network_inputs
from models.saved_networks import Networks, load_networks, read_network_description


class Embedder:
    """What a run makes of windows.

    Parameters
    ----------
    run : FinishedRun
        Its networks are loaded when they are first needed: who finds all embeddings stored needs none.
    """

    def __init__(self, run: FinishedRun) -> None:
        self.run = run

    @cached_property
    def networks(self) -> Networks:
        """The networks by name.

        Raises
        ------
        AcousticImagesError
            As `models.saved_networks.load_networks`.
        """
        return load_networks(self.run.folder, self.run.kind)

    @cached_property
    def _forward(self) -> Callable[[Mapping[str, tf.Tensor]], dict[str, tf.Tensor]]:
        # Loaded here: within the traced function the weights would be assigned to nothing.
        networks = self.networks
        return tf.function(lambda inputs: forward(self.run.kind, networks, inputs), reduce_retracing=True)

    @cached_property
    def _statistics(self) -> list[tf.Tensor | None]:
        # A student hears with the statistics that it was trained with, whatever the dataset.
        description = read_network_description(self.run.folder)
        return [
            None if values is None else tf.constant(values, tf.float32)
            for values in (description.get("spectrogram_mean"), description.get("spectrogram_std"))
        ]

    def __call__(self, windows: Mapping[str, tf.Tensor]) -> dict[str, np.ndarray]:
        """Return what `evaluation.features.forward` gives of a batch of windows, as they are stored."""
        features = self._forward(network_inputs(windows, *self._statistics))
        return {name: values.numpy() for name, values in features.items()}
