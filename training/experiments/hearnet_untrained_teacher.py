"""A control: HearNet imitates a DualCamNet with its first, random weights, by alpha 0.5.

Paper: not in the paper; tells a gain by distilled knowledge from mere regularisation.
Cost: 147 to 261 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_untrained_teacher --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.5, teacher="dualcamnet", teacher_control="untrained")
