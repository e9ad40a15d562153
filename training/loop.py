"""The one training loop, for all kinds of runs; it can be stopped anywhere and goes on as if it had not been."""

import contextlib
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from common.atomic_files import remove_partial_files
from common.errors import AcousticImagesError
from common.folder_lock import folder_lock
from common.progress import Progress
from models.saved_networks import NetworkOptions, build_networks, save_networks
from tfrecords_schema.reader import WindowReader
from tfrecords_schema.storage import require_local
from tfrecords_schema.summary import dataset_summary
from training.augmentation import mask_spectrograms
from training.batch_plan import plan_epoch, plan_validation
from training.best_weights import restore_best, save_best
from training.checkpoints import Position, restore_latest, save_checkpoint
from training.config import TrainingConfig, hash_of
from training.distribution import Replicas, open_replicas
from training.feed import Feed
from training.history import EpochRecord, ScalarLog, write_history
from training.optimizers import Optimizer
from training.run_folder import claim_run_folder, is_finished, run_identity, write_run_description
from training.steps import make_task, make_train_step, make_validation_step
from training.stop_signals import StopSignals
from training.task import Inputs

_STEPS_BETWEEN_SCALARS = 10
# So much is computed again at most, and a step, where a run is killed, or does not come to its next stop in time.
# Writing takes below a hundredth of it.
_SECONDS_BETWEEN_CHECKPOINTS = 60.0
_NO_LOSSES = {"loss": 0.0, "task_loss": 0.0, "transfer_loss": 0.0}


def repeat_exactly() -> None:
    """Ask TensorFlow for operations that give the same bits each time, for the whole process.

    The processor's are so already; some of a GPU's are not. It costs at most a twentieth of a step on a processor.
    """
    tf.config.experimental.enable_op_determinism()


def train(
    config: TrainingConfig, after_step: Callable[[int], None] | None = None, stop_within_s: float | None = None
) -> str:
    """Train a run to its end, from wherever an earlier call left it.

    Parameters
    ----------
    config : TrainingConfig
        The run. A finished run is left as it is.
    after_step : callable or None
        Called with the number of steps taken after each of them.
    stop_within_s : float or None
        Seconds after SIGTERM or SIGINT at which the process ends with status 130 where the step, batch or file at hand
        is not done by then; None waits for it.

    Returns
    -------
    str
        What the run folder holds now, in a line.

    Raises
    ------
    AcousticImagesError
        Unusable data, an address in place of a run folder, another configuration or another process in it, a wrong
        teacher, or a loss that is not finite; of several workers, another that has gone.
    KeyboardInterrupt
        After SIGTERM or SIGINT, once a checkpoint is written.
    """
    require_local(config.run_dir, "a run")
    replicas = open_replicas(config.strategy)
    with replicas.watch():
        return _train_with(replicas, config, after_step, stop_within_s)


def _train_with(
    replicas: Replicas,
    config: TrainingConfig,
    after_step: Callable[[int], None] | None,
    stop_within_s: float | None,
) -> str:
    reader = WindowReader(config.data_dir)
    identity = run_identity(config, reader.manifest.hash())
    if is_finished(config.run_dir):
        claim_run_folder(config, identity)
        return f"{config.run_dir}: finished already ({config.epochs} epochs), nothing to do"
    replicas.require_even(min(config.batch_size, len(reader.rows("train"))))
    lock = folder_lock(config.run_dir) if replicas.is_chief else contextlib.nullcontext()
    with lock, StopSignals(stop_within_s) as stop:
        return _train_unfinished(replicas, config, identity, reader, stop, after_step)


def _train_unfinished(
    replicas: Replicas,
    config: TrainingConfig,
    identity: dict[str, Any],
    reader: WindowReader,
    stop: StopSignals,
    after_step: Callable[[int], None] | None,
) -> str:
    """Train a run whose folder the chief alone writes to."""
    data = dataset_summary(reader.manifest)
    if replicas.is_chief:
        claim_run_folder(config, identity)
        remove_partial_files(config.run_dir)
        write_run_description(config, identity, data, finished=False, validation_accuracy=None)
    configuration_hash = hash_of(identity)
    digest = np.frombuffer(bytes.fromhex(configuration_hash), np.uint8)
    replicas.require_same("configuration", digest, "give every worker the same flags, data and teacher")
    run = _Run(replicas, config, reader, configuration_hash, stop, after_step)
    run.train()
    accuracy = run.validation_accuracy()
    if replicas.is_chief:
        run.save_networks()
        write_run_description(config, identity, data, finished=True, validation_accuracy=accuracy)
    return f"{config.run_dir}: finished {config.epochs} epochs, validation accuracy {_text_of(accuracy)}"


class _Run:
    """The moving parts of a run: networks, optimiser, data and position."""

    def __init__(
        self,
        replicas: Replicas,
        config: TrainingConfig,
        reader: WindowReader,
        configuration_hash: str,
        stop: StopSignals,
        after_step: Callable[[int], None] | None,
    ) -> None:
        self._replicas, self._config, self._hash = replicas, config, configuration_hash
        self._stop, self._after_step = stop, after_step
        self._options = NetworkOptions(len(reader.manifest.class_names), config.input_reduction, config.first_filters)
        with replicas.scope():
            networks = build_networks(
                config.model,
                config.seed,
                self._options,
                mixed_precision=config.mixed_precision,
                norm_momentum=config.norm_momentum,
            )
            self._optimizer = Optimizer(config, networks)
        self._networks = networks
        self._spectrogram_statistics = (reader.manifest.spectrogram_mean, reader.manifest.spectrogram_std)
        task = make_task(networks, config)
        self._keeps_best = task.keeps_best
        self._train_step = make_train_step(task, self._optimizer, config, replicas)
        self._validation_step = make_validation_step(task)
        self._training_feed = Feed(reader, "train", task.modalities)
        self._validation_feed = Feed(reader, "validation", task.modalities)
        self._saved_at = time.monotonic()
        self.position = self._first_position()
        if config.alpha > 0:
            self._training_feed.hear_with_teacher(config, self._stop_at_once, replicas)

    def _first_position(self) -> Position:
        found = restore_latest(self._config.run_dir, self._networks, self._optimizer, self._hash)
        step = -1 if found is None else found.step
        self._replicas.require_same("checkpoint", np.array([step]), "the run folder must be one that all workers see")
        if found is None:
            return Position(self._config.seed, 0, 0, 0, _NO_LOSSES, 0.0, ())
        print(f"{self._config.run_dir}: going on at epoch {found.epoch + 1}, step {found.step}", file=sys.stderr)
        if self._replicas.is_chief:
            write_history(self._config.run_dir, found.history)
        return found

    def train(self) -> None:
        """Train all epochs that are left."""
        with ScalarLog(self._config.run_dir if self._replicas.is_chief else None) as scalars:
            self._stop_if_requested()
            while self.position.epoch < self._config.epochs:
                self._train_epoch(scalars)
                self._finish_epoch(scalars)
        self._optimizer.finish()
        if self._keeps_best and self._config.epochs and self._replicas.is_chief:
            restore_best(self._config.run_dir, self._networks)

    def validation_accuracy(self) -> float | None:
        """Return that of the weights that are kept; None where the validation split has no case."""
        accuracies = [record.validation_accuracy for record in self.position.history]
        known = [accuracy for accuracy in accuracies if accuracy is not None]
        return max(known) if self._keeps_best and known else next(reversed(accuracies), None)

    def save_networks(self) -> None:
        """Write the final weights."""
        config = self._config
        save_networks(
            config.run_dir,
            self._networks,
            kind=config.model,
            seed=config.seed,
            configuration_hash=self._hash,
            options=self._options,
            spectrogram_statistics=self._spectrogram_statistics,
        )

    def _train_epoch(self, scalars: ScalarLog) -> None:
        config, start = self._config, self.position
        plan = plan_epoch(self._training_feed.recordings, config.batch_size, config.seed, start.epoch)
        hardest = tf.constant(start.epoch >= config.hardest_from_epoch)
        began = time.monotonic() - start.epoch_seconds
        windows_done = sum(map(len, plan[: start.batch]))
        label = f"epoch {start.epoch + 1}/{config.epochs}"
        with Progress(label, sum(map(len, plan)), "windows", initial=windows_done) as progress:
            shares = [self._replicas.share(positions) for positions in plan[start.batch :]]
            for batch in self._training_feed.batches(shares):
                losses = self._step(batch, hardest)
                self.position = replace(
                    self.position,
                    step=self.position.step + 1,
                    batch=self.position.batch + 1,
                    loss_sums={name: total + losses[name] for name, total in self.position.loss_sums.items()},
                    epoch_seconds=time.monotonic() - began,
                )
                progress.advance(len(plan[0]), f"loss {losses['loss']:.4f}")
                self._after(losses, scalars)

    def _step(self, batch: Inputs, hardest: tf.Tensor) -> dict[str, float]:
        if self._config.spectrogram_masks:
            masked = mask_spectrograms(batch["spectrogram"], self._config.seed, self.position.step)
            batch = {**batch, "spectrogram": masked}
        losses = {name: float(value) for name, value in self._train_step(batch, hardest).items()}
        if not math.isfinite(losses["loss"]):
            raise AcousticImagesError(
                f"{self._config.run_dir}: found loss {losses['loss']} at step {self.position.step}, wanted a "
                "finite one; lower --learning_rate in a new run folder"
            )
        return losses

    def _after(self, losses: dict[str, float], scalars: ScalarLog) -> None:
        step = self.position.step
        if self._after_step is not None:
            self._after_step(step)
        every = self._config.checkpoint_every_steps
        stop = self._stop_requested()
        overdue = time.monotonic() - self._saved_at > _SECONDS_BETWEEN_CHECKPOINTS
        if stop or overdue or (every and step % every == 0):
            self._save_checkpoint()
        # After the checkpoint, so that a log without room costs nothing that is saved.
        if step % _STEPS_BETWEEN_SCALARS == 0:
            scalars.step(step, losses)
        if stop:
            raise KeyboardInterrupt

    def _finish_epoch(self, scalars: ScalarLog) -> None:
        position, config = self.position, self._config
        means = {name: total / position.batch for name, total in position.loss_sums.items()}
        samples = position.batch * min(config.batch_size, len(self._training_feed.recordings))
        record = EpochRecord(
            epoch=position.epoch,
            mining="hardest" if position.epoch >= config.hardest_from_epoch else "all",
            steps=position.batch,
            **means,
            validation_accuracy=self._accuracy_on_validation() if self._validates_after(position.epoch) else None,
            seconds=round(position.epoch_seconds, 3),
            samples_per_second=round(samples / position.epoch_seconds, 3),
        )
        history = (*position.history, record)
        self.position = Position(config.seed, position.step, position.epoch + 1, 0, _NO_LOSSES, 0.0, history)
        if self._replicas.is_chief:
            write_history(config.run_dir, history)
            if self._keeps_best and _is_best(history):
                save_best(config.run_dir, self._networks)
        self._save_checkpoint()
        scalars.epoch(record)
        validated = f", validation accuracy {_text_of(record.validation_accuracy)}"
        print(
            f"epoch {record.epoch + 1}/{config.epochs}: loss {record.loss:.4f}"
            f"{validated if self._validates_after(record.epoch) else ''}, {record.samples_per_second:.1f} windows/s",
            file=sys.stderr,
            flush=True,
        )
        if self.position.epoch < config.epochs:
            self._stop_if_requested()

    def _validates_after(self, epoch: int) -> bool:
        done = epoch + 1
        return done == self._config.epochs or done % self._config.validate_every_epochs == 0

    def _accuracy_on_validation(self) -> float | None:
        """Return the accuracy over the cases of all validation batches; None without any."""
        plan = plan_validation(self._validation_feed.recordings, self._config.batch_size)
        dealt, results = self._replicas.dealt(len(plan)), np.zeros([len(plan), 2])
        for number, batch in zip(dealt, self._validation_feed.batches([plan[i] for i in dealt]), strict=True):
            if self._stop_requested():
                # Validation is done again from here; it may take much longer than one may wait for a stop.
                self._save_checkpoint()
                raise KeyboardInterrupt
            accuracy, cases = self._validation_step(batch)
            if self._replicas.owns(number):
                results[number] = float(accuracy), float(cases)
        correct = valid = 0.0
        for accuracy, cases in self._replicas.total(results).tolist():
            correct += accuracy * cases
            valid += cases
        return correct / valid if valid else None

    def _save_checkpoint(self) -> None:
        if self._replicas.is_chief:
            save_checkpoint(self._config.run_dir, self._networks, self._optimizer, self.position, self._hash)
        self._saved_at = time.monotonic()

    def _stop_requested(self) -> bool:
        """Tell whether this worker or another was asked to stop: all of them stop after the same step."""
        return self._replicas.any(self._stop.requested)

    def _stop_if_requested(self) -> None:
        if self._stop_requested():
            raise KeyboardInterrupt

    def _stop_at_once(self) -> None:
        if self._stop.requested:
            raise KeyboardInterrupt


def _is_best(history: Sequence[EpochRecord]) -> bool:
    """Tell whether the last epoch's validation accuracy is above all before; the first of equal ones stays the best."""
    accuracies = [-1.0 if record.validation_accuracy is None else record.validation_accuracy for record in history]
    return all(accuracies[-1] > accuracy for accuracy in accuracies[:-1])


def _text_of(accuracy: float | None) -> str:
    return "unknown (no case in the validation split)" if accuracy is None else f"{accuracy:.4f}"
