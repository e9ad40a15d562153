"""L3-Net, self-supervised by audio-visual correspondence.

Paper: correspondence accuracy 83.86 ± 0.35; table 1, 9.74 ± 0.33 at rank 1; table 2, audio 36.05 ± 2.65, video
54.44 ± 8.39; table 3, audio 5.71 ± 1.75, video 33.47 ± 6.38; table 4, 32.31 ± 4.73.
Cost: 134 to 189 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment l3net --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="l3net")
