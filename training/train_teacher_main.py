"""Train the teacher: DualCamNet hears acoustic images, ResNet18 sees the video.

Example
-------
    python -m training.train_teacher_main --data data/tfrecords --run runs/teacher-seed0 --preset paper --seed 0
"""

from absl import flags

from common import command_line
from training.config import OPTIMIZERS, PRESETS, TrainingConfig, preset_config
from training.loop import repeat_exactly, train

_DATA = flags.DEFINE_string("data", None, "Folder of TFRecord shards.", required=True)
_RUN = flags.DEFINE_string("run", None, "Folder of the run; called again, it goes on.", required=True)
_PRESET = flags.DEFINE_enum("preset", "paper", sorted(PRESETS), "Where unset values come from.")
_SEED = flags.DEFINE_integer("seed", 0, "Decides first weights and batches.")
_EPOCHS = flags.DEFINE_integer("epochs", None, "Passes over the training split.")
_BATCH_SIZE = flags.DEFINE_integer("batch_size", None, "Windows a step.")
_LEARNING_RATE = flags.DEFINE_float("learning_rate", None, "Of the optimiser.")
_HARDEST_FROM = flags.DEFINE_integer("hardest_from_epoch", None, "First epoch of the hardest triplets only.")
_MIXED_PRECISION = flags.DEFINE_bool("mixed_precision", None, "Compute in bfloat16.")
_OPTIMIZER = flags.DEFINE_enum("optimizer", None, OPTIMIZERS, "Which optimiser.")
_CHECKPOINT_EVERY = flags.DEFINE_integer("checkpoint_every_steps", 0, "Save within an epoch too; 0: no.")


def config_from_flags() -> TrainingConfig:
    """Return the configuration that the flags describe."""
    return preset_config(
        _PRESET.value,
        data_dir=_DATA.value,
        run_dir=_RUN.value,
        model="teacher",
        seed=_SEED.value,
        epochs=_EPOCHS.value,
        batch_size=_BATCH_SIZE.value,
        learning_rate=_LEARNING_RATE.value,
        hardest_from_epoch=_HARDEST_FROM.value,
        mixed_precision=_MIXED_PRECISION.value,
        optimizer=_OPTIMIZER.value,
        checkpoint_every_steps=_CHECKPOINT_EVERY.value,
    )


def main() -> None:
    """Train as the flags say."""
    config = config_from_flags()
    repeat_exactly()
    train(config)


if __name__ == "__main__":
    command_line.run(main)
