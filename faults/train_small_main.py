"""Train a small supervised run with a checkpoint after every step; what the campaigns kill.

Example: python -m faults.train_small_main --data data/tfrecords --run runs/small
"""

from absl import flags

from common import command_line
from training.config import TrainingConfig
from training.loop import repeat_exactly, train

_DATA = flags.DEFINE_string("data", None, "Folder of TFRecord shards with waveforms.", required=True)
_RUN = flags.DEFINE_string("run", None, "Run folder.", required=True)
_EPOCHS = flags.DEFINE_integer("epochs", 3, "Passes over the training split.")


def main() -> None:
    """Train, and print a line after each step."""
    config = TrainingConfig(
        data_dir=_DATA.value,
        run_dir=_RUN.value,
        model="supervised_hearnet",
        epochs=_EPOCHS.value,
        batch_size=4,
        learning_rate=1e-3,
        checkpoint_every_steps=1,
    )
    repeat_exactly()
    train(config, lambda step: print(f"step {step}", flush=True))


if __name__ == "__main__":
    command_line.run(main)
