"""Feeds of searches, from a folder to the bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feedsvc.feeds.check.document import check_document
from feedsvc.model.search import parse_query
from feedsvc.model.selection import FeedFormat
from feedsvc.runtime import open_runtime
from feedsvc.store.backup import back_up, restore
from tests.databases import PostgresqlServer
from tests.service import Service, article, settings_for


def bodies(service: Service, asked: str) -> list[bytes]:
    publication = service.runtime.publication
    return [publication.search_feed(parse_query(asked), format).body for format in FeedFormat]


def as_json(service: Service, asked: str) -> Any:  # Any: JSON
    return json.loads(bodies(service, asked)[2])


def titles(service: Service, asked: str) -> list[str]:
    return [item["title"] for item in as_json(service, asked)["items"]]


def test_a_search_feed_follows_the_folder(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.folder.write("b.txt", article("Calm at sea"))
    service.ingest()
    assert titles(service, "harbour master -storm") == ["Calm at sea"]
    assert titles(service, "STORM") == ["Storm shuts the harbour"]
    service.folder.write("a.txt", article("Wind opens the harbour"))
    service.ingest()
    assert titles(service, "storm") == []
    assert titles(service, '"wind opens"') == ["Wind opens the harbour"]


def test_a_search_feed_has_the_entries_of_the_other_feeds(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.ingest()
    everything = json.loads(service.documents()[FeedFormat.JSON])["items"]
    assert as_json(service, "storm")["items"] == everything
    atom, rss, _ = (feedparser.parse(body) for body in bodies(service, "storm"))
    assert [atom.entries[0].id, rss.entries[0].id] == [everything[0]["id"]] * 2


def test_queries_that_ask_the_same_give_the_same_feed(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.ingest()
    assert bodies(service, "Harbour  storm") == bodies(service, "storm HÁRBOUR storm")
    assert as_json(service, "storm")["feed_url"].endswith("/feeds/search.json?q=storm")
    ids = {feedparser.parse(bodies(service, q)[0]).feed.id for q in ("storm", "STORM", "sea")}
    assert len(ids) == 2


def test_what_a_search_does_not_concern_changes_no_byte_of_its_feed(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.folder.write("b.txt", article("Calm at sea"))
    service.ingest()
    before = bodies(service, '"storm shuts"'), bodies(service, "nothing")
    service.folder.write("c.txt", article("Snow on the hills"))
    service.folder.write("b.txt", article("Calm in the bay"))
    service.ingest()
    assert (bodies(service, '"storm shuts"'), bodies(service, "nothing")) == before


def test_a_search_feed_is_dated_by_what_departed_from_it(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.ingest()
    before = feedparser.parse(bodies(service, "storm")[0]).feed.updated_parsed
    service.folder.write("a.txt", article("Wind shuts the harbour"))
    service.ingest()
    empty = feedparser.parse(bodies(service, "storm")[0])
    assert empty.entries == []
    assert empty.feed.updated_parsed > before


@pytest.mark.parametrize("asked", ["storm", "nothing at all", "猫 -犬"])
def test_a_search_feed_is_valid_with_and_without_entries(service: Service, asked: str) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.ingest()
    query = parse_query(asked)
    for format, body in zip(FeedFormat, bodies(service, asked), strict=True):
        url = service.runtime.site.urls.feed(query.selection, format)
        assert check_document(body, media_type=format.media_type, url=url) == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_store_gives_the_same_search_feeds(
    service: Service, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.folder.write("b.txt", article("Calm at sea"))
    service.ingest()
    service.folder.write("a.txt", article("Wind shuts the harbour"))
    service.ingest()
    asked = ("storm", "wind", "calm harbour", "nothing")
    before = [bodies(service, a) for a in asked]
    back_up(service.runtime.store, tmp_path / "backup.db")
    url, server = f"sqlite:///{tmp_path}/restored.db", None
    if kind == "postgresql":
        server = request.getfixturevalue("postgresql")
        assert isinstance(server, PostgresqlServer)
        url = server.make_database(migrated=False)
    runtime = open_runtime(settings_for(tmp_path, url), service.runtime.clock)
    restore(runtime.store, tmp_path / "backup.db", service.stopped.instant)
    publication = runtime.publication
    after = [[publication.search_feed(parse_query(a), f).body for f in FeedFormat] for a in asked]
    runtime.close()
    if server:
        server.drop_database(url)
    assert after == before
