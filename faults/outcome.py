"""What a campaign tried and lost, and the table of all campaigns."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADER = ("campaign", "what was tried", "how often", "lost", "remarks")


@dataclass(frozen=True)
class Outcome:
    """One row of the table.

    Attributes
    ----------
    campaign, what : str
        Name of the campaign, and what it tried.
    tried : int
        How often.
    lost : tuple of str
        One line for each time that something was lost: a wrong result, a silent change, an error of a foreign kind.
    remarks : str
        What else was seen.
    """

    campaign: str
    what: str
    tried: int
    lost: tuple[str, ...]
    remarks: str = ""


def markdown_table(outcomes: Sequence[Outcome]) -> str:
    """Return the rows as a Markdown table, followed by a list of what was lost."""
    rows = [HEADER, ("---",) * len(HEADER)]
    rows += [(one.campaign, one.what, f"{one.tried:,}", str(len(one.lost)), one.remarks) for one in outcomes]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lost = [f"- {one.campaign}, {one.what}: {line}" for one in outcomes for line in one.lost]
    return "\n".join([*lines, *(["", *lost] if lost else [])]) + "\n"
