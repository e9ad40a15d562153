"""Everything that is measured of one recording, in the order in which one thing helps the next."""

from dataclasses import dataclass

import numpy as np

from data_prep.array_check.film import Film, read_film
from data_prep.array_check.hearing import CLIP_BEFORE_S, CLIP_S, Loudness, read_clips, read_loudness
from data_prep.array_check.microphones import Levels, arrival_delays, measure_levels
from data_prep.array_check.moments import find_onsets, loudest_moments
from data_prep.array_check.motion import change_map, change_times, changes, sudden_motion
from data_prep.array_check.orientation import Orientation, find_orientation
from data_prep.array_check.placing import Placing, mending_order, place_sounds, span_of
from data_prep.array_check.sync import Sync, find_sync
from data_prep.array_geometry import ArrayGeometry
from data_prep.audio_files import AudioFile
from data_prep.recorded_video import RecordedVideo
from data_prep.signal_parameters import SignalParameters

_ENOUGH_ONSETS, _LOUDEST = 3, 12
_LEAST_MICROPHONES = 6
# Delays are looked for up to this many times what the array spans.
_FARTHER = 1.1
# Likeness below which a microphone hears something else than the others, and what the others must reach.
_DEAF_PART, _CLEAR_LIKENESS = 0.4, 0.35


@dataclass(frozen=True)
class Hearing:
    """What the microphones tell; arrays are over all channels of the file.

    Attributes
    ----------
    in_use : ndarray
        [microphones] bool: not listed as dead.
    levels : Levels
        Their levels.
    deaf : ndarray
        [microphones] bool: neither dead nor noisy, but without the sound that the others hear.
    compared : ndarray
        [microphones] bool: those whose delays are compared with the geometry.
    clarity : float
        Median likeness of the compared microphones.
    times_s : ndarray
        [moments] seconds; `placing` is of these moments and of the compared microphones.
    placing : Placing or None
        None with fewer than six microphones, or without a clear sound.
    order : ndarray
        [microphones] which microphone each channel fits.
    other_order : str
        Name of an order that fits where the present one does not; or empty.
    """

    in_use: np.ndarray
    levels: Levels
    deaf: np.ndarray
    compared: np.ndarray
    clarity: float
    times_s: np.ndarray
    placing: Placing | None
    order: np.ndarray
    other_order: str

    def heard_from(self) -> np.ndarray:
        """Return [moments, 3] seconds, azimuth (right positive), elevation (up positive) of the usable moments."""
        if self.placing is None or not self.placing.fits:
            return np.zeros((0, 3))
        right, up, forward = self.placing.directions[self.placing.usable].T
        angles = np.degrees(np.arctan2(right, forward)), np.degrees(np.arcsin(np.clip(up, -1, 1)))
        return np.column_stack([self.times_s[self.placing.usable], *angles])


@dataclass(frozen=True)
class Measurements:
    """All of one recording; `film` and what follows from it are None without a video."""

    audio: AudioFile
    video: RecordedVideo | None
    loudness: Loudness
    onsets_s: np.ndarray
    hearing: Hearing
    film: Film | None
    moving: np.ndarray | None
    events_s: np.ndarray
    sync: Sync | None
    orientation: Orientation | None


def measure(
    audio: AudioFile, video: RecordedVideo | None, geometry: ArrayGeometry, parameters: SignalParameters
) -> Measurements:
    """Read a recording and measure it.

    Raises
    ------
    AcousticImagesError
        A file that cannot be read.
    """
    loudness = read_loudness(audio)
    onsets = find_onsets(loudness.edges, loudness.hop_s)
    hearing = _hear(audio, loudness, onsets, geometry, parameters)
    if video is None:
        return Measurements(audio, None, loudness, onsets, hearing, None, None, np.zeros(0), None, None)
    film = read_film(video)
    moving, times = changes(film), change_times(film)
    events = sudden_motion(moving.sum(axis=(1, 2)), times, film.frame_s)
    sync = find_sync(onsets, events, film.frame_s)
    orientation = None
    if hearing.placing is not None and hearing.placing.fits:
        seen = _on_the_films_clock(hearing.times_s[hearing.placing.usable], sync, onsets)
        maps = [change_map(moving, times, time, film.frame_s) for time in seen]
        directions = hearing.placing.directions[hearing.placing.usable]
        orientation = find_orientation(maps, directions, video.view.horizontal_fov_deg)
    return Measurements(audio, video, loudness, onsets, hearing, film, moving, events, sync, orientation)


def _on_the_films_clock(times_s: np.ndarray, sync: Sync | None, onsets_s: np.ndarray) -> np.ndarray:
    if sync is None:
        return times_s
    return times_s - sync.lag_s - sync.drift * (times_s - onsets_s.mean())


def _hear(
    audio: AudioFile, loudness: Loudness, onsets: np.ndarray, geometry: ArrayGeometry, parameters: SignalParameters
) -> Hearing:
    levels, times = measure_levels(loudness.channels), _moments_to_use(audio, loudness, onsets)
    sounding = geometry.alive & ~levels.dead & ~levels.noisy
    deaf, order = np.zeros(len(sounding), bool), np.arange(len(sounding))
    nothing = Hearing(geometry.alive, levels, deaf, sounding, 0.0, times[:0], None, order, "")
    if sounding.sum() < _LEAST_MICROPHONES or not len(times):
        return nothing
    numbers = np.flatnonzero(sounding)
    delays, likeness = _delays(audio, times, geometry.positions_m, numbers, parameters.speed_of_sound_m_per_s)
    clear = np.median(likeness, axis=1) >= _CLEAR_LIKENESS
    if not clear.any():
        return nothing
    of_microphone = np.median(likeness[clear], axis=0)
    deaf[numbers] = of_microphone < _DEAF_PART * np.median(of_microphone)
    numbers, delays = numbers[~deaf[numbers]], delays[clear][:, ~deaf[numbers]]
    placing = place_sounds(delays, geometry.positions_m[numbers], parameters.speed_of_sound_m_per_s)
    order[numbers] = numbers[mending_order(placing, delays)]
    other = ""
    if not placing.fits:
        other = _other_order(delays, geometry.positions_m[numbers], parameters.speed_of_sound_m_per_s)
    clarity = float(np.median(of_microphone))
    return Hearing(geometry.alive, levels, deaf, sounding & ~deaf, clarity, times[clear], placing, order, other)


def _moments_to_use(audio: AudioFile, loudness: Loudness, onsets: np.ndarray) -> np.ndarray:
    """Return the seconds of the onsets, or of the loudest moments, whose clips lie within the recording."""
    enough = len(onsets) >= _ENOUGH_ONSETS
    times = onsets if enough else loudest_moments(loudness.edges, loudness.hop_s, _LOUDEST)
    return times[(times > CLIP_BEFORE_S) & (times < audio.num_samples / audio.sample_rate_hz - CLIP_S)]


def _delays(
    audio: AudioFile, times_s: np.ndarray, positions_m: np.ndarray, numbers: np.ndarray, speed: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the delays and the likeness of some of the microphones; see `arrival_delays`."""
    longest_s = _FARTHER * span_of(positions_m[numbers]) / speed + 2 / audio.sample_rate_hz
    return arrival_delays(read_clips(audio, times_s)[:, :, numbers], audio.sample_rate_hz, longest_s)


def _other_order(delays: np.ndarray, positions: np.ndarray, speed: float) -> str:
    """Return which of the commonest mistakes with whole orders makes the moments fit, if any."""
    count = len(positions)
    orders = {
        "reversed": np.arange(count)[::-1],
        "moved on by one channel": np.roll(np.arange(count), 1),
        "moved back by one channel": np.roll(np.arange(count), -1),
    }
    return next((name for name, order in orders.items() if place_sounds(delays, positions[order], speed).fits), "")
