"""What the measurements mean, in words that say what to do."""

from dataclasses import dataclass

import numpy as np

from data_prep.array_check.measurements import Hearing, Measurements
from data_prep.array_check.orientation import Orientation
from data_prep.array_check.sync import Sync
from data_prep.orientations import AS_IT_IS, combined
from data_prep.recorded_video import RecordedVideo

OK, PROBLEM, UNKNOWN = "ok", "problem", "cannot tell"
_MOST_NAMED = 12
# A lag below this, or below three quarters of a frame, harms no pairing of two seconds of sound with a picture.
_HARMLESS_LAG_S, _HARMLESS_FRAMES = 0.06, 0.75
_HARMLESS_DRIFT = 0.001
_STANDARD_ERRORS = 4.0
# Likeness of the microphones above which delays that fit nothing are the order's fault, not the room's.
_CLEAR = 0.6
_CLAP = "clap sharply six times or more, at places all over the picture"


@dataclass(frozen=True)
class Verdict:
    """One check: its name, `OK`, `PROBLEM` or `UNKNOWN`, and a sentence."""

    check: str
    status: str
    text: str


def verdicts_of(found: Measurements) -> list[Verdict]:
    """Return the verdicts of a recording, microphones first."""
    heard = [_microphones(found.hearing), _channel_order(found.hearing)]
    if found.film is None:
        return [*heard, Verdict("video", UNKNOWN, "the recording has no video: nothing to compare the sound with")]
    return [
        *heard,
        _sync(found.sync, found.film.frame_s, found),
        _sample_rate(found.sync, found.audio.sample_rate_hz),
        _orientation(found.orientation, found.video),
    ]


def _microphones(hearing: Hearing) -> Verdict:
    if hearing.levels.dead.all():
        return Verdict("microphones", PROBLEM, "all channels are silent: check the recording")
    kinds = {
        "dead or far too quiet": hearing.levels.dead,
        "far noisier than the others": hearing.levels.noisy,
        "without the sound that the others hear": hearing.deaf,
    }
    # Those that are left out already need no word.
    bad = {kind: np.flatnonzero(which & hearing.in_use) for kind, which in kinds.items()}
    told = [f"{_named(numbers)} {kind}" for kind, numbers in bad.items() if len(numbers)]
    if told:
        text = "; ".join(told) + "; mend them, or list them under dead_microphones in dataset.yaml"
        return Verdict("microphones", PROBLEM, text)
    return Verdict("microphones", OK, f"all {int(hearing.in_use.sum())} hear, none far louder or quieter")


def _channel_order(hearing: Hearing) -> Verdict:
    check = "channel order"
    if hearing.placing is None:
        return Verdict(check, UNKNOWN, f"no sound that six microphones hear alike; {_CLAP}")
    if hearing.other_order:
        return Verdict(check, PROBLEM, f"the channels fit the geometry when their order is {hearing.other_order}")
    if not hearing.placing.fits:
        if hearing.clarity < _CLEAR:
            return Verdict(check, UNKNOWN, f"too much echo or noise to tell when each microphone hears; {_CLAP}")
        text = "every microphone hears the claps, but at times that fit no direction: the channels are in another "
        return Verdict(check, PROBLEM, text + "order than the geometry, or its positions are not in metres")
    moved = np.flatnonzero(hearing.order != np.arange(len(hearing.order)))
    numbers = np.flatnonzero(hearing.compared)
    strangers = [n for n in numbers[hearing.placing.strangers] if n not in moved]
    told = _exchanges(hearing.order, moved)
    if strangers:
        told.append(
            f"{_named(np.array(strangers))} heard at times that fit no place: wrong position, or a delayed channel"
        )
    azimuths, elevations = hearing.heard_from()[:, 1:].T
    places = f"heard from azimuth {_range(azimuths)} and elevation {_range(elevations)} degrees"
    if told:
        return Verdict(check, PROBLEM, f"{'; '.join(told)}; {places}")
    typical = float(np.median(hearing.placing.misfit_of_microphone_s)) * 1e6
    moments = int(hearing.placing.usable.sum())
    return Verdict(check, OK, f"arrival times of {moments} sounds fit the geometry (to {typical:.0f} us); {places}")


def _range(values: np.ndarray) -> str:
    return f"{values.min():+.0f} to {values.max():+.0f}"


def _exchanges(order: np.ndarray, moved: np.ndarray) -> list[str]:
    pairs = [(n, int(order[n])) for n in moved if order[order[n]] == n and n < order[n]]
    told = [f"channels {one} and {other} are swapped" for one, other in pairs]
    rest = [n for n in moved if order[order[n]] != n]
    if rest:
        listed = ", ".join(f"{n} (is microphone {order[n]})" for n in rest[:_MOST_NAMED])
        told.append(f"channels in another order: {listed}{' ...' if len(rest) > _MOST_NAMED else ''}")
    return told


def _sync(sync: Sync | None, frame_s: float, found: Measurements) -> Verdict:
    check = "sound and video"
    if sync is None:
        sound_s = found.audio.num_samples / found.audio.sample_rate_hz
        lengths = f"sound lasts {sound_s:.1f} s, video {found.film.end_s if found.film else 0:.1f} s"
        return Verdict(check, UNKNOWN, f"no claps that are both heard and seen ({lengths}); {_CLAP}")
    seen = f"{sync.matches} of {sync.onsets} claps seen"
    milliseconds = f"{1000 * abs(sync.lag_s):.0f} ms"
    harmless = max(_HARMLESS_LAG_S, _HARMLESS_FRAMES * frame_s)
    if abs(sync.lag_s) <= harmless:
        return Verdict(check, OK, f"together to {milliseconds} ({seen})")
    order = "after" if sync.lag_s > 0 else "before"
    offset = f"{(found.video.offset_s if found.video else 0.0) + sync.lag_s:.3f}"
    text = (
        f"the sound comes {milliseconds} {order} the picture ({seen}): write `video_offset_s: {offset}` in dataset.yaml"
    )
    return Verdict(check, PROBLEM, f"{text}, or {offset} in a column video_offset_s of recordings.csv")


def _sample_rate(sync: Sync | None, rate_hz: int) -> Verdict:
    check = "sample rate"
    if sync is None:
        return Verdict(check, UNKNOWN, "told by claps that are both heard and seen")
    percent, error = 100 * sync.drift, 100 * sync.drift_error
    if abs(sync.drift) > max(_HARMLESS_DRIFT, _STANDARD_ERRORS * sync.drift_error):
        text = (
            f"sound lasts {abs(percent):.2f} % {'longer' if percent > 0 else 'less long'} than what is seen: the rate "
        )
        text += f"was {rate_hz * (1 + sync.drift):.0f} Hz rather than {rate_hz} Hz, or frames of the video are missing"
        return Verdict(check, PROBLEM, text)
    if error > 0.1:
        return Verdict(check, UNKNOWN, f"drift {percent:+.2f} +- {error:.2f} %; clap over a longer time")
    return Verdict(check, OK, f"drift {percent:+.2f} +- {error:.2f} %")


def _orientation(orientation: Orientation | None, video: RecordedVideo | None) -> Verdict:
    check = "picture"
    if orientation is None or not orientation.fitting:
        return Verdict(check, UNKNOWN, f"nothing moves where the sound comes from at these moments; {_CLAP}")
    fitting = orientation.fitting
    share = f"{100 * max(orientation.shares.values()):.0f} % of the motion at {orientation.moments} sounds is there"
    if fitting == (AS_IT_IS,):
        return Verdict(check, OK, f"stands as the array hears ({share})")
    if AS_IT_IS in fitting:
        others = " or ".join(name for name in fitting if name != AS_IT_IS)
        return Verdict(check, UNKNOWN, f"fits as it is, but {others} would fit as well; {_CLAP}")
    stated = video.view.orientation if video else AS_IT_IS
    lines = " or ".join(f"`video_orientation: {combined(name, stated)}`" for name in fitting)
    text = f"the picture is {' or '.join(fitting)} against the array ({share}): write {lines} in dataset.yaml, or turn "
    return Verdict(check, PROBLEM, text + "the signs of the geometry's coordinates")


def _named(numbers: np.ndarray) -> str:
    listed = ", ".join(str(n) for n in numbers[:_MOST_NAMED]) + (" ..." if len(numbers) > _MOST_NAMED else "")
    return f"microphone{'s' if len(numbers) > 1 else ''} {listed} {'are' if len(numbers) > 1 else 'is'}"
