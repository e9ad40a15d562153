"""A baseline: HearNet with ResNet18 with its first, random weights; what training has to beat.

Paper: not in the paper.
Cost: 5 to 7 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment hearnet_untrained --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="student", is_trained=False)
