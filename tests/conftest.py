"""What the tests share: databases of both kinds, a desk, extraction processes, a service."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from feedsvc.ingest.pool import ExtractionPool
from feedsvc.services.ingestion import open_pool
from feedsvc.store.engine import Store, open_store
from tests.databases import PostgresqlServer, SqliteFiles, start_postgresql
from tests.service import Service, open_service, settings_for
from tests.store.desk import Desk, open_desk

TESTS = Path(__file__).parent
LONG = ("e2e", "faults", "attacks", "nasty", "edge", "readers")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept",
        action="store_true",
        help="rewrite the renderings under tests/cases, to be read in the diff",
    )


def pytest_configure() -> None:
    # How long one example takes depends on what else the machine does.
    settings.register_profile(
        "feedsvc",
        parent=settings.default,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("feedsvc")
    # Whoever starts the tests in the background may have Ctrl-C ignored, and what the tests start
    # would inherit that: none of them could be stopped by it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)  # when they have been shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put folders of long tests first, each in one piece.

    What the tests of such a folder share is then mostly made in one process, and it is short tests
    that are shared out in the end.
    """
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0]
    return LONG.index(folder) if folder in LONG else len(LONG)


@pytest.fixture(autouse=True)
def _nothing_stays_frozen() -> Iterator[None]:
    """What `loading` takes for modules is of tests: a file left open among it would stay untold."""
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """One PostgreSQL server for the whole run."""
    yield from start_postgresql()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_files: SqliteFiles
) -> Iterator[str]:
    """The URL of a migrated, empty database; each test runs on both kinds."""
    if request.param == "sqlite":
        yield sqlite_files.make_database(tmp_path)
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.make_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """A migrated, empty store."""
    store = open_store(database, busy_timeout_s=2)
    yield store
    store.close()


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """Publishes into an empty store."""
    with open_desk(store) as desk:
        yield desk


@pytest.fixture(scope="session")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExtractionPool]:
    """The extraction processes of the whole run."""
    folder = tmp_path_factory.mktemp("nothing")
    with open_pool(settings_for(folder, "sqlite:///unused.db")) as pool:
        yield pool


@pytest.fixture
def service(tmp_path: Path, database: str, pool: ExtractionPool) -> Iterator[Service]:
    """A feedsvc that watches an empty folder."""
    service = open_service(tmp_path, database, pool)
    yield service
    service.lease.release()
    service.runtime.close()
