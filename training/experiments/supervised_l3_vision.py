"""L3-Net's vision subnetwork under a linear classifier, trained with labels.

Paper: table 2, 46.47 ± 2.25; table 3, 2.87 ± 0.13.
Cost: 77 to 130 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment supervised_l3_vision --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="supervised_l3_vision")
