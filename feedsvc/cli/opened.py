"""The store of a command, open while it works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from feedsvc.runtime import Runtime, open_runtime
from feedsvc.settings import Settings
from feedsvc.store.migrate import upgrade


@contextmanager
def opened(settings: Settings) -> Iterator[Runtime]:
    """The store that the settings name, found sound and brought to today's schema."""
    runtime = open_runtime(settings)
    try:
        runtime.upkeep.check_start()
        upgrade(runtime.store)
        yield runtime
    finally:
        runtime.close()
