"""In how many directions vectors spread: tells vectors that learnt from those that collapsed."""

import numpy as np


def effective_dimension(vectors: np.ndarray) -> float:
    """Return the participation ratio of the variances along the principal axes, (sum of v)^2 / sum of v^2.

    It is 1 for vectors on a line, D for those that spread evenly in D directions, and 0 for those that are all alike.

    Parameters
    ----------
    vectors : ndarray
        [N, dimensions].
    """
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    covariance = centred.T @ centred
    squares = float(np.square(covariance).sum())
    return float(np.trace(covariance)) ** 2 / squares if squares else 0.0
