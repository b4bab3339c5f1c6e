"""Who may ingest: one lease a store, with a fencing number that rises each time it is taken."""

from __future__ import annotations

import fcntl
import os
import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.errors import LeaseLost, StoreError
from feedsvc.store.beside import lock_beside
from feedsvc.store.engine import Store
from feedsvc.store.schema import leases, publication

_INGEST = "ingest"
_ADVISORY_KEY = 7310597


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to ingest, held until `release` or the end of this process, however it ends.

    On SQLite a `flock` beside the database, on PostgreSQL a session's advisory lock: the kernel or
    the server frees either when the process dies.
    """

    name: str
    fence: int
    _lock_file: IO[bytes] | None = None
    _session: Connection | None = None

    def check(self) -> None:
        """Raise LeaseLost if the session that holds the lock is gone."""
        if self._session:
            try:
                self._session.exec_driver_sql("SELECT 1")
            except SQLAlchemyError as error:
                raise LeaseLost("the session that held the lease was cut off") from error

    def release(self) -> None:
        if self._lock_file:
            self._lock_file.close()
        if self._session:
            # Not back into the pool: the lock belongs to the session.
            self._session.invalidate()
            self._session.close()


def take_lease(store: Store) -> Lease | None:
    """Take the ingest lease, or answer None while another process holds it."""
    path = store.sqlite_path
    if path is not None:
        lock_file = _try_flock(lock_beside(path))
        lease = Lease(name=_INGEST, fence=0, _lock_file=lock_file) if lock_file else None
    else:
        session = _try_advisory_lock(store)
        lease = Lease(name=_INGEST, fence=0, _session=session) if session else None
    if lease is None:
        return None
    try:
        return replace(lease, fence=_raise_fence(store))
    except BaseException:
        lease.release()
        raise


def _try_flock(path: Path) -> IO[bytes] | None:
    try:
        lock_file = path.open("ab")
    except OSError as error:
        raise StoreError(f"{path}: cannot be opened ({error.strerror})") from error
    try:
        fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock_file.close()
        return None
    return lock_file


def _try_advisory_lock(store: Store) -> Connection | None:
    try:
        session = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if session.exec_driver_sql(f"SELECT pg_try_advisory_lock({_ADVISORY_KEY})").scalar():
            return session
        session.close()
    except SQLAlchemyError as error:
        raise StoreError(f"the lease cannot be asked for: {error}") from error
    return None


def _raise_fence(store: Store) -> int:
    holder = f"{socket.gethostname()}:{os.getpid()}"
    with store.writing() as connection:
        # Waits for a publishing transaction of the holder before us, so that we see all it did.
        connection.execute(select(publication.c.id).with_for_update())
        fence = connection.scalar(select(leases.c.fence).where(leases.c.name == _INGEST))
        if fence is None:
            connection.execute(insert(leases).values(name=_INGEST, fence=1, holder=holder))
            return 1
        connection.execute(
            update(leases).where(leases.c.name == _INGEST).values(fence=fence + 1, holder=holder)
        )
        return int(fence) + 1
