"""HearNet with ResNet18, self-supervised, without a teacher.

Paper: table 2, audio 75.73 ± 2.78, audio-visual (H) 66.70 ± 4.46; table 3, 41.03 ± 2.48 and 26.60 ± 3.09;
table 4, 35.35 ± 1.88.
Cost: 139 to 184 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_alpha_0 --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0)
