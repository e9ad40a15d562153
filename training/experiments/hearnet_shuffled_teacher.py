"""A control: HearNet imitates the vectors that DualCamNet has of other recordings, by alpha 0.5.

Paper: not in the paper; tells a gain by distilled knowledge from mere regularisation.
Cost: 137 to 260 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_shuffled_teacher --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.5, teacher="dualcamnet", teacher_control="shuffled")
