"""Signals that wait for a better moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIG_BLOCK, SIG_SETMASK, Signals, pthread_sigmask


@contextmanager
def held_back(*signals: Signals) -> Iterator[None]:
    """Let signals to this thread wait meanwhile; a process that is started here never gets them."""
    before = pthread_sigmask(SIG_BLOCK, signals)
    try:
        yield
    finally:
        pthread_sigmask(SIG_SETMASK, before)
