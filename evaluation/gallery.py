"""The windows that a report shows one by one: what was seen and heard, where the maps point, what was retrieved."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.cmc import same_recording
from evaluation.drawing import loudest_decibels
from evaluation.embeddings import Embeddings
from evaluation.overlays import jpeg, ogg, over_frame, thumbnail
from evaluation.scores import Scores
from evaluation.window_fields import read_fields, read_first_frames, read_mean_energies
from tfrecords_schema.reader import WindowReader

_WINDOWS_OF_A_CLASS = 3
_RETRIEVED = 5
# A sound takes some 10 kB of the page: those of the cards come first, then what they retrieve, then the others.
_MOST_SOUNDS = 200


@dataclass(frozen=True)
class ShownWindow:
    """A window's class, recording and number in it, and a small JPEG of its first video frame."""

    class_name: str
    recording: str
    number: int
    thumbnail: bytes

    @property
    def title(self) -> str:
        """Return what the page calls it."""
        return f"{self.class_name.replace('_', ' ')}: {self.recording}, window {self.number}"


@dataclass(frozen=True)
class Retrieved:
    """A video that a sound brought up: its window's position in the test split, and whether its class is right."""

    position: int
    is_right: bool


@dataclass(frozen=True)
class Judgement:
    """What one run makes of a window: the class that it takes it for, and the videos nearest to its sound, if any."""

    run: str
    predicted: str
    is_right: bool
    retrieved: tuple[Retrieved, ...]


@dataclass(frozen=True)
class Card:
    """One window that is shown large: its place in the test split, and pictures as JPEG with their titles."""

    position: int
    pictures: tuple[tuple[str, bytes], ...]
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True)
class Gallery:
    """What is shown of the test split.

    Attributes
    ----------
    windows : tuple of ShownWindow
        All of them, by position.
    cards : tuple of Card
        Those that are shown large.
    sounds : dict of int to bytes
        Position to an Ogg file, of as many windows as the page has room for.
    """

    windows: tuple[ShownWindow, ...]
    cards: tuple[Card, ...]
    sounds: dict[int, bytes]


def make_gallery(reader: WindowReader, scores: Sequence[Scores]) -> Gallery:
    """Collect up to three windows of every class, from different recordings where there are some.

    Parameters
    ----------
    reader : WindowReader
        The dataset that the scores are of.
    scores : sequence of Scores
        Of runs of any kind, at least one.
    """
    rows, test = reader.rows("test"), scores[0].test
    stored = reader.manifest.record_format.modalities
    frames = read_first_frames(reader, rows)
    chosen = _spread(test.labels, test.recordings)
    energies = read_mean_energies(reader, rows[chosen]) if "acoustic_energy" in stored else [None] * len(chosen)
    names = reader.manifest.class_names
    cards = tuple(
        _card(names, scores, position, frames[position], energy)
        for position, energy in zip(chosen, energies, strict=True)
    )
    windows = tuple(
        ShownWindow(names[label], reader.manifest.recordings[recording].name, window, thumbnail(frame))
        for label, recording, window, frame in zip(
            test.labels.tolist(), test.recordings.tolist(), test.windows.tolist(), frames, strict=True
        )
    )
    return Gallery(windows, cards, _sounds(reader, rows, cards) if "waveform" in stored else {})


def _sounds(reader: WindowReader, rows: np.ndarray, cards: Sequence[Card]) -> dict[int, bytes]:
    """Return the sounds of the first windows that a reader would ask for, by position."""
    retrieved = (one.position for card in cards for judgement in card.judgements for one in judgement.retrieved)
    wanted = dict.fromkeys([*(card.position for card in cards), *retrieved, *range(len(rows))])
    heard = list(wanted)[:_MOST_SOUNDS]
    waveforms = read_fields(reader, rows[heard], ("waveform",))["waveform"]
    rate_hz = round(reader.manifest.sample_rates_hz["waveform"])
    return {position: ogg(waveform, rate_hz) for position, waveform in zip(heard, waveforms, strict=True)}


def _card(
    names: Sequence[str], scores: Sequence[Scores], position: int, frame: np.ndarray, energy: np.ndarray | None
) -> Card:
    pictures = [("video", jpeg(frame))]
    if energy is not None:
        pictures.append(("acoustic energy", jpeg(over_frame(frame, loudest_decibels(energy)))))
    pictures += [
        (f"similarity, {one.run.title}", jpeg(over_frame(frame, one.test.similarity[position])))
        for one in scores
        if one.test.similarity.size
    ]
    return Card(position, tuple(pictures), tuple(_judgement(one, position, names) for one in scores))


def _judgement(one: Scores, position: int, names: Sequence[str]) -> Judgement:
    """Judge one window; of the videos that a run retrieves, those of its own recording are left out."""
    test = one.test
    predicted = one.predictions[position]
    return Judgement(
        one.run.title,
        names[predicted],
        bool(predicted == test.labels[position]),
        _retrieved(test, position) if test.distances.size else (),
    )


def _retrieved(test: Embeddings, position: int) -> tuple[Retrieved, ...]:
    own = same_recording(test.recordings[position : position + 1], test.recordings)[0]
    nearest = np.argsort(np.where(own, np.inf, test.distances[position]), kind="stable")[:_RETRIEVED]
    return tuple(
        Retrieved(int(other), bool(test.labels[other] == test.labels[position])) for other in nearest if not own[other]
    )


def _spread(labels: np.ndarray, recordings: np.ndarray) -> list[int]:
    """Return positions of a few windows of every class, the first ones of different recordings first."""
    chosen: list[int] = []
    for label in np.unique(labels):
        positions = np.flatnonzero(labels == label)
        _, firsts = np.unique(recordings[positions], return_index=True)
        order = [*positions[np.sort(firsts)], *np.delete(positions, firsts)]
        chosen += [int(position) for position in order[:_WINDOWS_OF_A_CLASS]]
    return chosen
