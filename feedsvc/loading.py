"""Loading modules when they are needed: quickly, and undisturbed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM

from feedsvc.signals import held_back


@contextmanager
def loading() -> Iterator[None]:
    """Import modules here; neither the garbage collector nor a signal comes between.

    What modules make is there to stay: looking through it for garbage took a fifth of the time. And
    what a signal raises amid an import may be lost, or leave it half done.
    """
    with held_back(SIGINT, SIGTERM):
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            gc.freeze()
            if was_enabled:
                gc.enable()
