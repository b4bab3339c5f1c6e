"""Can a store be written to now, and what keeps it from being?"""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import select, text

from feedsvc.errors import StoreError, StoreFull
from feedsvc.store.beside import closed
from feedsvc.store.damage import noted_damage, refuse_damaged
from feedsvc.store.engine import Store
from feedsvc.store.schema import publication

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
    found = closed(store)
    if found:
        raise StoreError(found)
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
    return closed(store)


def _folder(store: Store) -> Path | None:
    return store.sqlite_path.parent if store.sqlite_path else None


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise StoreError(f"{folder}: cannot be looked at ({error.strerror})") from error


def _short_of_room(folder: Path) -> str:
    return f"less than {MIN_FREE_BYTES // 1_000_000} MB are free on the disk of {folder}"
