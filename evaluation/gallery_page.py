"""The part of a report that one plays with: cards of windows to filter and to hear, and 2-D maps of all windows."""

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.colors import to_hex

from evaluation.gallery import Card, Gallery, Judgement, Retrieved
from evaluation.two_dimensional import two_dimensional

STYLE = (Path(__file__).parent / "gallery.css").read_text(encoding="utf-8")
_SCRIPT = (Path(__file__).parent / "gallery.js").read_text(encoding="utf-8")
# Of an image that shows nothing yet.
_EMPTY_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
_SIDE, _EDGE = 600, 20
# Outlines of a class's points around (0, 0): nine beside ten colours, so that ninety classes differ.
_SHAPES = (
    "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
    "M-4.5,-4.5H4.5V4.5H-4.5Z",
    "M0,-6L5.5,4.5H-5.5Z",
    "M0,-6.5L5,0L0,6.5L-5,0Z",
    "M0,6L5.5,-4.5H-5.5Z",
    "M-2,-6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",
    "M-5.5,-3L-3,-5.5L0,-2.5L3,-5.5L5.5,-3L2.5,0L5.5,3L3,5.5L0,2.5L-3,5.5L-5.5,3L-2.5,0Z",
    "M0,-7L1.7,-2.3L6.7,-2.2L2.7,0.9L4.1,5.7L0,2.8L-4.1,5.7L-2.7,0.9L-6.7,-2.2L-1.7,-2.3Z",
    "M-3,-5.2H3L6,0L3,5.2H-3L-6,0Z",
)


def gallery_section(gallery: Gallery) -> str:
    """Return the filters and cards as HTML."""
    names = sorted({gallery.windows[card.position].class_name for card in gallery.cards})
    options = "".join(f'<option value="{html.escape(name)}">{_words(name)}</option>' for name in names)
    return (
        "<h2>Windows, one by one</h2>"
        '<p class="note">What was seen and heard, where the maps point, and which videos a sound brings up, those of '
        "its own recording left out. A solid frame is of the right class, a dashed one of another; ▶ plays a video's "
        "own sound.</p>"
        f'<div class="controls"><label>Class <select id="wanted-class"><option value="">all</option>{options}</select>'
        '</label><label><input type="checkbox" id="only-wrong"> only those that a run takes for another class</label>'
        '<span id="shown" aria-live="polite"></span></div>'
        f'<div class="cards">{"".join(_card(card, gallery) for card in gallery.cards)}</div>'
    )


def map_section(
    title: str, vectors: np.ndarray, labels: np.ndarray, class_names: Sequence[str], gallery: Gallery
) -> str:
    """Return a 2-D map of feature vectors [N, dimensions] as HTML; a point shows its window, and lets one hear it.

    Parameters
    ----------
    title : str
        Whose features.
    vectors, labels : ndarray
        [N, dimensions] and [N].
    class_names : sequence of str
        Name of each label.
    gallery : Gallery
        Of the same N windows.
    """
    places = two_dimensional(vectors)
    low, spread = places.min(axis=0), np.ptp(places, axis=0) + 1e-9
    pixels = _EDGE + (places - low) / spread * (_SIDE - 2 * _EDGE)
    points = "".join(
        f'<g transform="translate({x:.1f},{y:.1f})"><path {_marker(label)} role="button" tabindex="{-min(number, 1)}" '
        f'aria-label="{html.escape(window.title)}" data-window="{number}"><title>{html.escape(window.title)}</title>'
        "</path></g>"
        for number, ((x, y), label, window) in enumerate(zip(pixels, labels.tolist(), gallery.windows, strict=True))
    )
    legend = "".join(
        f'<div><svg viewBox="-8 -8 16 16" aria-hidden="true"><path {_marker(label)}/></svg>{_words(name)}</div>'
        for label, name in enumerate(class_names)
    )
    text = html.escape(title)
    return (
        f"<h2>{text}</h2><p class='note'>Each point is a test window; near points have near features (t-SNE). Point at "
        "one, or reach the map by the tabulator key, go on with the arrow keys and hear it by the enter key.</p>"
        f'<div class="map"><svg class="points" viewBox="0 0 {_SIDE} {_SIDE}" role="group" aria-label="{text}">{points}'
        f'</svg><div><div class="shown-window"><img alt="no window chosen yet" src="{_EMPTY_PICTURE}">'
        '<p aria-live="polite">no window chosen yet</p><audio controls hidden></audio>'
        '<a href="#" hidden>its card below</a></div>'
        f'<div class="legend">{legend}</div></div></div>'
    )


def _marker(label: int) -> str:
    """Return the look of a class's points: its shape as well as its colour, which not everyone tells apart."""
    return f'd="{_SHAPES[label % len(_SHAPES)]}" fill="{to_hex(matplotlib.colormaps["tab10"](label % 10))}"'


def script(gallery: Gallery) -> str:
    """Return the page's script, with what it shows and plays: each window's small picture and sound once."""
    windows = [{"name": window.title, "picture": _base64(window.thumbnail)} for window in gallery.windows]
    sounds = {position: _base64(sound) for position, sound in gallery.sounds.items()}
    # A recording may be named as it likes: nothing in it ends the script.
    data = f"const windows = {json.dumps(windows)}, sounds = {json.dumps(sounds)};".replace("<", "\\u003c")
    return f"<script>{data}{_SCRIPT}</script>"


def _card(card: Card, gallery: Gallery) -> str:
    right, window = int(all(judgement.is_right for judgement in card.judgements)), gallery.windows[card.position]
    title = html.escape(window.title)
    pictures = "".join(
        f'<figure><img alt="{html.escape(name)} of {title}" src="{_jpeg(picture)}">{html.escape(name)}</figure>'
        for name, picture in card.pictures
    )
    sound = ""
    if card.position in gallery.sounds:
        sound = f'<audio controls data-window="{card.position}" aria-label="sound of {title}"></audio>'
    judgements = "".join(_judgement(judgement, gallery) for judgement in card.judgements)
    return (
        f'<article class="card" id="window-{card.position}" data-class="{html.escape(window.class_name)}" '
        f'data-right="{right}" tabindex="-1">'
        f"<h3>{_words(window.class_name)} <small>{html.escape(window.recording)}, window {window.number}</small></h3>"
        f'<div class="pictures">{pictures}</div>{sound}{judgements}</article>'
    )


def _judgement(judgement: Judgement, gallery: Gallery) -> str:
    mark, side = _mark(judgement.is_right), "right" if judgement.is_right else "wrong"
    retrieved = "".join(_retrieved(one, gallery) for one in judgement.retrieved)
    return (
        f'<p class="judgement">{html.escape(judgement.run)} takes it for '
        f'<strong class="{side}">{_words(judgement.predicted)}&nbsp;{mark}</strong>'
        + (f'; its sound brings up:</p><div class="retrieved">{retrieved}</div>' if retrieved else "</p>")
    )


def _retrieved(one: Retrieved, gallery: Gallery) -> str:
    window = gallery.windows[one.position]
    title = html.escape(window.title)
    button = f'<button type="button" data-window="{one.position}" aria-label="play {title}">▶</button>'
    return (
        f'<figure class="{"right" if one.is_right else "wrong"}">'
        f'<img alt="video of {title}" data-window="{one.position}" src="{_EMPTY_PICTURE}">'
        f"{_words(window.class_name)}&nbsp;{_mark(one.is_right)}"
        f"<small>{html.escape(window.recording)}, window {window.number}</small>"
        f"{button if one.position in gallery.sounds else ''}</figure>"
    )


def _mark(is_right: bool) -> str:
    return (
        '<span role="img" aria-label="right">✓</span>' if is_right else '<span role="img" aria-label="wrong">✗</span>'
    )


def _jpeg(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{_base64(picture)}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _words(name: str) -> str:
    return html.escape(name.replace("_", " "))
