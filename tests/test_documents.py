"""Pages that are written from the source and from results are up to date."""

from docs import build_reference, build_study_tables


def test_the_reference_is_up_to_date() -> None:
    page = build_reference.PAGE.read_text(encoding="utf-8")
    assert page == build_reference.reference(), "call python -m docs.build_reference"


def test_the_studys_page_holds_the_tables_of_its_results() -> None:
    page = build_study_tables.PAGE.read_text(encoding="utf-8")
    assert build_study_tables.HEADING in page
    assert page == build_study_tables.with_tables(page), "call python -m docs.build_study_tables"
