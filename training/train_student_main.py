r"""Train the student: HearNet hears one microphone, ResNet18 sees the video, a teacher's vectors are imitated.

Example
-------
    python -m training.train_student_main --data data/tfrecords --run runs/student-seed0 \
        --teacher runs/teacher-seed0 --alpha 0.5
"""

from absl import flags

from common import command_line
from training.loop import repeat_exactly, train
from training.stop_signals import STOP_WITHIN_S
from training.training_flags import define_training_flags

_CONFIG = define_training_flags("student")
_TEACHER = flags.DEFINE_string("teacher", None, "Folder of a finished teacher's run; needed with alpha above 0.")
_ALPHA = flags.DEFINE_float("alpha", 0.5, "Imitation parameter, 0 (no teacher) to 1 (only the teacher).")
_SPECTROGRAM_MASKS = flags.DEFINE_bool("spectrogram_masks", False, "SpecAugment masks; off in the paper.")


def main() -> None:
    """Train as the flags say."""
    config = _CONFIG(teacher_run=_TEACHER.value, alpha=_ALPHA.value, spectrogram_masks=_SPECTROGRAM_MASKS.value)
    repeat_exactly()
    evaluate = f"make eval DATA={config.data_dir} RUN={config.run_dir}"
    command_line.close(train(config, stop_within_s=STOP_WITHIN_S), evaluate)


if __name__ == "__main__":
    command_line.run(main)
