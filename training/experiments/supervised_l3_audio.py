"""L3-Net's audio subnetwork under a linear classifier, trained with labels.

Paper: table 2, 64.24 ± 28.57; table 3, 37.13 ± 2.33; table 4, 35.76 ± 1.27.
Cost: 84 to 113 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment supervised_l3_audio --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="supervised_l3_audio")
