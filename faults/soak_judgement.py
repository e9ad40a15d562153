"""Whether a process that does the same over and over stays as it is: its memory, files, threads and children."""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np

# The peaks of rounds waver by some 10 MB (what is resident after each by 30, as the allocator gives back more or
# less); a line fitted over no more than five of them rises or falls by 15 MB for that alone (10 * sqrt(12 / 5)), and
# here is room for three times as much. A single graph of a training that is kept in each round is 45 MB a round.
TOLERANCE_MB = 48.0
FEWEST_ROUNDS = 10
_ROWS_OF_TABLE = 20


@dataclass(frozen=True)
class Figures:
    """What a process had after a round: memory in MB (2^20 bytes), and how many of each.

    Attributes
    ----------
    resident_mb, peak_mb : float
        After the round, and at most within it.
    open_files, threads, children : int
        After the round.
    """

    resident_mb: float
    peak_mb: float
    open_files: int
    threads: int
    children: int


@dataclass(frozen=True)
class Verdict:
    """What the second half of the rounds says.

    Attributes
    ----------
    mb_per_round : float
        Slope of the line of least squares through the peaks of resident memory.
    growth_mb : float
        What that line rises by from the first round of the half to the last.
    problems : tuple of str
        One line for each thing that is not as it has to be.
    """

    mb_per_round: float
    growth_mb: float
    problems: tuple[str, ...]


def judge(rounds: Sequence[Figures], most_mb: float) -> Verdict:
    """Judge by the second half of the rounds, whose first half warms up caches, pools and the allocator.

    Parameters
    ----------
    rounds : sequence of Figures
        Of all rounds, two at least.
    most_mb : float
        Most resident memory at any time.
    """
    first, second = rounds[: len(rounds) // 2], rounds[len(rounds) // 2 :]
    slope = _slope([one.peak_mb for one in second])
    growth = slope * (len(second) - 1)
    problems = []
    if len(rounds) < FEWEST_ROUNDS:
        problems.append(f"{len(rounds)} rounds, wanted {FEWEST_ROUNDS} at least to judge by")
    if growth > TOLERANCE_MB:
        problems.append(f"memory grows by {slope:.2f} MB a round, {growth:.0f} MB in all, allowed {TOLERANCE_MB:.0f}")
    peak = max(one.peak_mb for one in rounds)
    if peak > most_mb:
        problems.append(f"{peak:.0f} MB at the peak, allowed {most_mb:.0f}")
    for name in ("open_files", "threads", "children"):
        before, last = max(getattr(one, name) for one in first), getattr(second[-1], name)
        if last > before:
            problems.append(f"{last} {name.replace('_', ' ')} at the end, {before} at most in the first half")
    return Verdict(slope, growth, tuple(problems))


def page_of(rounds: Sequence[Figures], verdict: Verdict, heading: str) -> str:
    """Return a Markdown page: the verdict, and a table of some twenty rounds."""
    half = len(rounds) - len(rounds) // 2
    chosen = np.unique(np.linspace(0, len(rounds) - 1, min(len(rounds), _ROWS_OF_TABLE)).round().astype(int))
    lines = [
        "# Soak",
        "",
        heading,
        "",
        f"A line fitted through the most resident memory within each of the last {half} of {len(rounds)} rounds rises "
        f"by {verdict.mb_per_round:.2f} MB a round, {verdict.growth_mb:.0f} MB in all; {TOLERANCE_MB:.0f} MB are "
        "allowed, thrice what the wavering of the allocator makes of five rounds.",
        "",
        *(f"- **{problem}**" for problem in verdict.problems or ("Flat, and nothing left open.",)),
        "",
        "| round | resident after it, MB | at most within it, MB | open files | threads | child processes |",
        "|---|---|---|---|---|---|",
    ]
    for number in chosen.tolist():
        one = rounds[number]
        lines.append(
            f"| {number + 1} | {one.resident_mb:.0f} | {one.peak_mb:.0f} | {one.open_files} | {one.threads} "
            f"| {one.children} |"
        )
    return "\n".join(lines) + "\n"


def table_of(rounds: Sequence[Figures]) -> str:
    """Return all rounds as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["round", *(field.name for field in fields(Figures))])
    writer.writerows([number, *astuple(one)] for number, one in enumerate(rounds, 1))
    return text.getvalue()


def _slope(values: Sequence[float]) -> float:
    """Return the slope of the line of least squares through values at 0, 1, 2, ..."""
    places = np.arange(len(values)) - (len(values) - 1) / 2
    return float(places @ np.asarray(values) / max(places @ places, 1))
