"""A wish to stop reaches the loop, and where the loop does not come to it in time, an end is made."""

import signal
import threading

import pytest

from training.stop_signals import DEADLINE_THREAD, StopSignals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_after_the_deadline_waiting_is_given_up_wherever_the_main_thread_is(number: signal.Signals) -> None:
    gave_up = threading.Event()
    with StopSignals(within_s=0.01, give_up=gave_up.set) as stop:
        signal.raise_signal(number)
        # Stands for a long step: only a thread beside it can call.
        assert gave_up.wait(60)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)


def test_what_is_closed_before_the_deadline_is_not_given_up() -> None:
    called: list[int] = []
    before = signal.getsignal(signal.SIGTERM)
    with StopSignals(within_s=3600, give_up=lambda: called.append(1)) as stop:
        signal.raise_signal(signal.SIGTERM)
        assert stop.requested
    assert called == []
    assert all(thread.name != DEADLINE_THREAD for thread in threading.enumerate())
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.set_wakeup_fd(-1) == -1
