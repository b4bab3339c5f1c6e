"""What tests of the store share: databases, with a schema and without, and one open transaction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from feedsvc.store.engine import Store, open_store
from tests.databases import PostgresqlServer, SqliteFiles
from tests.store.desk import Desk


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_store(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_files: SqliteFiles
) -> Iterator[Store]:
    """A store without any schema."""
    if request.param == "sqlite":
        store = open_store(sqlite_files.make_database(tmp_path, migrated=False), busy_timeout_s=10)
        yield store
        store.close()
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.make_database(migrated=False)
    store = open_store(url, busy_timeout_s=10)
    yield store
    store.close()
    server.drop_database(url)


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_files: SqliteFiles) -> Iterator[Store]:
    """A migrated, empty store in a SQLite file."""
    store = open_store(sqlite_files.make_database(tmp_path), busy_timeout_s=0.2)
    yield store
    store.close()


@pytest.fixture
def postgresql_store(postgresql: PostgresqlServer) -> Iterator[Store]:
    """A migrated, empty store on PostgreSQL."""
    url = postgresql.make_database()
    store = open_store(url, busy_timeout_s=2)
    yield store
    store.close()
    postgresql.drop_database(url)


@pytest.fixture
def connection(desk: Desk) -> Iterator[Connection]:
    """A write transaction on a store in which entry 1 is published."""
    desk.add()
    with desk.store.writing() as connection:
        yield connection
