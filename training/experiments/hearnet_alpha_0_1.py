"""HearNet with ResNet18, self-supervised, imitating DualCamNet by alpha 0.1.

Paper: table 2, audio 76.97 ± 1.47, audio-visual (H) 70.61 ± 4.96; table 3, 43.93 ± 0.97 and 27.59 ± 1.63;
table 4, 36.53 ± 0.79.
Cost: 146 to 213 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_alpha_0_1 --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.1, teacher="dualcamnet")
