"""RFC 3229: who asks for it is sent what changed since the document that it has."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import feedparser
import pytest
from werkzeug.test import Client, TestResponse

from feedsvc.model.etag import bare_tag
from feedsvc.model.feed import FeedDocument
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.services.deltas import Deltas
from feedsvc.web.wsgi import make_application
from tests.service import Service, article
from tests.web.test_fast import shown_number, wait_for

OLD, NEW = ["Storm shuts the harbour", "Bridge opens"], "Ferry sails again"


@pytest.fixture
def filled(service: Service) -> Service:
    for title in OLD:
        service.folder.write(f"{title}.txt", article(title))
    service.ingest()
    return service


def open_client(service: Service, *, deltas: bool = True) -> Client:
    feeds = service.runtime.settings.feeds.model_copy(update={"deltas": deltas})
    settings = service.runtime.settings.model_copy(update={"feeds": feeds})
    runtime = type(service.runtime)(**vars(service.runtime) | {"settings": settings})
    return Client(make_application(runtime))


def current(service: Service, format: FeedFormat) -> FeedDocument:
    return service.runtime.publication.feed(Selection(), format)


def titles_in(answer: TestResponse) -> list[str]:
    body = gzip.decompress(answer.data) if answer.content_encoding == "gzip" else answer.data
    if answer.mimetype == "application/feed+json":
        return [item["title"] for item in json.loads(body)["items"]]
    found = feedparser.parse(body)
    assert not found.bozo
    return [entry.title for entry in found.entries]


def ask(client: Client, format: FeedFormat, tag: str, **more: str) -> TestResponse:
    headers = {"A-IM": "feed", "If-None-Match": tag} | more
    return client.get(f"/feeds/all.{format}", headers=headers)


@pytest.mark.parametrize("format", list(FeedFormat))
def test_a_reader_is_sent_only_what_is_new_or_edited(filled: Service, format: FeedFormat) -> None:
    client = open_client(filled)
    before, number = client.get(f"/feeds/all.{format}"), shown_number(filled)
    filled.folder.write("new.txt", article(NEW))
    filled.folder.write(f"{OLD[0]}.txt", article(OLD[0], author="Max Moor"))
    filled.ingest()
    wait_for(lambda: shown_number(filled) > number)
    now = current(filled, format)
    for coding in ("identity", "gzip"):
        delta = ask(client, format, before.headers["ETag"], **{"Accept-Encoding": coding})
        assert delta.status_code == 226
        assert sorted(titles_in(delta)) == sorted([NEW, OLD[0]])
        assert delta.headers["IM"] == "feed"
        assert bare_tag(delta.headers["ETag"].strip('"')) == now.etag
        assert delta.headers["Vary"] == "Accept-Encoding, A-IM"
        assert delta.headers["Cache-Control"] == "no-store, im"
    assert ask(client, format, delta.headers["ETag"]).status_code == 304


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"If-None-Match": ""}, 200),
        ({"If-None-Match": '"never given"'}, 200),
        ({"If-None-Match": "*"}, 304),
        ({"A-IM": ""}, 200),
        ({"A-IM": "vcdiff, gzip"}, 200),
        ({"A-IM": "vcdiff, FEED;q=0.5"}, 226),
    ],
)
def test_whoever_does_not_ask_gets_the_whole_feed(
    filled: Service, asked: dict[str, str], status: int
) -> None:
    client = open_client(filled)
    tag = client.get("/feeds/all.atom").headers["ETag"]
    number = shown_number(filled)
    filled.folder.write("new.txt", article(NEW))
    filled.ingest()
    wait_for(lambda: shown_number(filled) > number)
    assert ask(client, FeedFormat.ATOM, tag, **asked).status_code == status


def test_by_default_nobody_is_sent_changes_alone(filled: Service) -> None:
    client = open_client(filled, deltas=False)
    before = client.get("/feeds/all.atom")
    filled.folder.write("new.txt", article(NEW))
    filled.ingest()
    whole = ask(client, FeedFormat.ATOM, before.headers["ETag"])
    assert whole.status_code in (200, 304)  # 304 for as long as the change is not noticed
    assert whole.headers["Vary"] == "Accept-Encoding"


def test_what_is_remembered_has_a_limit(filled: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.services.deltas._MOST_ITEMS", 10)
    deltas = Deltas()
    documents = [current(filled, FeedFormat.ATOM)]
    for title in ("Mill burns", "Choir sings"):
        filled.folder.write(f"{title}.txt", article(title))
        filled.ingest()
        documents.append(current(filled, FeedFormat.ATOM))
    for document in documents:  # of 2, 3 and 4 entries
        deltas.note(document)
        deltas.note(document)
    remembered = [deltas.since(documents[-1], [d.etag]) is not None for d in documents]
    assert remembered == [False, True, True]


def test_documents_without_items_are_not_remembered_for_ever(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedsvc.services.deltas._MOST_ITEMS", 2)
    deltas = Deltas()
    empty = current(service, FeedFormat.ATOM)
    documents = [replace(empty, body=empty.body + b"\n" * nth) for nth in range(3)]
    for document in documents:
        deltas.note(document)
    remembered = [deltas.since(empty, [d.etag]) is not None for d in documents]
    assert remembered == [False, True, True]
