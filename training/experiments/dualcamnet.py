"""DualCamNet with ResNet18, self-supervised: the teacher.

Paper: table 1, 33.41 ± 3.65 at rank 1; table 2, audio 74.57 ± 2.92, audio-visual (D) 58.37 ± 4.68;
table 3, 51.32 ± 1.67 and 29.27 ± 2.34.
Cost: 271 to 315 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment dualcamnet --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="teacher")
