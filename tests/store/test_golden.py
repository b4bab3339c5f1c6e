"""The stores of earlier releases: each is migrated, and readers find all they knew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, func, select

from feedsvc.model.selection import FeedFormat
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.store.backup import restore
from feedsvc.store.engine import open_store
from feedsvc.store.migrate import check_schema, upgrade
from feedsvc.store.schema import documents, entries, revisions, tokens
from feedsvc.store.verify import verify
from tests.databases import PostgresqlServer
from tests.service import StoppedClock, settings_for
from tests.store.golden import BASE_URL, Golden, goldens, readers_know, rendered_feeds


@pytest.fixture(params=goldens(), ids=str)
def golden(request: pytest.FixtureRequest) -> Golden:
    found: Golden = request.param
    return found


@pytest.fixture(params=["migrated in its place", "restored on PostgreSQL"])
def runtime(request: pytest.FixtureRequest, golden: Golden, tmp_path: Path) -> Iterator[Runtime]:
    """A service on the store of an earlier release."""
    backup = golden.unpack(tmp_path / "feedsvc.db")
    url, server = f"sqlite:///{backup}", None
    if request.param == "restored on PostgreSQL":
        server = request.getfixturevalue("postgresql")
        assert isinstance(server, PostgresqlServer)
        url = server.make_database(migrated=False)
        store = open_store(url, busy_timeout_s=2)
        restore(store, backup, StoppedClock().instant)
        store.close()
    runtime = open_runtime(settings_for(tmp_path, url, {"site": {"base_url": BASE_URL}}))
    upgrade(runtime.store)
    yield runtime
    runtime.close()
    if server:
        server.drop_database(url)


def test_readers_find_every_id_place_and_date(runtime: Runtime, golden: Golden) -> None:
    check_schema(runtime.store)
    found = readers_know(runtime)
    for kind, known in golden.known.items():
        assert found[kind] | known == found[kind]
    assert len(golden.known["entries"]) >= 6


def test_feeds_are_the_same_bytes(
    runtime: Runtime, golden: Golden, request: pytest.FixtureRequest
) -> None:
    for feed in rendered_feeds(runtime.publication):
        for format in FeedFormat:
            body = runtime.publication.feed(feed.selection, format).body
            if request.config.getoption("--accept"):
                golden.rendering(feed, format).write_bytes(body)
            assert golden.rendering(feed, format).read_bytes() == body


def test_nothing_else_is_lost(runtime: Runtime) -> None:
    assert [found for found in verify(runtime.store) if found.offenders] == []
    with runtime.store.reading() as connection:
        states = set(connection.scalars(select(entries.c.state)))
        stages = set(connection.scalars(select(documents.c.stage)))
        assert states >= {"live", "withdrawn"}
        assert len(stages) > 1
        for table in (revisions, tokens):
            assert connection.execute(select(table)).all()


def test_the_newest_holds_something_of_everything(tmp_path: Path) -> None:
    path = goldens()[-1].unpack(tmp_path / "feedsvc.db")
    store, schema = open_store(f"sqlite:///{path}", busy_timeout_s=1), MetaData()
    with store.reading() as connection:
        schema.reflect(connection)
        empty = [
            f"{table.name}.{column.name}"
            for table in schema.tables.values()
            for column in table.columns
            if not connection.scalar(select(func.count(column)))
        ]
    store.close()
    # The index keeps nothing of the texts that it was made of.
    assert [name for name in empty if not name.startswith("entry_terms.")] == []
