"""Cross-modal retrieval: from a sound to the videos of its class (paper 4.5 and 5.2).

For audio i and video j the distance is |audio_visual(i, j) - audio(i)|. With the audio-visual vector n / |n|,
where n = sum over places of a_i v_j v_j, its square is |audio|^2 + |n / |n||^2 - 2 n . audio / |n|. Both n . audio
and |n|^2 are sums over channels of products of two matrices: no array of all pairs and channels is needed.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from math import comb

import numpy as np
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from common.errors import AcousticImagesError
from evaluation.pair_sums import add_channel, places_by_channel

RANKS = (1, 2, 5, 10, 30)
_SMALLEST_SQUARE = 1e-12
_MOST_QUERIES_AT_ONCE = 350


def retrieval_distances(acoustic_maps: np.ndarray, video_maps: np.ndarray) -> np.ndarray:
    """Return the distances of every sound to every video for a network with acoustic maps.

    Parameters
    ----------
    acoustic_maps : ndarray
        [queries, height, width, channels].
    video_maps : ndarray
        [gallery, height, width, channels].

    Returns
    -------
    ndarray
        [queries, gallery] float64, Euclidean.
    """
    sounds, squares = _by_channel(acoustic_maps, squared=False), _by_channel(video_maps, squared=True)
    audio = _unit(sounds.sum(axis=2).T)
    threads = os.cpu_count() or 1
    length = min(_MOST_QUERIES_AT_ONCE, -(-len(audio) // threads))
    blocks = [slice(start, start + length) for start in range(0, len(audio), length)]
    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        distances = pool.map(lambda block: _block_distances(sounds[:, block], squares, audio[block]), blocks)
        return np.concatenate(list(distances))


def retrieval_distances_of_vectors(embeddings: np.ndarray, video_maps: np.ndarray) -> np.ndarray:
    """Return the distances for HearNet, whose map is its output's ReLU at every place.

    Parameters
    ----------
    embeddings : ndarray
        [queries, channels] outputs of HearNet.
    video_maps : ndarray
        [gallery, height, width, channels].

    Returns
    -------
    ndarray
        [queries, gallery] float64, Euclidean.
    """
    sounds = np.maximum(embeddings, 0).astype(np.float64)
    squares = (video_maps.astype(np.float64) ** 2).sum(axis=(1, 2))
    audio = _unit(sounds)
    return _distances((sounds * audio) @ squares.T, sounds**2 @ (squares**2).T, audio)


def cumulative_matches(
    distances: np.ndarray,
    query_labels: np.ndarray,
    gallery_labels: np.ndarray,
    ranks: Sequence[int] = RANKS,
    left_out: np.ndarray | None = None,
) -> dict[int, float]:
    """Return the share of queries whose k nearest videos hold one of their class.

    Parameters
    ----------
    distances : ndarray
        [queries, gallery]; equal ones rank in the gallery's order.
    query_labels, gallery_labels : ndarray
        Class of each.
    ranks : sequence of int
        The values of k; one above the gallery's size takes all of it.
    left_out : ndarray or None
        [queries, gallery] bool, True for videos that a query may not see. The paper's own figure
        leaves out nothing, not even the query's own video.

    Returns
    -------
    dict
        k to share, 0..1.

    Raises
    ------
    AcousticImagesError
        Distances that are not numbers, or shapes that do not fit.
    """
    _require_matrix(distances, query_labels, gallery_labels)
    relevant = query_labels[:, np.newaxis] == gallery_labels[np.newaxis]
    if left_out is not None:
        distances, relevant = np.where(left_out, np.inf, distances), relevant & ~left_out
    order = np.argsort(distances, axis=1, kind="stable")
    found_by_rank = np.maximum.accumulate(np.take_along_axis(relevant, order, axis=1), axis=1).mean(axis=0)
    return {k: float(found_by_rank[min(k, len(found_by_rank)) - 1]) for k in ranks}


def chance_matches(
    query_labels: np.ndarray,
    gallery_labels: np.ndarray,
    ranks: Sequence[int] = RANKS,
    left_out: np.ndarray | None = None,
) -> dict[int, float]:
    """Return what a random ranking is expected to reach: 1 - C(G - m, k) / C(G, k), m of G videos relevant."""
    seen = np.ones((len(query_labels), len(gallery_labels)), bool) if left_out is None else ~left_out
    relevant = ((query_labels[:, np.newaxis] == gallery_labels[np.newaxis]) & seen).sum(axis=1)
    sizes = seen.sum(axis=1)
    pairs = list(zip(sizes.tolist(), relevant.tolist(), strict=True))
    return {k: float(np.mean([_chance(size, m, k) for size, m in pairs])) for k in ranks}


def own_recording_nearer(distances: np.ndarray, own: np.ndarray) -> float:
    """Return how often a video of the query's recording is nearer than one of another, averaged over queries.

    It needs no class: 0.5 is chance, 1 is perfect; ties count half. It is the area under each query's ROC curve.

    Parameters
    ----------
    distances : ndarray
        [queries, gallery].
    own : ndarray
        [queries, gallery] bool, see `same_recording`.
    """
    shares = []
    for row, mine in zip(distances, own, strict=True):
        ranks = rankdata(row)
        count, others = int(mine.sum()), int((~mine).sum())
        shares.append(1 - (ranks[mine].sum() - count * (count + 1) / 2) / (count * others))
    return float(np.mean(shares))


def same_recording(query_recordings: np.ndarray, gallery_recordings: np.ndarray) -> np.ndarray:
    """Return [queries, gallery] bool: the windows of the query's own recording, to be left out."""
    return query_recordings[:, np.newaxis] == gallery_recordings[np.newaxis]


def _chance(size: int, relevant: int, k: int) -> float:
    k = min(k, size)
    return 1.0 - comb(size - relevant, k) / comb(size, k) if size else 0.0


def _block_distances(sounds: np.ndarray, squares: np.ndarray, audio: np.ndarray) -> np.ndarray:
    """Return the distances of some queries."""
    numerators = np.empty((sounds.shape[1], squares.shape[1]), np.float32)
    projections = np.zeros(numerators.shape)
    lengths = np.zeros_like(projections)
    for channel in range(len(sounds)):
        np.matmul(sounds[channel], squares[channel].T, out=numerators)
        add_channel(numerators, np.ascontiguousarray(audio[:, channel]), projections, lengths)
    return _distances(projections, lengths, audio)


def _by_channel(maps: np.ndarray, squared: bool) -> np.ndarray:
    """Return [channels, windows, places] float32, contiguous."""
    places = np.ascontiguousarray(maps, np.float32).reshape(len(maps), -1, maps.shape[-1])
    return places_by_channel(places, squared)


def _unit(rows: np.ndarray) -> np.ndarray:
    rows = rows.astype(np.float64)
    return rows / np.sqrt(np.maximum((rows**2).sum(axis=1, keepdims=True), _SMALLEST_SQUARE))


def _distances(projections: np.ndarray, lengths: np.ndarray, audio: np.ndarray) -> np.ndarray:
    scale = np.maximum(lengths, _SMALLEST_SQUARE)
    squares = (audio**2).sum(axis=1)[:, np.newaxis] + lengths / scale - 2.0 * projections / np.sqrt(scale)
    return np.sqrt(np.maximum(squares, 0.0))


def _require_matrix(distances: np.ndarray, query_labels: np.ndarray, gallery_labels: np.ndarray) -> None:
    wanted = (len(query_labels), len(gallery_labels))
    if distances.shape != wanted or not distances.size:
        raise AcousticImagesError(f"distances: found shape {distances.shape}, wanted {wanted} with at least one entry")
    if np.isnan(distances).any():
        raise AcousticImagesError(f"distances: found {int(np.isnan(distances).sum())} that are no numbers, wanted none")
