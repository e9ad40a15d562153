"""Phases and weights that point the array at a direction."""

import numpy as np

from data_prep.array_geometry import ArrayGeometry


def arrival_leads_s(
    geometry: ArrayGeometry,
    directions: np.ndarray,
    speed_of_sound_m_per_s: float,
    focus_distance_m: float | None,
) -> np.ndarray:
    """Return by how much each living microphone hears a source earlier than the origin.

    Parameters
    ----------
    geometry : ArrayGeometry
        The array.
    directions : ndarray
        [directions, 3] unit vectors.
    speed_of_sound_m_per_s : float
        Speed of sound.
    focus_distance_m : float or None
        Distance of the source from the origin; None is the far field.

    Returns
    -------
    ndarray
        [directions, living microphones] float64 seconds.
    """
    positions = geometry.positions_m[geometry.alive]
    if focus_distance_m is None:
        return directions @ positions.T / speed_of_sound_m_per_s
    distances = np.linalg.norm(directions[:, None] * focus_distance_m - positions[None], axis=-1)
    return (focus_distance_m - distances) / speed_of_sound_m_per_s


def delay_and_sum_weights(leads_s: np.ndarray, frequency_hz: float) -> np.ndarray:
    """Return the conjugated weights [directions, microphones] complex64: phases back to the origin, mean."""
    phase = (-2.0 * np.pi * frequency_hz * leads_s).astype(np.float32)
    return np.exp(1j * phase).astype(np.complex64) / np.float32(leads_s.shape[1])


def superdirective_weights(
    leads_s: np.ndarray, frequency_hz: float, coherence: np.ndarray, diagonal_loading: float
) -> np.ndarray:
    """Return conjugated weights that pass the direction and suppress diffuse noise.

    w = (G + mu I)^-1 a / (a^H (G + mu I)^-1 a), with the diffuse field's coherence G and the
    diagonal loading mu (Van Trees 2002, the paper's reference 33).

    Returns
    -------
    ndarray
        [directions, microphones] complex64.
    """
    steering = np.exp(2j * np.pi * frequency_hz * leads_s)
    loaded = coherence + diagonal_loading * np.eye(len(coherence))
    solved = np.linalg.solve(loaded, steering.T).T
    gain = np.einsum("dm,dm->d", steering.conj(), solved)
    return (solved / gain[:, None]).conj().astype(np.complex64)


def diffuse_coherence(geometry: ArrayGeometry, frequency_hz: float, speed_of_sound_m_per_s: float) -> np.ndarray:
    """Return sin(kr)/(kr) between the living microphones [microphones, microphones]."""
    positions = geometry.positions_m[geometry.alive]
    distances = np.linalg.norm(positions[:, None] - positions[None], axis=-1)
    return np.sinc(2.0 * frequency_hz * distances / speed_of_sound_m_per_s)


def is_point_symmetric(geometry: ArrayGeometry, focus_distance_m: float | None) -> bool:
    """Tell whether pixel d and pixel N-1-d look at directions that mirror each other for this array.

    Then the weights of one are the conjugates of the other's, and half the products suffice. It holds for
    a planar array in the far field, because the grid is symmetric about the axis.
    """
    return focus_distance_m is None and geometry.is_planar
