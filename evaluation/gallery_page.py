"""The part of a report that one plays with: cards of windows to filter and to hear, and 2-D maps of all windows."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.colors import to_hex

from evaluation.gallery import Card, Gallery, Judgement
from evaluation.two_dimensional import two_dimensional

STYLE = (Path(__file__).parent / "gallery.css").read_text(encoding="utf-8")
_SCRIPT = (Path(__file__).parent / "gallery.js").read_text(encoding="utf-8")
# Of an image that shows nothing yet.
_EMPTY_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="
_SIDE, _EDGE, _RADIUS = 600, 20, 5


def gallery_section(gallery: Gallery) -> str:
    """Return the filters and cards as HTML."""
    names = sorted({card.class_name for card in gallery.cards})
    options = "".join(f'<option value="{html.escape(name)}">{_words(name)}</option>' for name in names)
    return (
        "<h2>Windows, one by one</h2>"
        '<p class="note">What was seen and heard, where the maps point, and which videos a sound brings up, those of '
        "its own recording left out. A solid frame is of the right class, a dashed one of another.</p>"
        f'<div class="controls"><label>Class <select id="wanted-class"><option value="">all</option>{options}</select>'
        '</label><label><input type="checkbox" id="only-wrong"> only those that a run takes for another class</label>'
        '<span id="shown" aria-live="polite"></span></div>'
        f'<div class="cards">{"".join(_card(card, gallery) for card in gallery.cards)}</div>'
    )


def map_section(
    title: str, vectors: np.ndarray, labels: np.ndarray, class_names: Sequence[str], windows: Sequence[str]
) -> str:
    """Return a 2-D map of feature vectors [N, dimensions] as HTML; a point shows its window's video frame.

    Parameters
    ----------
    title : str
        Whose features.
    vectors, labels : ndarray
        [N, dimensions] and [N].
    class_names : sequence of str
        Name of each label.
    windows : sequence of str
        [N] what to call each window.
    """
    places = two_dimensional(vectors)
    low, spread = places.min(axis=0), np.ptp(places, axis=0) + 1e-9
    pixels = _EDGE + (places - low) / spread * (_SIDE - 2 * _EDGE)
    colours = [to_hex(matplotlib.colormaps["tab10"](number % 10)) for number in range(len(class_names))]
    points = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}" fill="{colours[label]}" tabindex="{-min(number, 1)}" '
        f'data-window="{number}" data-name="{html.escape(name)}"><title>{html.escape(name)}</title></circle>'
        for number, ((x, y), label, name) in enumerate(zip(pixels, labels.tolist(), windows, strict=True))
    )
    legend = "".join(
        f'<div><i style="background:{colour}"></i>{_words(name)}</div>'
        for colour, name in zip(colours, class_names, strict=True)
    )
    text = html.escape(title)
    return (
        f"<h2>{text}</h2><p class='note'>Each point is a test window; near points have near features (t-SNE). Point at "
        "one, or reach the map by the tabulator key and go on with the arrow keys.</p>"
        f'<div class="map"><svg viewBox="0 0 {_SIDE} {_SIDE}" role="group" aria-label="{text}">{points}</svg>'
        f'<div><div class="shown-window" aria-live="polite"><img alt="" src="{_EMPTY_PICTURE}">'
        f'<p>no window chosen yet</p></div><div class="legend">{legend}</div></div></div>'
    )


def script(gallery: Gallery) -> str:
    """Return the page's script, with the thumbnails that the maps show."""
    thumbnails = ",".join(f'"{base64.b64encode(picture).decode()}"' for picture in gallery.thumbnails)
    return f"<script>const thumbnails = [{thumbnails}];{_SCRIPT}</script>"


def _card(card: Card, gallery: Gallery) -> str:
    right = int(all(judgement.is_right for judgement in card.judgements))
    pictures = "".join(
        f'<figure><img alt="{html.escape(title)} of {_words(card.class_name)}" src="{_jpeg(picture)}">'
        f"{html.escape(title)}</figure>"
        for title, picture in card.pictures
    )
    sound = ""
    if card.sound is not None:
        source = f"data:audio/ogg;base64,{base64.b64encode(card.sound).decode()}"
        sound = (
            f'<audio controls preload="none" aria-label="sound of {_words(card.class_name)}" src="{source}"></audio>'
        )
    judgements = "".join(_judgement(judgement, gallery) for judgement in card.judgements)
    return (
        f'<article class="card" data-class="{html.escape(card.class_name)}" data-right="{right}">'
        f"<h3>{_words(card.class_name)} <small>{html.escape(card.recording)}, window {card.window}</small></h3>"
        f'<div class="pictures">{pictures}</div>{sound}{judgements}</article>'
    )


def _judgement(judgement: Judgement, gallery: Gallery) -> str:
    mark, side = _mark(judgement.is_right), "right" if judgement.is_right else "wrong"
    retrieved = "".join(
        f'<figure class="{"right" if one.is_right else "wrong"}"><img alt="video of {_words(one.class_name)}" '
        f'src="{_jpeg(gallery.thumbnails[one.position])}">{_words(one.class_name)}&nbsp;{_mark(one.is_right)}</figure>'
        for one in judgement.retrieved
    )
    return (
        f'<p class="judgement">{html.escape(judgement.run)} takes it for '
        f'<strong class="{side}">{_words(judgement.predicted)}&nbsp;{mark}</strong>; its sound brings up:</p>'
        f'<div class="retrieved">{retrieved}</div>'
    )


def _mark(is_right: bool) -> str:
    return '<span aria-label="right">✓</span>' if is_right else '<span aria-label="wrong">✗</span>'


def _jpeg(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}"


def _words(name: str) -> str:
    return html.escape(name.replace("_", " "))
