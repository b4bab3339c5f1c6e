"""Signals that come at the worst moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

from feedsvc.signals import held_back

# In a process of its own: it used to wait for ever.
STOPPED = """
import signal, threading
from feedsvc.signals import act_on

stop = threading.Event()
act_on((signal.SIGTERM,), lambda number: stop.set())
with stop._cond:  # as `wait` holds it, before it waits and after
    signal.raise_signal(signal.SIGTERM)
    is_set = stop.is_set()
print(is_set, stop.wait(60))
"""


def test_an_event_may_be_set_while_the_main_thread_is_about_to_wait_for_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED], capture_output=True, text=True, timeout=90
    )
    assert (done.stdout, done.stderr) == ("False True\n", "")


def test_what_was_held_back_comes_afterwards() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _frame: heard.append(number))
    try:
        with held_back(signal.SIGUSR1):
            signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
            assert not heard
        assert heard == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_was_held_back_already_stays_so() -> None:
    with held_back(signal.SIGUSR1):
        with held_back(signal.SIGUSR1):
            pass
        assert signal.SIGUSR1 in signal.pthread_sigmask(signal.SIG_BLOCK, ())
