"""Progress where nobody watches a terminal: a line every ten seconds, with rate and time left."""

import multiprocessing

import pytest

from common.progress import Progress


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def count_to_six(clock: Clock) -> None:
    """Four seconds an item, two of six done by an earlier call."""
    with Progress("hash", 6, "file", initial=2, clock=clock) as progress:
        for _ in range(4):
            clock.seconds += 4
            progress.advance(note="loss 0.5")


def test_lines_tell_rate_and_time_left_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    count_to_six(Clock())
    # The first line is due at 10 s, so the item of 12 s prints it: 3 items in 12 s, one more to come; then the end.
    assert capsys.readouterr() == (
        "",
        "hash: 5/6 file, 0.2 file/s, 4 s left loss 0.5\nhash: 6/6 file, 0.2 file/s, 0 s left loss 0.5\n",
    )


def test_what_is_done_at_once_tells_nothing_and_a_failure_not_that_it_ended(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Progress("hash", 2, "file", clock=clock) as progress:
        progress.advance(2)
    with pytest.raises(ZeroDivisionError), Progress("hash", 2, "file", clock=clock) as progress:
        clock.seconds += 10
        progress.advance()
        progress.advance()
        raise ZeroDivisionError
    assert capsys.readouterr().err == "hash: 1/2 file, 0.1 file/s, 10 s left\n"


def test_a_worker_keeps_silent(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "parent_process", multiprocessing.current_process)
    count_to_six(Clock())
    assert capsys.readouterr() == ("", "")
