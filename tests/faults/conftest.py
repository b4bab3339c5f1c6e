"""What the tests of faults share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import PostgresqlServer, SqliteFiles
from tests.faults.scene import Scene, lay_out
from tests.faults.snapshots import PostgresqlSnapshot, SqliteSnapshot
from tests.faults.victim import Victim
from tests.service import WatchedFolder


@pytest.fixture(scope="session")
def victim() -> Iterator[Victim]:
    """The process that is broken, fork by fork."""
    with Victim() as victim:
        yield victim


@pytest.fixture(scope="session")
def sqlite_scene(
    tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles, victim: Victim
) -> Scene:
    folder = WatchedFolder(tmp_path_factory.mktemp("scene"))
    place = tmp_path_factory.mktemp("snapshot")
    (place / "template").mkdir()
    template = sqlite_files.make_database(place / "template")
    return lay_out(folder, victim, SqliteSnapshot(place, template))


@pytest.fixture(scope="session")
def postgresql_scene(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgresqlServer, victim: Victim
) -> Iterator[Scene]:
    folder = WatchedFolder(tmp_path_factory.mktemp("scene"))
    snapshot = PostgresqlSnapshot(postgresql)
    yield lay_out(folder, victim, snapshot)
    postgresql.drop_database(snapshot.database)
