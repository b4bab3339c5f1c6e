"""Logging, set up once a process: a constant phrase, and its values as key=value behind it."""

from __future__ import annotations

import json
import logging
import sys

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
