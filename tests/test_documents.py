"""The reference page is what the source says, and exit statuses are those of the commands."""

from docs.build_reference import PAGE, reference


def test_the_reference_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "call python -m docs.build_reference"
