"""The windows that a report shows one by one: what was seen and heard, where the maps point, what was retrieved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.cmc import same_recording
from evaluation.drawing import loudest_decibels
from evaluation.features import AUDIO
from evaluation.overlays import jpeg, ogg, over_frame, thumbnail
from evaluation.scores import Scores
from evaluation.window_fields import read_fields, read_first_frames
from tfrecords_schema.reader import WindowReader

_WINDOWS_OF_A_CLASS = 3
_RETRIEVED = 5


@dataclass(frozen=True)
class Retrieved:
    """A video that a sound brought up: its window's position in the test split, its class, whether that is right."""

    position: int
    class_name: str
    is_right: bool


@dataclass(frozen=True)
class Judgement:
    """What one run makes of a window: the class of its nearest neighbours, and the videos nearest to its sound."""

    run: str
    predicted: str
    is_right: bool
    retrieved: tuple[Retrieved, ...]


@dataclass(frozen=True)
class Card:
    """One window: its place in the test split, its names, pictures as JPEG with their titles, and its sound or None."""

    position: int
    class_name: str
    recording: str
    window: int
    pictures: tuple[tuple[str, bytes], ...]
    sound: bytes | None
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True)
class Gallery:
    """The cards, and a thumbnail of every test window, as JPEG."""

    cards: tuple[Card, ...]
    thumbnails: tuple[bytes, ...]


def make_gallery(reader: WindowReader, scores: Sequence[Scores]) -> Gallery:
    """Collect up to three windows of every class, from different recordings where there are some.

    Parameters
    ----------
    reader : WindowReader
        The dataset that the scores are of.
    scores : sequence of Scores
        Of teachers and students, at least one.
    """
    rows = reader.rows("test")
    stored = reader.manifest.record_format.modalities
    frames = read_first_frames(reader, rows)
    chosen = _spread(scores[0].test.labels, scores[0].test.recordings)
    extra = [name for name in ("acoustic_energy", "waveform") if name in stored]
    fields = read_fields(reader, rows[chosen], extra) if extra else {}
    rate_hz = round(reader.manifest.sample_rates_hz.get("waveform", 0))
    cards = []
    for place, position in enumerate(chosen):
        energy = fields["acoustic_energy"][place].mean(axis=0) if "acoustic_energy" in fields else None
        sound = ogg(fields["waveform"][place], rate_hz) if "waveform" in fields else None
        cards.append(_card(reader, scores, position, frames[position], energy, sound))
    return Gallery(tuple(cards), tuple(thumbnail(frame) for frame in frames))


def _card(
    reader: WindowReader,
    scores: Sequence[Scores],
    position: int,
    frame: np.ndarray,
    energy: np.ndarray | None,
    sound: bytes | None,
) -> Card:
    test, names = scores[0].test, reader.manifest.class_names
    pictures = [("video", jpeg(frame))]
    if energy is not None:
        pictures.append(("acoustic energy", jpeg(over_frame(frame, loudest_decibels(energy)))))
    pictures += [
        (f"similarity, {one.run.title}", jpeg(over_frame(frame, one.test.similarity[position]))) for one in scores
    ]
    return Card(
        position=position,
        class_name=names[test.labels[position]],
        recording=reader.manifest.recordings[int(test.recordings[position])].name,
        window=int(test.windows[position]),
        pictures=tuple(pictures),
        sound=sound,
        judgements=tuple(_judgement(one, position, names) for one in scores),
    )


def _judgement(one: Scores, position: int, names: Sequence[str]) -> Judgement:
    """Judge one window; of the videos, those of its own recording are left out."""
    test = one.test
    own = same_recording(test.recordings[position : position + 1], test.recordings)[0]
    nearest = np.argsort(np.where(own, np.inf, test.distances[position]), kind="stable")[:_RETRIEVED]
    retrieved = tuple(
        Retrieved(int(other), names[test.labels[other]], bool(test.labels[other] == test.labels[position]))
        for other in nearest
        if not own[other]
    )
    predicted = one.knn[AUDIO].predictions[position]
    return Judgement(one.run.title, names[predicted], bool(predicted == test.labels[position]), retrieved)


def _spread(labels: np.ndarray, recordings: np.ndarray) -> list[int]:
    """Return positions of a few windows of every class, the first ones of different recordings first."""
    chosen: list[int] = []
    for label in np.unique(labels):
        positions = np.flatnonzero(labels == label)
        _, firsts = np.unique(recordings[positions], return_index=True)
        order = [*positions[np.sort(firsts)], *np.delete(positions, firsts)]
        chosen += [int(position) for position in order[:_WINDOWS_OF_A_CLASS]]
    return chosen
