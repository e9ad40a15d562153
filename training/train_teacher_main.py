"""Train the teacher: DualCamNet hears acoustic images, ResNet18 sees the video.

Example
-------
    python -m training.train_teacher_main --data data/tfrecords --run runs/teacher-seed0 --preset paper --seed 0
"""

from common import command_line
from training.loop import repeat_exactly, train
from training.stop_signals import STOP_WITHIN_S
from training.training_flags import define_training_flags

_CONFIG = define_training_flags("teacher")


def main() -> None:
    """Train as the flags say."""
    config = _CONFIG()
    repeat_exactly()
    student = f"make train-student DATA={config.data_dir} TEACHER={config.run_dir}"
    command_line.close(train(config, stop_within_s=STOP_WITHIN_S), student)


if __name__ == "__main__":
    command_line.run(main)
