"""Train one row of the paper's tables; called again, it goes on.

Example: python -m training.run_experiment_main --experiment hearnet_alpha_0_5 --seed 1 --data data/tfrecords

The teacher of the same seed has to be trained before (--experiment dualcamnet); run_queue_main sees to that.
"""

from pathlib import Path

from absl import flags

from common import command_line
from training.config import PRESETS
from training.experiment import experiment_config
from training.loop import repeat_exactly, train
from training.stop_signals import STOP_WITHIN_S

_EXPERIMENT = flags.DEFINE_string("experiment", None, "Name of a file in training/experiments.", required=True)
_SEED = flags.DEFINE_integer("seed", 1, "Decides first weights and batches.")
_DATA = flags.DEFINE_string("data", "data/tfrecords", "Folder of TFRecord shards.")
_RUNS = flags.DEFINE_string("runs", "runs", "Folder of all runs.")
_PRESET = flags.DEFINE_enum("preset", "paper", sorted(PRESETS), "Size and steps of the training.")
_EPOCHS = flags.DEFINE_integer("epochs", None, "Passes over the training split; default the preset's.")


def main() -> None:
    """Train as the flags say."""
    config = experiment_config(
        _EXPERIMENT.value, _SEED.value, _PRESET.value, Path(_DATA.value), Path(_RUNS.value), _EPOCHS.value
    )
    repeat_exactly()
    tables = f"python -m evaluation.tables_main --data {config.data_dir} --runs {config.run_dir}"
    command_line.close(train(config, stop_within_s=STOP_WITHIN_S), tables)


if __name__ == "__main__":
    command_line.run(main)
