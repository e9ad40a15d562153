"""HearNet with ResNet18, self-supervised, imitating DualCamNet by alpha 0.7.

Paper: table 2, audio 78.10 ± 2.06, audio-visual (H) 71.91 ± 2.85; table 3, 48.51 ± 2.14 and 30.91 ± 3.51;
table 4, 36.96 ± 0.98.
Cost: 160 to 279 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_alpha_0_7 --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.7, teacher="dualcamnet")
