"""HearNet with ResNet18, self-supervised, imitating DualCamNet by alpha 0.5.

Paper: table 1, 28.95 ± 2.15 at rank 1 (its alpha is not told);
table 2, audio 79.46 ± 1.37, audio-visual (H) 71.25 ± 2.00;
table 3, 48.17 ± 1.65 and 30.70 ± 2.94; table 4, 37.37 ± 0.68.
Cost: 186 to 246 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_alpha_0_5 --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.5, teacher="dualcamnet")
