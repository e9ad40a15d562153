"""The soak's judge, on rounds written by hand."""

from dataclasses import replace

import pytest

from faults.soak_judgement import Figures, judge, page_of, table_of

_ONE = Figures(resident_mb=700.0, peak_mb=800.0, open_files=7, threads=20, children=0)


def rounds(*peak_mb: float) -> list[Figures]:
    return [replace(_ONE, peak_mb=value) for value in peak_mb]


def test_memory_that_grows_at_first_and_then_wavers_is_flat() -> None:
    verdict = judge(rounds(600, 700, 780, 800, 810, 800, 812, 796, 804, 798), most_mb=1000)
    # Least squares through 800, 812, 796, 804, 798: (-2 * 800 - 812 + 804 + 2 * 798) / 10.
    assert verdict.mb_per_round == pytest.approx(-1.2)
    assert verdict.growth_mb == pytest.approx(-4.8)
    assert verdict.problems == ()


def test_a_line_that_rises_by_more_than_its_tolerance_is_told() -> None:
    verdict = judge(rounds(*(800 + 12.5 * number for number in range(10))), most_mb=1000)
    assert (verdict.mb_per_round, verdict.growth_mb) == (12.5, 50)
    assert verdict.problems == ("memory grows by 12.50 MB a round, 50 MB in all, allowed 48",)
    assert judge(rounds(*(800 + 11.5 * number for number in range(10))), most_mb=1000).problems == ()
    # Half a megabyte a round, which no single round shows, over an hour's rounds.
    assert judge(rounds(*(800 + number / 2 for number in range(200))), most_mb=1000).problems != ()


@pytest.mark.parametrize("name", ["open_files", "threads", "children"])
def test_what_stays_open_is_told(name: str) -> None:
    leaking = [replace(one, **{name: 3 + number}) for number, one in enumerate(rounds(*[800] * 10))]
    told = f"12 {name.replace('_', ' ')} at the end, 7 at most in the first half"
    assert judge(leaking, most_mb=1000).problems == (told,)
    assert judge([*leaking[5:], *leaking[:5]], most_mb=1000).problems == ()


def test_a_peak_and_too_few_rounds_are_told() -> None:
    assert judge(rounds(900, 800), most_mb=899).problems == (
        "2 rounds, wanted 10 at least to judge by",
        "900 MB at the peak, allowed 899",
    )


def test_the_page_shows_twenty_rounds_from_the_first_to_the_last_and_the_table_all() -> None:
    many = rounds(*range(800, 900))
    page = page_of(many, judge(many, most_mb=1000), "An hour.").splitlines()
    rows = [line for line in page if line.startswith("| ") and line[2].isdigit()]
    assert (len(rows), rows[0], rows[-1]) == (20, "| 1 | 700 | 800 | 7 | 20 | 0 |", "| 100 | 700 | 899 | 7 | 20 | 0 |")
    assert "- **memory grows by 1.00 MB a round, 49 MB in all, allowed 48**" in page
    assert len(table_of(many).splitlines()) == 101
