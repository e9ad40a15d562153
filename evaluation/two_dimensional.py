"""Vectors drawn in the plane."""

import numpy as np
from sklearn.manifold import TSNE

_PERPLEXITY = 30


def two_dimensional(vectors: np.ndarray) -> np.ndarray:
    """Return a t-SNE of vectors [N, dimensions] as places [N, 2]; its seed is fixed. Needs two vectors at least."""
    perplexity = min(_PERPLEXITY, (len(vectors) - 1) / 3)
    return TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(vectors.astype(np.float64))
