"""Connections: how SQLite is set up, and transactions of two kinds."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, SQLAlchemyError

from feedsvc.errors import ConfigError, StoreCutOff, StoreError
from feedsvc.store.failures import told

log = logging.getLogger(__name__)

# INSERT … ON CONFLICT is no part of SQLAlchemy's common SQL; both dialects spell it alike.
UPSERTING: Mapping[str, Callable[..., Any]] = {  # Any: either dialect's Insert
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_APPLICATION_ID = 0x66656564  # "feed", so that `file` and we know our databases
_FIXED_SQLITE = (3, 51, 3)  # the first without the WAL-reset bug


class Store:
    """One database. Reading and writing are transactions; both end the driver's errors here."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @property
    def sqlite_path(self) -> Path | None:
        """The database file; None on PostgreSQL."""
        return Path(self.engine.url.database or "") if self.is_sqlite else None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read transaction: everything read inside is of one moment."""
        options: dict[str, Any] = (  # Any: SQLAlchemy's own option types
            {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        )
        with self._connected(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction, all or nothing; on SQLite the only one from its first line.

        Raises StoreCutOff only where nothing of it was kept.
        """
        is_to_be_kept = False
        try:
            with self._connected(feedsvc_writes=True) as connection, connection.begin():
                yield connection
                is_to_be_kept = True
        except StoreCutOff as error:
            if is_to_be_kept:
                raise StoreError(f"{error}; whether it kept the changes is not known") from error
            raise

    @contextmanager
    def _connected(self, **options: Any) -> Iterator[Connection]:
        driver = self.engine.dialect.loaded_dbapi
        try:
            with self.engine.connect().execution_options(**options) as connection:
                yield connection
        except DBAPIError as error:
            raise told(error) from error
        except SQLAlchemyError as error:
            raise StoreError(f"the store failed: {error}") from error
        except driver.Error as error:
            # From the set-up of a connection, where SQLAlchemy lets the driver's own errors out.
            raise told(error) from error

    def lift_limits(self, connection: Connection) -> None:
        """Let what this connection is used for take its time; it is closed at the end.

        PostgreSQL's are for everyday work. SQLite has none but that of waiting for its lock.
        """
        if not self.is_sqlite:
            from feedsvc.store import postgresql

            postgresql.lift_limits(connection)

    def close(self) -> None:
        self.engine.dispose()


def take_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """The numbers that the next `count` rows of a table would get by themselves, in order.

    Rows that know their numbers are inserted many at once, and need not be read back.
    """
    if connection.dialect.name == "sqlite":
        # Nobody else writes, and this is how SQLite itself goes on counting.
        last = connection.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    counter = func.pg_get_serial_sequence(table.name, "id")
    numbers = select(func.nextval(counter)).select_from(func.generate_series(1, count))
    return connection.scalars(numbers).all()


def open_store(url: str, *, busy_timeout_s: float) -> Store:
    """Open (and for SQLite create) the database at `url`. Raises ConfigError, StoreError."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # Not quoted: it may hold a password.
        problem = "store.url: must be like sqlite:///PATH or postgresql://user@host/name"
        raise ConfigError([problem]) from error
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite_engine(parsed, busy_timeout_s))
    from feedsvc.store import postgresql  # and its driver, only where they are needed

    return Store(postgresql.make_engine(parsed))


def _sqlite_engine(url: URL, busy_timeout_s: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigError(["store.url: a SQLite database must be a file, several processes use it"])
    if url.host:
        raise ConfigError(["store.url: needs three slashes, or four: sqlite:///PATH"])
    path = Path(url.database).absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot be created ({error.strerror})") from error
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite", database=str(path)),
        module=_sqlite_module(),
        connect_args={"timeout": busy_timeout_s},
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, record: Any, args: list[str], options: dict[str, Any]) -> None:
        record.info["is_immutable"] = is_immutable = _is_closed_to_writers(path)
        if is_immutable:
            args[0], options["uri"] = f"file:{quote(str(path))}?mode=ro&immutable=1", True

    @event.listens_for(engine, "checkout")
    def _check_out(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info["is_immutable"] and not _is_closed_to_writers(path):
            raise DisconnectionError("somebody may write to the database now")

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:  # Any: either driver's connection
        # Transactions are begun below, by hand: the driver would begin late, and never IMMEDIATE.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "mmap_size = 0",
            "journal_size_limit = 67108864",
            "temp_store = MEMORY",
            # Pages touched all over the file are written back together: every 16 MB of log.
            "wal_autocheckpoint = 4000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        if owner == 0:
            # Once, for a new database: it is a write, and would wait for whoever is writing.
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        elif owner != _APPLICATION_ID:
            raise StoreError(f"{path}: is the database of another program")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("feedsvc_writes", False):
            connection.exec_driver_sql("BEGIN")
            return
        # Keys that come in no order (guids, hashes) touch pages all over their indexes: who writes
        # finds them in 16 MB of memory. Who only reads does with 2 MB and the system's own cache.
        connection.exec_driver_sql("PRAGMA cache_size = -16384")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _is_closed_to_writers(path: Path) -> bool:
    """Whether SQLite can read a database only if told that nobody changes it.

    It needs the log's files beside it even to read, and cannot make them on a read-only disk.
    """
    if os.access(path.parent, os.W_OK) or not path.exists():
        return False
    return not Path(f"{path}-wal").exists()


def _sqlite_module() -> ModuleType:
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        if sqlite3.sqlite_version_info < _FIXED_SQLITE:
            log.warning(
                "SQLite older than 3.51.3 in use: two writing processes may, very rarely, corrupt "
                "the database; install pysqlite3",
                extra={"version": sqlite3.sqlite_version},
            )
        return sqlite3
    module: ModuleType = dbapi2
    return module
