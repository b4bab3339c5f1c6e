"""Backups: one SQLite file with everything a store holds, whatever database the store is on.

From SQLite it is made by VACUUM INTO, which takes one moment and holds up no writer (the backup API
begins again whenever another process writes); from PostgreSQL by copying the rows of one moment
into tables that the same migrations made. So a backup is read by the tools that read a store, an
old one is migrated as an old store is, and a store moves from one database to the other by a backup
and a restore.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Table, func, select

from feedsvc.errors import Interrupted, StoreError
from feedsvc.store.beside import lock_beside
from feedsvc.store.damage import forget_damage
from feedsvc.store.engine import Store, open_store
from feedsvc.store.failures import told
from feedsvc.store.indexing import make_index
from feedsvc.store.leases import take_lease
from feedsvc.store.migrate import check_schema, upgrade
from feedsvc.store.schema import documents, entries, leases, metadata

_ROWS_AT_ONCE = 2000
_STEPS_BETWEEN_LOOKS = 100_000
_IN_USE = (
    "the store is in use by another feedsvc process; stop `feedsvc serve` and `feedsvc ingest`, "
    "then restore again"
)


def back_up(store: Store, target: Path) -> None:
    """Write a backup, whole or not at all, readable by its owner alone; others go on meanwhile.

    Raises StoreError if `target` exists, or the store or the target's folder cannot be used.
    """
    if target.exists():
        raise StoreError(f"{target} exists already; choose another name")
    part = target.with_name(f"{target.name}.part")
    with _told_of(target):
        # With the hashes of tokens inside it, it is nobody else's to read.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            copy_into(store, part)
            if not store.is_sqlite:
                _make_index_in(part)
            _sync(part)
            part.rename(target)
        finally:
            remove(part)
        _sync(target.parent)


def _make_index_in(part: Path) -> None:
    copy = open_store(f"sqlite:///{part}", busy_timeout_s=1)
    try:
        with copy.writing() as connection:
            make_index(connection)
        execute_alone(copy, "PRAGMA journal_mode = DELETE")
    finally:
        copy.close()


def copy_into(store: Store, part: Path, gives_up: Callable[[], bool] = lambda: False) -> None:
    """Copy all that a store holds at one moment into a SQLite file, while others go on.

    From PostgreSQL, without the full-text index: what takes long is left to whoever needs it.

    part: not there yet, or empty. gives_up: asked now and then. Raises Interrupted then.
    """
    if store.is_sqlite:
        execute_alone(store, f"VACUUM INTO '{quoted(part)}'", gives_up=gives_up)
    else:
        _copy_out(store, part, gives_up)


def restore(store: Store, backup: Path, now: datetime) -> Path | None:
    """Put a backup in the place of a store that nobody uses.

    On SQLite what was there is set aside, and its path answered. A PostgreSQL database must hold no
    entries. Raises StoreError if the backup or the store cannot be used; then nothing has changed.
    """
    if not backup.is_file():
        raise StoreError(f"{backup}: there is no such backup")
    if store.sqlite_path:
        return _restore_file(store, store.sqlite_path, backup, now)
    with tempfile.TemporaryDirectory(prefix="feedsvc-") as folder:
        _restore_rows(store, _prepared(backup, Path(folder) / "backup.db"))
    return None


# SQLite: a file in the place of another


def _restore_file(store: Store, path: Path, backup: Path, now: datetime) -> Path | None:
    aside = path.with_name(f"{path.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    fresh = path.with_name(f"{path.name}.restoring")
    with _told_of(path), sole_use(path) as is_alone:
        if not is_alone:
            raise StoreError(_IN_USE)
        existed = path.exists()
        if existed and aside.exists():
            raise StoreError(f"{aside} exists already; wait a second")
        _close_database(store)
        try:
            _prepared(backup, fresh)
            if existed:
                shutil.copymode(path, fresh)
                # A second name first: at no moment is there no database.
                os.link(path, aside)
                for ending in ("-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        Path(f"{path}{ending}").rename(f"{aside}{ending}")
            fresh.replace(path)
            forget_damage(path)
        finally:
            remove(fresh)
        _sync(path.parent)
    return aside if existed else None


@contextmanager
def sole_use(path: Path) -> Iterator[bool]:
    """Hold the lock of a database's lease; answers False where somebody else holds it.

    The lock is that of `store/leases.py`, without the number: there may be no store to raise it in.
    """
    with lock_beside(path).open("ab") as lock_file:
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _close_database(store: Store) -> None:
    """Bring all of a database into its one file; raises StoreError while others have it open.

    A damaged database is left as it is, with the files beside it.
    """
    store.close()
    if not store.sqlite_path or not store.sqlite_path.exists():
        return
    try:
        execute_alone(store, "PRAGMA busy_timeout = 0", "PRAGMA journal_mode = DELETE")
    except StoreError as error:
        if "locked" in str(error):
            raise StoreError(_IN_USE) from error
    finally:
        store.close()


def _prepared(backup: Path, copy: Path) -> Path:
    """A copy of a backup, seen to be whole and brought to today's schema."""
    shutil.copyfile(backup, copy)
    fresh = open_store(f"sqlite:///{copy}", busy_timeout_s=1)
    try:
        _check_whole(fresh)
        upgrade(fresh)
        execute_alone(fresh, "PRAGMA journal_mode = DELETE")
    except StoreError as error:
        raise StoreError(f"{backup}: cannot be restored: {error}") from error
    finally:
        fresh.close()
    _sync(copy)
    return copy


def _check_whole(store: Store) -> None:
    with store.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        if "alembic_version" not in tables:
            raise StoreError("it is no backup of feedsvc")
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise StoreError(f"it is damaged ({found})")


# PostgreSQL: rows


def _copy_out(store: Store, part: Path, gives_up: Callable[[], bool]) -> None:
    check_schema(store)
    copy = open_store(f"sqlite:///{part}", busy_timeout_s=1)
    try:
        upgrade(copy)
        with store.reading() as source, copy.writing() as sink:
            store.lift_limits(source)
            for table in reversed(metadata.sorted_tables):
                sink.execute(table.delete())
            for table in metadata.sorted_tables:
                _copy_table_out(source, sink, table, gives_up)
        execute_alone(copy, "PRAGMA journal_mode = DELETE")
    finally:
        copy.close()


def _copy_table_out(
    source: Connection, sink: Connection, table: Table, gives_up: Callable[[], bool]
) -> None:
    # JSON as the text it is: a value is neither read nor written anew.
    wanted = [
        f"{name}::text" if isinstance(column.type, JSON) else name
        for name, column in zip(_names(table), table.columns, strict=True)
    ]
    rows = source.exec_driver_sql(
        f"SELECT {', '.join(wanted)} FROM {table.name}",  # noqa: S608  (our own names)
        execution_options={"stream_results": True, "max_row_buffer": _ROWS_AT_ONCE},
    )
    names = _names(table)
    insertion = (
        f"INSERT INTO {table.name} ({', '.join(names)}) "  # noqa: S608  (as above)
        f"VALUES ({', '.join('?' * len(names))})"
    )
    for chunk in rows.partitions(_ROWS_AT_ONCE):
        if gives_up():
            raise Interrupted("asked to stop")
        _driver(sink).executemany(insertion, map(tuple, chunk))


def _restore_rows(store: Store, copy: Path) -> None:
    upgrade(store)
    lease = take_lease(store)
    if lease is None:
        raise StoreError(_IN_USE)
    source = open_store(f"sqlite:///{copy}", busy_timeout_s=1)
    try:
        with source.reading() as rows, store.writing() as sink:
            _refuse_full(sink)
            store.lift_limits(sink)
            # Who may ingest is a matter of the database in use, not of the one that was saved.
            tables = [table for table in metadata.sorted_tables if table is not leases]
            for table in reversed(tables):
                sink.execute(table.delete())
            for table in tables:
                _copy_table_in(rows, sink, table)
            make_index(sink)
            sink.exec_driver_sql("ANALYZE")  # or every query is planned as for empty tables
    finally:
        source.close()
        lease.release()


def _refuse_full(connection: Connection) -> None:
    held = [connection.scalar(select(func.count()).select_from(t)) for t in (entries, documents)]
    if any(held):
        raise StoreError(
            f"the database holds {held[0]} entries and {held[1]} documents; make an empty one "
            "(createdb) and restore into it with --database"
        )


def _copy_table_in(source: Connection, sink: Connection, table: Table) -> None:
    names = ", ".join(_names(table))
    booleans = [n for n, c in enumerate(table.columns) if isinstance(c.type, Boolean)]
    cursor = _driver(source).execute(f"SELECT {names} FROM {table.name}")  # noqa: S608  (as above)
    with (
        _driver(sink).cursor() as into,
        into.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy,
    ):
        while chunk := cursor.fetchmany(_ROWS_AT_ONCE):
            for row in chunk:
                copy.write_row(_with_booleans(row, booleans))
    _count_on(sink, table)


def _with_booleans(row: Sequence[object], places: Sequence[int]) -> Sequence[object]:
    """SQLite keeps true and false as 1 and 0."""
    if not places:
        return row
    values = list(row)
    for place in places:
        values[place] = bool(values[place])
    return values


def _count_on(connection: Connection, table: Table) -> None:
    """Let the numbers that the database gives by itself go on behind those copied."""
    for column in table.primary_key.columns:
        counter = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if counter:
            last = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(counter, last, False)))


# Both


def _names(table: Table) -> list[str]:
    return [f'"{column.name}"' for column in table.columns]


def _driver(connection: Connection) -> Any:  # Any: either driver's connection
    return connection.connection.driver_connection


def execute_alone(
    store: Store, *statements: str, gives_up: Callable[[], bool] = lambda: False
) -> None:
    """Execute statements of SQLite's that allow no transaction around them.

    gives_up: asked now and then. Raises Interrupted then.
    """
    driver = store.engine.dialect.loaded_dbapi
    try:
        connection = store.engine.raw_connection()
        handle: Any = connection.driver_connection  # Any: either driver's connection
        handle.set_progress_handler(gives_up, _STEPS_BETWEEN_LOOKS)
        try:
            for statement in statements:
                connection.cursor().execute(statement).fetchall()
        finally:
            handle.set_progress_handler(None, 0)
            connection.close()
    except driver.Error as error:
        if gives_up():
            raise Interrupted("asked to stop") from error
        raise told(error) from error


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Tell the file system's errors as the store's."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error


def quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a database that was not finished, if there is one, and what lies beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
