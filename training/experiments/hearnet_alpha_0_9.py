"""HearNet with ResNet18, self-supervised, imitating DualCamNet by alpha 0.9.

Paper: table 2, audio 78.67 ± 0.93, audio-visual (H) 73.22 ± 0.70; table 3, 45.92 ± 2.71 and 31.62 ± 3.10;
table 4, 36.38 ± 0.72.
Cost: 151 to 238 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_alpha_0_9 --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", alpha=0.9, teacher="dualcamnet")
