"""Migrates a database, killed at the first statement, then at the second, and so on to the end.

Run by `test_migrations.py` in a process of its own: it forks, which no process with threads may.
Prints how often it was killed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import event, inspect

from feedsvc.errors import StoreError
from feedsvc.store.engine import Store, open_store
from feedsvc.store.migrate import check_schema, upgrade


def main(url: str) -> None:
    kills = 0
    while (status := _forked(partial(_migrate, url, killed_at=kills + 1))) == -signal.SIGKILL:
        kills += 1
    assert status == 0, f"broken by the kill at statement {kills}"
    print(kills)


def _migrate(url: str, *, killed_at: int) -> int:
    """Migrate a database that is whole or empty; answers 0, or 1 if it is neither."""
    store = open_store(url, busy_timeout_s=10)
    try:
        check_schema(store)
    except StoreError:
        with store.reading() as connection:
            if inspect(connection).get_table_names():
                return 1
    _kill_at(store, killed_at)
    upgrade(store)
    return 0


def _kill_at(store: Store, number: int) -> None:
    met = 0

    def count(*told: Any) -> None:  # Any: whatever the event tells
        nonlocal met
        # What only asks changes nothing.
        is_question = len(told) > 1 and told[2].lstrip().startswith(("SELECT", "PRAGMA"))
        met += not is_question
        if met == number and not is_question:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "commit"):
        event.listen(store.engine, name, count)


def _forked(work: Callable[[], int]) -> int:
    """Do some work in a process of its own; answers its exit status, or the signal it died of."""
    pid = os.fork()
    if pid == 0:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main(sys.argv[1])
