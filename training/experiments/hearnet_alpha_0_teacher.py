"""A control: HearNet imitates the HearNet of alpha 0, trained on one microphone as it is itself, by alpha 0.5.

Paper: not in the paper; tells what acoustic images give from what imitating any trained network gives.
Cost: 146 to 221 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_alpha_0_teacher --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.5, teacher="hearnet_alpha_0", teacher_control="alpha_0")
