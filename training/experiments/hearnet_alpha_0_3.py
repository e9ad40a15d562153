"""HearNet with ResNet18, self-supervised, imitating DualCamNet by alpha 0.3.

Paper: table 2, audio 78.96 ± 0.92, audio-visual (H) 71.44 ± 2.23; table 3, 47.49 ± 3.05 and 32.00 ± 2.04;
table 4, 37.57 ± 0.94.
Cost: 165 to 222 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_alpha_0_3 --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.3, teacher="dualcamnet")
