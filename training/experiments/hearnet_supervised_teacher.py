"""A control: HearNet imitates the vectors of a DualCamNet that was trained from labels, by alpha 0.5.

Paper: not in the paper; tells what a better teacher would give, so that the teacher's limits can be told from those
of imitation.
Cost: 158 to 268 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_supervised_teacher --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.5, teacher="supervised_dualcamnet", teacher_control="supervised")
