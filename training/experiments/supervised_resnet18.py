"""ResNet18 under a linear classifier, trained with labels.

Paper: table 2, 51.23 ± 5.21; table 3, 2.63 ± 0.73.
Cost: 87 to 137 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment supervised_resnet18 --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="supervised_resnet18")
