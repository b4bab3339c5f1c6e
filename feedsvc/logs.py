"""Logging, set up once a process: a constant phrase, and its values as key=value behind it."""

from __future__ import annotations

import json
import logging
import math
import sys
import threading
import time
from collections.abc import Callable

_SELDOM_S = 60.0

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _KeyValueFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        values = {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if not values:
            return line
        # JSON escapes control characters: a file name can neither forge a line nor drive a
        # terminal.
        told = " ".join(f"{key}={json.dumps(value, default=str)}" for key, value in values.items())
        first, newline, rest = line.partition("\n")
        return f"{first} {told}{newline}{rest}"


class OneLineFormatter(logging.Formatter):
    """What clients sent, as one line that drives no terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line if line.isprintable() else line.encode("unicode_escape").decode("ascii")


class Seldom:
    """What may come often and is to be told at once, and then once a minute while it lasts."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next_at = -math.inf

    def again(self) -> bool:
        """Whether to tell it now."""
        with self._lock:
            now = self._monotonic()
            if now < self._next_at:
                return False
            self._next_at = now + _SELDOM_S
            return True


def set_up_logging(level: str) -> None:
    """Send feedsvc's log to standard error, from `level` (INFO, ...) up."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_KeyValueFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("feedsvc").setLevel(level)
    # It warns whenever a look for work is skipped because work is going on.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.captureWarnings(True)
