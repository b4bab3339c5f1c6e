"""A scheduler process alone, with no web beside it: several of them share a store.

`python -m tests.faults.scheduler DATABASE FOLDER [jumping] [telling]`; jumping: by a clock that
does; telling: of each job that it runs.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

from feedsvc.clock import Clock
from feedsvc.jobs.schedule import run_scheduler
from feedsvc.logs import set_up_logging
from feedsvc.runtime import open_runtime
from feedsvc.settings import load_settings

JUMPS = (timedelta(0), timedelta(hours=-1), timedelta(days=1))
JUMPS_EVERY_S = 0.7


def main() -> None:
    database, folder, *how = sys.argv[1:]
    settings = load_settings(
        None,
        {
            "store": {"url": database},
            "ingest": {"roots": {"seeds": folder}, "settle_s": 0.3, "workers": 1},
        },
    )
    set_up_logging("INFO")
    if "telling" in how:
        logging.getLogger("apscheduler.executors").setLevel(logging.INFO)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    clock = Clock(now=_now_and_then) if "jumping" in how else Clock()
    run_scheduler(open_runtime(settings, clock), stop)


def _now_and_then() -> datetime:
    """The time, set back by an hour and ahead by a day, again and again."""
    return datetime.now(UTC) + JUMPS[int(time.monotonic() / JUMPS_EVERY_S) % len(JUMPS)]


if __name__ == "__main__":
    main()
