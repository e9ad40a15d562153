"""Write the tables at the end of docs/study.md: those that lie in results/study.

Example: python -m docs.build_study_tables
"""

from pathlib import Path

from common import command_line
from common.atomic_files import write_text
from evaluation.write_tables import TABLES_FILE

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/study.md"
RESULTS = ROOT / "results/study"
HEADING = "\n## All tables\n"


def with_tables(page: str) -> str:
    """Return the page with everything below its last heading in place of what stands there."""
    domains = sorted(path.parent for path in RESULTS.glob(f"*/{TABLES_FILE}"))
    files = (domain / name for domain in domains for name in (TABLES_FILE, "snr.md"))
    tables = (path.read_text(encoding="utf-8") for path in files if path.is_file())
    return page.partition(HEADING)[0] + "\n".join([HEADING, *tables])


def main() -> None:
    """Write the page."""
    write_text(PAGE, with_tables(PAGE.read_text(encoding="utf-8")))
    command_line.close("docs/study.md", "git diff docs/study.md")


if __name__ == "__main__":
    command_line.run(main)
