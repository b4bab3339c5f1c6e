"""A SQLite file written anew without its unused pages, in little memory and while others read.

VACUUM would build the new file where SQLite keeps temporary ones: in memory, as pysqlite3 is
compiled, whatever `temp_store` says. VACUUM INTO builds it beside the database instead, and
SQLite's backup copies it back as one transaction. Readers go on with what they see. What stays of a
process that was killed is a log without a commit, and a file that the next one removes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from feedsvc.errors import StoreBusy, StoreFull
from feedsvc.store.backup import execute_alone, quoted, remove
from feedsvc.store.damage import refuse_damaged
from feedsvc.store.engine import Store
from feedsvc.store.failures import SQLITE_BUSY, told, told_of_file
from feedsvc.store.trouble import MIN_FREE_BYTES

# Fewer than a connection keeps in memory, so that nothing is in the log yet after the first step.
_PAGES_AT_ONCE = 256
_TRIES = 3

_Connection = Any  # either driver's


class _Overtaken(Exception):
    """Somebody has written since the new file was made."""


def compact(store: Store, path: Path) -> None:
    """Write the database at `path` anew; whoever wants to write waits until it is done.

    For as long as it takes, it needs twice the room of the new file. Raises StoreError, among them
    StoreBusy, StoreFull and StoreDamaged; then nothing has changed.
    """
    refuse_damaged(store)
    part = path.with_name(f"{path.name}.vacuum")
    driver = store.engine.dialect.loaded_dbapi
    try:
        with _connected(store) as holder, _connected(store) as live:
            _check_room(live, path.parent)
            for _ in range(_TRIES):
                seen = _build(holder, live, part)
                with closing(driver.connect(str(part))) as fresh, suppress(_Overtaken):
                    _put_back(fresh, live, holder, seen)
                    return
        raise StoreBusy("others wrote to the store just as it was to be made small")
    except driver.Error as error:
        raise told(error) from error
    except OSError as error:
        raise told_of_file(error, part) from error
    finally:
        remove(part)
        execute_alone(store, "PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _connected(store: Store) -> Iterator[_Connection]:
    with closing(store.engine.raw_connection()) as connection:
        yield connection.driver_connection


def _check_room(live: _Connection, folder: Path) -> None:
    used = _pragma(live, "page_count") - _pragma(live, "freelist_count")
    needed = 2 * used * _pragma(live, "page_size") + MIN_FREE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreFull(
            f"to make the database small takes {needed // 1_000_000:,} MB in {folder}, where "
            f"{free // 1_000_000:,} MB are free"
        )


def _build(holder: _Connection, live: _Connection, part: Path) -> int:
    """Make the new file while nobody writes; answers the `data_version` that the holder saw."""
    remove(part)
    # With the hashes of tokens inside it, it is nobody else's to read.
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    holder.execute("BEGIN IMMEDIATE")
    try:
        seen = _pragma(holder, "data_version")
        live.execute(f"VACUUM INTO '{quoted(part)}'")
    finally:
        holder.execute("ROLLBACK")
    return seen


def _put_back(fresh: _Connection, live: _Connection, holder: _Connection, seen: int) -> None:
    """Copy the new file into the database.

    A backup takes the lock with its first step, and would not take it over from the holder: in
    between anybody may write. So it is looked at once after that step, which must not be the last.
    """
    at_once = min(_PAGES_AT_ONCE, _pragma(fresh, "page_count") // 2)

    def look(status: int, remaining: int, total: int) -> None:
        if status & 0xFF in SQLITE_BUSY:
            raise _Overtaken
        if total - remaining == at_once and _pragma(holder, "data_version") != seen:
            raise _Overtaken

    fresh.backup(live, pages=at_once, progress=look)


def _pragma(connection: _Connection, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
