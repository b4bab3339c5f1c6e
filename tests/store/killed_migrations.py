"""Migrates a database, killed at its commit, then at the first statement, and so on to the end.

Run by `test_migrations.py` in a process of its own: it forks, which no process with threads may.
Prints at which statements it was killed. SOAK_EVERY: at every one, not at every seventh.
"""

from __future__ import annotations

import itertools
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

STEP = 1 if "SOAK_EVERY" in os.environ else 7
AT_COMMIT = 0


def main(url: str) -> None:
    assert _forked(partial(_migrate, url, killed_at=AT_COMMIT)) == -signal.SIGKILL
    killed_at = [AT_COMMIT]
    for number in itertools.count(1, STEP):
        status = _forked(partial(_migrate, url, killed_at=number))
        if status != -signal.SIGKILL:
            break
        killed_at.append(number)
    assert status == 0, f"broken by the kill at statement {killed_at[-1]}"
    print(*killed_at)


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
    """number: of a statement that changes something, or AT_COMMIT of what those have changed."""
    met = 0
    creates = False

    # Any: whatever the events tell
    def count(_connection: Any, _cursor: Any, statement: str, *_told: Any) -> None:
        nonlocal met, creates
        # What only asks changes nothing.
        met += not statement.lstrip().startswith(("SELECT", "PRAGMA"))
        creates = creates or statement.lstrip().startswith("CREATE")
        if met == number:
            _die()

    def commit(_connection: Any) -> None:
        if number == AT_COMMIT and creates:
            _die()

    event.listen(store.engine, "before_cursor_execute", count)
    event.listen(store.engine, "commit", commit)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _forked(work: Callable[[], int]) -> int:
    """Do some work in a process of its own; answers its exit status, or the signal it died of."""
    pid = os.fork()
    if pid == 0:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    main(sys.argv[1])
