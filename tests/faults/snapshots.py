"""A store in one state, to be had again and again: each broken ingestion begins from the same."""

from __future__ import annotations

import shutil
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from feedsvc.store.engine import Store, open_store
from tests.databases import PostgresqlServer


class Snapshot(ABC):
    """database: where the state is made, before the first copy."""

    database: str

    @abstractmethod
    @contextmanager
    def copied(self) -> Iterator[str]:
        """The URL of a fresh copy."""


class SqliteSnapshot(Snapshot):
    def __init__(self, folder: Path, template: str) -> None:
        self._folder = folder
        self.database = template

    @contextmanager
    def copied(self) -> Iterator[str]:
        here = Path(self.database.removeprefix("sqlite:///")).parent
        there = self._folder / uuid.uuid4().hex
        shutil.copytree(here, there)
        yield f"sqlite:///{there}/feedsvc.db"
        shutil.rmtree(there)


class PostgresqlSnapshot(Snapshot):
    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self.database = server.make_database()

    @contextmanager
    def copied(self) -> Iterator[str]:
        url = self._server.copy_database(self.database)
        yield url
        self._server.drop_database(url)


@contextmanager
def opened(database: str) -> Iterator[Store]:
    """A store to look into."""
    store = open_store(database, busy_timeout_s=5)
    try:
        yield store
    finally:
        store.close()
