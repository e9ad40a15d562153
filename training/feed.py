"""The batches that a step takes, in the order of a plan."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf

from common.errors import AcousticImagesError
from models.network_inputs import network_inputs
from tfrecords_schema.reader import WindowReader, iterate
from training.config import TrainingConfig
from training.distribution import ALONE, Replicas
from training.task import IDENTITY, LABELS, TEACHER_OUTPUTS
from training.teacher import frozen_teacher, of_other_recordings


class Feed:
    """Reads the windows of one split and turns them into network inputs.

    Parameters
    ----------
    reader : WindowReader
        The dataset.
    split : str
        "train" or "validation".
    modalities : sequence of str
        What to read of each window.
    """

    def __init__(self, reader: WindowReader, split: str, modalities: Sequence[str]) -> None:
        stored = reader.manifest.record_format.modalities
        missing = [modality for modality in modalities if modality not in stored]
        if missing:
            raise AcousticImagesError(
                f"dataset: found modalities {', '.join(stored)}, wanted {', '.join(missing)} as well; "
                "build the dataset with them"
            )
        self._reader, self._split, self._modalities = reader, split, tuple(modalities)
        self._rows = reader.rows(split)
        self._teacher_outputs: np.ndarray | None = None
        self.recordings: np.ndarray = reader.index["recording_index"].to_numpy()[self._rows]

    def hear_with_teacher(
        self, config: TrainingConfig, after_batch: Callable[[], None] = lambda: None, replicas: Replicas = ALONE
    ) -> None:
        """Add the frozen teacher's outputs for every window to the batches.

        The teacher does not change and hears no augmentation, so one pass serves all epochs. `after_batch` is called
        after each batch, and may raise to end the pass. Several workers hear some batches each.
        """
        teacher, batch_size = frozen_teacher(config), config.batch_size
        feed = Feed(self._reader, self._split, (teacher.modality,))
        in_order = np.arange(len(self._rows))
        plan = [in_order[start : start + batch_size] for start in range(0, len(in_order), batch_size)]
        dealt = replicas.dealt(len(plan))
        heard = []
        for batch in feed.batches([plan[number] for number in dealt]):
            heard.append(teacher.outputs(batch).numpy())
            after_batch()
        outputs = np.zeros([len(in_order), heard[0].shape[1]], heard[0].dtype)
        for number, vectors in zip(dealt, heard, strict=True):
            if replicas.owns(number):
                outputs[plan[number]] = vectors
        self._teacher_outputs = replicas.total(outputs)
        if config.teacher_control == "shuffled":
            self._teacher_outputs = of_other_recordings(self._teacher_outputs, self.recordings, config.seed)

    def batches(self, plan: Sequence[np.ndarray]) -> Iterator[dict[str, tf.Tensor]]:
        """Yield the inputs of each batch of the plan (positions in `recordings`)."""
        if not plan:
            return
        windows = self._reader.batches([self._rows[positions] for positions in plan], self._modalities)
        inputs = windows.map(self._inputs, tf.data.AUTOTUNE, deterministic=True).prefetch(1)
        for positions, batch in zip(plan, iterate(inputs), strict=True):
            if self._teacher_outputs is not None:
                batch[TEACHER_OUTPUTS] = tf.constant(self._teacher_outputs[positions])
            yield batch

    def _inputs(self, windows: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        mean, std = self._reader.manifest.spectrogram_mean, self._reader.manifest.spectrogram_std
        inputs = network_inputs(windows, _constant(mean), _constant(std))
        return {**inputs, IDENTITY: windows["recording_index"], LABELS: windows["class_index"]}


def _constant(values: tuple[float, ...] | None) -> tf.Tensor | None:
    return None if values is None else tf.constant(values, tf.float32)
