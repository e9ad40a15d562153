"""One HTML page with tables, figures, a gallery of windows and 2-D maps; nothing outside it is needed."""

import base64
import html
import re
from collections.abc import Sequence
from pathlib import Path

from common.atomic_files import write_text
from evaluation.gallery import Gallery
from evaluation.gallery_page import STYLE, gallery_section, script
from evaluation.tables import Table

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2.5rem auto; padding: 0 1.2rem; color: #1a202c }
h1 { font-size: 1.7rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem }
th, td { padding: .3rem .8rem; text-align: left; border-bottom: 1px solid #e2e8f0; white-space: pre }
.number { text-align: right } th { border-bottom: 2px solid #4a5568 }
p.note { color: #4a5568; font-size: .9rem; max-width: 46rem } img { max-width: 100%; height: auto }
figure { margin: 1rem 0 } div.scroll { overflow-x: auto }
"""


def write_report(
    path: Path,
    summary: str,
    tables: Sequence[Table],
    figures: Sequence[tuple[str, Path]],
    gallery: Gallery,
    maps: Sequence[str],
) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
        HTML file to write.
    summary : str
        One line on data and runs.
    tables : sequence of Table
        In order.
    figures : sequence of (str, Path)
        Caption and PNG file of each; the pictures are embedded.
    gallery : Gallery
        Windows to look at and to hear.
    maps : sequence of str
        Sections of `evaluation.gallery_page.map_section`.
    """
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Evaluation</title><style>{_STYLE}{STYLE}</style></head><body>",
        f'<h1>Evaluation</h1><p class="note">{html.escape(summary)}</p>',
        *(_table(table) for table in tables),
        *(_figure(caption, picture) for caption, picture in figures),
        *maps,
        gallery_section(gallery),
        script(gallery),
        "</body></html>",
    ]
    write_text(path, "\n".join(parts) + "\n")


def _table(table: Table) -> str:
    kinds = [' class="number"' if all(map(_is_number, cells)) else "" for cells in zip(*table.rows, strict=True)]
    head = _row("th", table.header, kinds or [""] * len(table.header))
    rows = "".join(_row("td", cells, kinds) for cells in table.rows)
    return (
        f'<h2>{html.escape(table.title)}</h2><div class="scroll" role="region" tabindex="0" '
        f'aria-label="{html.escape(table.title)}"><table>{head}{rows}</table></div>'
        f'<p class="note">{_with_code(table.note)}</p>'
    )


def _row(tag: str, cells: Sequence[str], kinds: Sequence[str]) -> str:
    marked = (f"<{tag}{kind}>{html.escape(cell)}</{tag}>" for cell, kind in zip(cells, kinds, strict=True))
    return f"<tr>{''.join(marked)}</tr>\n"


def _is_number(cell: str) -> bool:
    """Whether a cell is a number, with its spread perhaps, or stands for one that is not there."""
    return not cell or cell[0] in "+-0123456789"


def _with_code(text: str) -> str:
    """Return HTML of a note, whose words between backticks are names."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _figure(caption: str, picture: Path) -> str:
    content = base64.b64encode(picture.read_bytes()).decode()
    text = html.escape(caption)
    return f'<h2>{text}</h2><figure><img alt="{text}" src="data:image/png;base64,{content}"></figure>'
