"""The flags of every command that trains one network pair."""

from collections.abc import Callable
from typing import Any

from absl import flags

from training.config import OPTIMIZERS, PRESETS, STRATEGIES, TrainingConfig, preset_config


def define_training_flags(model: str) -> Callable[..., TrainingConfig]:
    """Define the flags, and return what makes a configuration of them once they are parsed.

    Parameters
    ----------
    model : str
        Kind of run, of `models.kinds`.

    Returns
    -------
    callable
        Takes further fields of `TrainingConfig` by name.
    """
    data = flags.DEFINE_string("data", None, "Folder of TFRecord shards.", required=True)
    run = flags.DEFINE_string("run", None, "Folder of the run; called again, it goes on.", required=True)
    preset = flags.DEFINE_enum("preset", "paper", sorted(PRESETS), "Where unset values come from.")
    fields = {
        "seed": flags.DEFINE_integer("seed", 0, "Decides first weights and batches."),
        "epochs": flags.DEFINE_integer("epochs", None, "Passes over the training split."),
        "batch_size": flags.DEFINE_integer("batch_size", None, "Windows a step."),
        "learning_rate": flags.DEFINE_float("learning_rate", None, "Of the optimiser."),
        "video_learning_rate": flags.DEFINE_float("video_learning_rate", None, "Of ResNet18, where it differs."),
        "weight_decay": flags.DEFINE_float("weight_decay", None, "Factor of half the kernels' sum of squares."),
        "hardest_from_epoch": flags.DEFINE_integer(
            "hardest_from_epoch", None, "First epoch of the hardest triplets only."
        ),
        "mixed_precision": flags.DEFINE_bool("mixed_precision", None, "Compute in bfloat16."),
        "optimizer": flags.DEFINE_enum("optimizer", None, OPTIMIZERS, "Which optimiser."),
        "checkpoint_every_steps": flags.DEFINE_integer("checkpoint_every_steps", 0, "Save within an epoch too; 0: no."),
        "strategy": flags.DEFINE_enum("strategy", "none", STRATEGIES, "Devices that share each batch; docs/scale.md."),
    }

    def config(**more: Any) -> TrainingConfig:
        values = {name: holder.value for name, holder in fields.items()}
        return preset_config(preset.value, data_dir=data.value, run_dir=run.value, model=model, **values, **more)

    return config
