"""What the store shows as of now, asked at every poll: so cheaply that no poll costs a query."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.errors import StoreError
from feedsvc.store.engine import Store
from feedsvc.store.schema import publication

log = logging.getLogger(__name__)

# A PostgreSQL that has not answered for so long is down, or hangs.
_SILENT_AFTER_S = 1.0
_ASK_EVERY_S = 0.1
# A poll may be answered by what was shown so long ago: a thousand polls ask SQLite once.
_FRESH_S = 0.01
# A SQLite that failed is asked again only after so long, not by every poll.
_PAUSE_S = 0.25


class Shown(NamedTuple):
    """What the store shows: its publication version, and how many entries have ever departed.

    A rendering from before a departure may hold what has been withdrawn.
    """

    version: int
    departures: int


class Watch(Protocol):
    """Says what the store shows, for one process."""

    def shown(self) -> Shown | None:
        """As of now, at most 0.1 s old; None where the store does not answer. Never waits long."""

    def close(self) -> None: ...


def watch_publication(store: Store) -> Watch:
    """A watch over one store; its connection is its own, and opened when it is first asked."""
    return _SqliteWatch(store) if store.is_sqlite else _PostgresqlWatch(store)


_SHOWN = select(publication.c.version, publication.c.departures)


def _own_connection(store: Store) -> Any:  # Any: the driver's own connection
    """A connection set up like any other, and taken out of the pool for good."""
    pooled = store.engine.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    return connection


class _SqliteWatch:
    """Asks while polls come, on its own connection; any commit moves `PRAGMA data_version`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sql = str(_SHOWN)
        self._lock = threading.Lock()
        self._connection: Any = None  # Any: the driver's own
        self._data_version = -1
        self._shown: Shown | None = None
        self._asked_at = -_FRESH_S
        self._not_before = 0.0

    def shown(self) -> Shown | None:
        now = time.monotonic()
        if now - self._asked_at < _FRESH_S:
            return self._shown
        with self._lock:
            try:
                shown = self._ask()
                self._asked_at = now
                return shown
            except (SQLAlchemyError, StoreError, self._store.engine.dialect.loaded_dbapi.Error):
                self._forget()
                self._not_before = time.monotonic() + _PAUSE_S
                return None

    def _ask(self) -> Shown | None:
        if self._connection is None:
            if time.monotonic() < self._not_before:
                return None
            self._connection = _own_connection(self._store)
        # Read first: a commit between the two is then seen at the next poll.
        (data_version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if data_version != self._data_version:
            self._shown = Shown(*self._connection.execute(self._sql).fetchone())
            self._data_version = data_version
        return self._shown

    def _forget(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._data_version, self._shown = None, -1, None

    def close(self) -> None:
        with self._lock:
            self._forget()


class _PostgresqlWatch:
    """A thread of its own asks every 0.1 s, so that no poll waits for the database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sql = str(_SHOWN)
        self._started = threading.Lock()
        self._thread: threading.Thread | None = None
        self._answered = threading.Event()
        self._closed = threading.Event()
        self._shown: Shown | None = None
        self._heard_at = 0.0

    def shown(self) -> Shown | None:
        if self._thread is None:
            self._start()
        if time.monotonic() - self._heard_at > _SILENT_AFTER_S:
            return None
        return self._shown

    def _start(self) -> None:
        with self._started:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="publication watch", daemon=True)
                thread.start()
                self._answered.wait(_SILENT_AFTER_S)
                self._thread = thread

    def _run(self) -> None:
        connection: Any = None  # Any: the driver's own
        while not self._closed.wait(_ASK_EVERY_S if self._answered.is_set() else 0):
            try:
                if connection is None:
                    connection = _own_connection(self._store)
                    connection.autocommit = True
                self._shown = Shown(*connection.execute(self._sql).fetchone())
                self._heard_at = time.monotonic()
            except (SQLAlchemyError, StoreError, self._store.engine.dialect.loaded_dbapi.Error):
                # What answers the polls says so, once in a while; here it would be every 0.1 s.
                if connection is not None:
                    connection.close()
                connection = None
            self._answered.set()
        if connection is not None:
            connection.close()

    def close(self) -> None:
        self._closed.set()
