"""HearNet under a linear classifier, trained with labels.

Paper: table 2, 87.79 ± 1.45; table 3, 31.08 ± 1.14; table 4, 30.22 ± 0.88.
Cost: 86 to 137 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment supervised_hearnet --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="supervised_hearnet")
