"""HearNet under a linear classifier, trained with labels and the soft predictions of the supervised DualCamNet.

Paper: table 2, 85.78 ± 1.98; table 3, 35.56 ± 1.81; table 4, 29.89 ± 1.06 (its alpha is not told; here 0.5).
Cost: 88 to 192 s on one core, other work beside it, with --preset study.
Command: python -m training.run_experiment_main --experiment supervised_hearnet_transfer --seed 1
"""

from training.experiment import Experiment

EXPERIMENT = Experiment(kind="supervised_hearnet", alpha=0.5, teacher="supervised_dualcamnet")
