"""Short writes that persons ask for, on a PostgreSQL that ends their sessions."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from feedsvc.errors import StoreCutOff, StoreError
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.access import Scope
from feedsvc.model.run import RunRequest
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.runtime import Runtime
from feedsvc.services.holds import Held
from feedsvc.store import repeating
from feedsvc.store.engine import Store, open_store
from feedsvc.store.roots import Hold, keep_hold
from feedsvc.store.schema import audit_events
from tests.databases import PostgresqlServer
from tests.service import Service, article, declare, open_service

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HELD = Held(root="seeds", lost=0, documents=1, at=NOW)
JANE = Selection(kind=SelectionKind.AUTHOR, slug="jane-doe")
CUT_OFF = text("SELECT pg_terminate_backend(:pid, 10000)")
CUT_OFF_IDLE = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)

# By what is written down of each; each finds what those before it have left.
WRITES: dict[str, Callable[[Runtime], object]] = {
    "token.create": lambda to: to.access.create_token("laptop", frozenset({Scope.READ})),
    "token.revoke": lambda to: to.access.revoke("laptop"),
    "reingest": lambda to: to.runs.request(RunRequest(), requested_by="laptop"),
    "entry.withdraw": lambda to: to.withdrawals.withdraw([guid(to.store)]),
    "entry.restore": lambda to: to.withdrawals.restore([guid(to.store)]),
    "root.accept": lambda to: to.holds.accept(HELD),
    "feed.rename": lambda to: to.register.rename(JANE, "Jane Roe", merge=False),
    "feed.retire": lambda to: to.register.retire("storms"),
}


@pytest.fixture
def service(
    tmp_path: Path, postgresql: PostgresqlServer, pool: ExtractionPool
) -> Iterator[Service]:
    """A feedsvc on PostgreSQL with one article, and a feed that was declared and is no more."""
    url = postgresql.make_database()
    service = open_service(tmp_path, url, pool)
    service.folder.write("a.txt", article())
    service.ingest()
    declare(service, storms={"words": ["storm"]})
    declare(service)
    with service.runtime.store.writing() as connection:
        keep_hold(connection, "seeds", Hold(since=NOW, documents=1))
    yield service
    service.lease.release()
    service.runtime.close()
    postgresql.drop_database(url)


@dataclass
class Cutter:
    """Ends sessions of a store, and counts."""

    store: Store
    other: Store
    cuts: int = 0

    def cut_all(self) -> None:
        """End all that nobody uses just now."""
        with self.other.writing() as connection:
            self.cuts += len(connection.execute(CUT_OFF_IDLE).all())

    def cut(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        with self.other.writing() as other:
            other.execute(CUT_OFF, {"pid": driver.info.backend_pid})
        self.cuts += 1

    @contextmanager
    def before_statement(self, number: int) -> Iterator[None]:
        """Cut a writing transaction off before its statement of this number, once."""
        count = 0

        def look(connection: Connection, *_more: object) -> None:
            nonlocal count
            count += bool(connection.get_execution_options().get("feedsvc_writes"))
            if count == number:
                count += 1
                self.cut(connection)

        with self._listening("before_cursor_execute", look):
            yield

    @contextmanager
    def before_commit(self) -> Iterator[None]:
        """Cut every transaction off that is to be kept."""
        with self._listening("commit", self.cut):
            yield

    @contextmanager
    def _listening(self, name: str, listener: Callable[..., None]) -> Iterator[None]:
        event.listen(self.store.engine, name, listener)
        try:
            yield
        finally:
            event.remove(self.store.engine, name, listener)


@pytest.fixture
def cutter(service: Service) -> Iterator[Cutter]:
    store = service.runtime.store
    url = store.engine.url.render_as_string(hide_password=False)
    other = open_store(url, busy_timeout_s=2)
    yield Cutter(store=store, other=other)
    other.close()


def guid(store: Store) -> str:
    with store.reading() as connection:
        found: str = connection.execute(text("SELECT guid FROM entries")).scalar_one()
    return found


def audited(store: Store) -> Counter[str]:
    """How often each action was done and written down."""
    with store.reading() as connection:
        return Counter(connection.scalars(select(audit_events.c.action)))


def test_sessions_that_end_while_nobody_uses_them_are_not_missed(
    service: Service, cutter: Cutter
) -> None:
    for write in WRITES.values():
        cutter.cut_all()
        write(service.runtime)
    assert cutter.cuts >= len(WRITES)
    assert audited(service.runtime.store) == dict.fromkeys(WRITES, 1)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_write_that_is_cut_off_on_its_way_is_done_once(
    service: Service, cutter: Cutter, number: int
) -> None:
    for write in WRITES.values():
        with cutter.before_statement(number):
            write(service.runtime)
    assert cutter.cuts >= len(WRITES) - (number > 2)  # two statements revoke a token
    assert audited(service.runtime.store) == dict.fromkeys(WRITES, 1)


def test_what_was_cut_off_as_it_was_to_be_kept_is_not_done_again(
    service: Service, cutter: Cutter
) -> None:
    with cutter.before_commit(), pytest.raises(StoreError, match="not known") as told:
        WRITES["reingest"](service.runtime)
    assert not isinstance(told.value, StoreCutOff)
    assert cutter.cuts == 1


def test_a_write_gives_up_where_nobody_gets_in_any_more(
    service: Service,
    postgresql: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(repeating, "_GIVEN_UP_AFTER_S", 0.25)
    url = service.runtime.store.engine.url.render_as_string(hide_password=False)
    with (
        caplog.at_level(logging.INFO, "feedsvc"),
        postgresql.closed(url),
        pytest.raises(StoreCutOff, match="not currently accepting connections"),
    ):
        WRITES["reingest"](service.runtime)
    assert "write cut off; it is done again" in caplog.messages
