"""Can a store be written to now, and what keeps it from being?"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlalchemy import select, text

from feedsvc.errors import StoreError, StoreFull
from feedsvc.store.damage import noted_damage, refuse_damaged
from feedsvc.store.engine import Store
from feedsvc.store.failures import told_of_file
from feedsvc.store.guid_file import GuidFile
from feedsvc.store.leases import lock_beside
from feedsvc.store.schema import publication
from feedsvc.store.starting import mark_beside

# With less room left nothing is begun anew: a batch, its log and its copy must fit, and our logs.
MIN_FREE_BYTES = 64_000_000


def check_over(store: Store, trouble: StoreError) -> None:
    """Raise StoreError unless a publishing transaction could go on after some trouble.

    After a full disk that needs room, not just a place to write a row.
    """
    refuse_damaged(store)
    folder = _folder(store)
    if folder and isinstance(trouble, StoreFull) and _free_bytes(folder) < MIN_FREE_BYTES:
        raise StoreFull(_short_of_room(folder))
    closed = _closed(store)
    if closed:
        raise StoreError(closed)
    with store.writing() as connection:
        connection.execute(select(publication.c.id).with_for_update())


def degradation(store: Store) -> str | None:
    """Why nothing new can be published at the moment, though what is there can be served.

    A look that waits for nobody and writes nothing; None as far as it can tell. Raises StoreError.
    """
    folder = _folder(store)
    if folder is None:
        with store.reading() as connection:
            is_standby = connection.scalar(text("SELECT pg_is_in_recovery()"))
        return "the database server takes no writes" if is_standby else None
    found = noted_damage(store)
    if found is not None:
        return f"the database was found damaged: {found}"
    if _free_bytes(folder) < MIN_FREE_BYTES:
        return _short_of_room(folder)
    return _closed(store)


def _closed(store: Store) -> str | None:
    """What of a SQLite store may not be written to; a transaction that writes nothing can begin.

    Nothing can be ingested either where a file beside it is closed; one that is missing is made.
    """
    path, guids = store.sqlite_path, GuidFile.of(store)
    if path is None or guids is None:
        return None
    for written in (path.parent, path):
        if not os.access(written, os.W_OK):
            return f"{written} may not be written to"
    for beside in (guids.path, lock_beside(path), mark_beside(path)):
        try:
            os.close(os.open(beside, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC))
        except FileNotFoundError:
            continue
        except OSError as error:
            return str(told_of_file(error, beside))
    return None


def _folder(store: Store) -> Path | None:
    return store.sqlite_path.parent if store.sqlite_path else None


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise StoreError(f"{folder}: cannot be looked at ({error.strerror})") from error


def _short_of_room(folder: Path) -> str:
    return f"less than {MIN_FREE_BYTES // 1_000_000} MB are free on the disk of {folder}"
