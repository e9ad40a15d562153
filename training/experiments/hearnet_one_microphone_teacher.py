"""A control: HearNet imitates a HearNet with random weights, which hears the same one microphone, by alpha 0.5.

Paper: not in the paper; tells what acoustic images give a random teacher from what imitating any fixed network gives.
Cost: 139 to 222 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_one_microphone_teacher --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.5, teacher_control="one_microphone")
