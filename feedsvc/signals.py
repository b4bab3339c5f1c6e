"""Signals: acted on where that is safe, or kept waiting for a better moment."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import Signals
from types import FrameType


def act_on(signals: tuple[Signals, ...], act: Callable[[Signals], None]) -> None:
    """Have a thread of its own act on signals.

    Python runs a handler in the main thread, amid whatever that does: one that set an event there,
    for which the thread was about to wait, would wait for it for ever.
    """
    hearing, telling = os.pipe()

    def tell(number: int, _frame: FrameType | None) -> None:
        os.write(telling, bytes([number]))

    def listen() -> None:
        while heard := os.read(hearing, 1):
            act(Signals(heard[0]))

    threading.Thread(target=listen, name="signals", daemon=True).start()
    for number in signals:
        signal.signal(number, tell)


@contextmanager
def held_back(*signals: Signals) -> Iterator[None]:
    """Let signals wait meanwhile.

    For a process with no other thread that takes them: whichever does, the main one handles them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # may yet raise what came just before
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def never_told(*signals: Signals) -> Iterator[None]:
    """Start processes here that never get these signals, and whose own never get them.

    For those that reach a whole group, and on which one of it acts for all.
    """
    from multiprocessing import resource_tracker  # many a command starts no process

    # multiprocessing starts it with the first process, and then lets signals through again.
    resource_tracker.ensure_running()
    with held_back(*signals):
        yield
