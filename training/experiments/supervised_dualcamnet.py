"""DualCamNet under a linear classifier, trained with labels.

Paper: table 2, 83.78 ± 1.87; table 3, 47.83 ± 2.24.
Cost: 251 to 311 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment supervised_dualcamnet --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="supervised_dualcamnet")
