"""The fast layer answers as Flask does, and goes on doing so when the store does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DisconnectionError
from werkzeug.test import Client, TestResponse

from feedsvc.model.ids import mint_guid
from feedsvc.model.selection import FeedFormat
from feedsvc.store.engine import Store
from feedsvc.store.entries import add_entries, fetch_stored, withdraw_entry
from feedsvc.store.publishing import publishing
from feedsvc.store.schema import entries
from feedsvc.store.watch import watch_publication
from feedsvc.web.app import create_app
from feedsvc.web.fast import FastLayer
from feedsvc.web.wsgi import make_application
from tests.service import Service, article
from tests.store.desk import VERSIONS, Desk, make_draft

FEED = "/feeds/all.atom"
CODINGS = ("", "gzip", "br", "zstd", "gzip;q=0.5, br;q=0.1", "*", "identity;q=0", "gzip;q=0")
TAGS = (
    *('"{tag}"', 'W/"{tag}"', '"{gzip}"', '"{br}"', '"{zstd}"', '"{tag}0"'),
    *('"other", W/"{gzip}"', "*", '"other"', "garbage", ""),
)
DATES = (
    *("{date}", "Thu, 01 Mar 2040 09:10:00 GMT", "Thursday, 01-Mar-40 09:10:00 GMT"),
    *("Thu Mar  1 09:10:00 2040", "Thu, 01 Jan 2015 00:00:00 GMT", "garbage", "{date}; length=3"),
)
OTHERS: tuple[dict[str, str], ...] = (
    {},
    {"Range": "bytes=0-9"},
    {"If-Match": '"{tag}"'},
    {"If-Match": '"other"'},
    {"If-Match": "*", "If-None-Match": '"{tag}"'},
    {"If-Unmodified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"},
    {"If-Unmodified-Since": "{date}"},
    {"If-None-Match": '"other"', "If-Modified-Since": "{date}"},
    {"Accept": "text/html", "User-Agent": "Yarr/0.0", "A-IM": "feed", "Host": "evil.example"},
)
CONDITIONS = (
    *({"Accept-Encoding": coding} for coding in CODINGS),
    *({"If-None-Match": tag} for tag in TAGS),
    *({"If-None-Match": tag, "Accept-Encoding": "gzip"} for tag in TAGS),
    *({"If-Modified-Since": date} for date in DATES),
    *OTHERS,
)


@pytest.fixture
def filled(service: Service) -> Service:
    for name in ("Storm shuts the harbour", "Bridge opens", "Vote is counted"):
        service.folder.write(f"{name}.txt", article(name))
    service.ingest()
    service.stopped.move(seconds=5)
    return service


@pytest.fixture
def fast(filled: Service) -> Client:
    return Client(make_application(filled.runtime))


@pytest.fixture
def flask(filled: Service) -> Client:
    return Client(create_app(filled.runtime))


def paths_of(service: Service) -> list[str]:
    entry = next(iter(service.entries().values()))
    feeds = [f"/feeds/all.{format}" for format in FeedFormat]
    page = f"/articles/{entry.short_id}/{entry.slug}"
    return [*feeds, "/feeds/author/jane-doe.rss", "/feeds.opml", "/", "/feeds", page, f"{page}-x"]


def as_seen(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return answer.status_code, sorted((n.lower(), v) for n, v in answer.headers), answer.data


def opaque_tag(answer: TestResponse) -> str:
    return answer.headers.get("ETag", "").strip('"')


def test_it_answers_as_flask_does(filled: Service, fast: Client, flask: Client) -> None:
    paths = [*paths_of(filled), "/feeds/tag/nothing.atom", "/healthz", "/readyz", "/static/no"]
    for path in paths:
        plain = flask.get(path)
        known = {"date": plain.headers.get("Last-Modified", ""), "tag": opaque_tag(plain)}
        for coding in ("gzip", "br", "zstd"):
            known[coding] = opaque_tag(flask.get(path, headers={"Accept-Encoding": coding}))
        for conditions in CONDITIONS:
            sent = {name: value.format(**known) for name, value in conditions.items()}
            for method in ("GET", "HEAD"):
                ours = fast.open(path, method=method, headers=sent)
                theirs = flask.open(path, method=method, headers=sent)
                differing = set(as_seen(ours)[1]) ^ set(as_seen(theirs)[1])
                assert as_seen(ours) == as_seen(theirs), (path, method, sent, differing)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_as_flask_does(fast: Client, flask: Client, method: str) -> None:
    assert as_seen(fast.open(FEED, method=method)) == as_seen(flask.open(FEED, method=method))


class Counting:
    """Flask's application, and what it was asked."""

    def __init__(self, service: Service) -> None:
        self.application: Callable[..., Iterable[bytes]] = create_app(service.runtime)
        self.asked: list[str] = []
        self.hold: Callable[[], object] = lambda: None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ["PATH_INFO"])
        self.hold()
        return self.application(environ, start_response)


def behind(service: Service) -> tuple[Counting, Client]:
    counting = Counting(service)
    return counting, Client(FastLayer(counting, service.runtime, []))


def test_what_was_rendered_once_is_not_asked_of_flask_again(filled: Service) -> None:
    counting, client = behind(filled)
    bodies = {client.get(FEED).data for _ in range(3)}
    bodies.add(client.get(f"{FEED}?utm_source=x&q=1").data)
    client.head(FEED, headers={"Accept-Encoding": "br"})
    assert len(bodies) == 1
    assert counting.asked == [FEED]


def test_what_is_published_is_seen_at_the_next_poll(filled: Service) -> None:
    _, client = behind(filled)
    before = client.get(FEED)
    filled.folder.write("new.txt", article("Ferry sails again"))
    filled.ingest()
    wait_for(lambda: b"Ferry sails again" in client.get(FEED).data)
    assert client.get(FEED, headers={"If-None-Match": before.headers["ETag"]}).status_code == 200


def test_a_feed_is_rendered_only_so_often(filled: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.web.fast._RENEW_EVERY_S", 3600)
    counting, client = behind(filled)
    before, number = client.get(FEED).data, shown_number(filled)
    filled.folder.write("new.txt", article("Ferry sails again"))
    filled.ingest()
    wait_for(lambda: shown_number(filled) > number)
    assert client.get(FEED).data == before
    assert counting.asked == [FEED]
    withdraw(filled, "Bridge opens")
    wait_for(lambda: departures(filled) == 1)
    after = client.get(FEED).data
    assert b"Ferry sails again" in after
    assert b"Bridge opens" not in after


def test_a_change_elsewhere_leaves_a_feed_its_validators(filled: Service) -> None:
    counting, client = behind(filled)
    path = "/feeds/author/jane-doe.atom"
    before = client.get(path)
    number = shown_number(filled)
    filled.folder.write("new.txt", article("Ferry sails again", author="Max Moor"))
    filled.ingest()
    wait_for(lambda: shown_number(filled) > number)
    after = client.get(path)
    assert counting.asked.count(path) == 2
    assert after.headers["ETag"] == before.headers["ETag"]
    assert after.headers["Last-Modified"] == before.headers["Last-Modified"]


def test_one_renders_and_the_rest_are_answered_with_what_was_last_good(filled: Service) -> None:
    counting, client = behind(filled)
    before, number = client.get(FEED).data, shown_number(filled)
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        go_on.wait(10)

    counting.hold = hold
    filled.folder.write("new.txt", article("Ferry sails again"))
    filled.ingest()
    wait_for(lambda: shown_number(filled) > number)
    found: list[bytes] = []
    renderer = threading.Thread(target=lambda: found.append(client.get(FEED).data))
    renderer.start()
    assert begun.wait(10)
    assert client.get(FEED).data == before
    go_on.set()
    renderer.join()
    assert b"Ferry sails again" in found[0]
    assert client.get(FEED).data == found[0]


def shown_number(service: Service) -> int:
    shown = service.runtime.publication.watch.shown()
    return shown.version if shown else 0


def test_what_was_withdrawn_is_never_shown_while_another_renders(filled: Service) -> None:
    counting, client = behind(filled)
    assert b"Bridge opens" in client.get(FEED).data
    withdraw(filled, "Bridge opens")
    wait_for(lambda: departures(filled) == 1)
    inside = threading.Event()
    counting.hold = inside.set
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(client.get(FEED).data)) for _ in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert inside.is_set()
    assert not [body for body in found if b"Bridge opens" in body]


def test_what_was_being_rendered_during_a_withdrawal_is_never_shown(filled: Service) -> None:
    counting, client = behind(filled)
    begun, go_on = threading.Event(), threading.Event()
    original = counting.application

    def render_slowly(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        made = list(original(environ, start_response))
        if environ["PATH_INFO"] == FEED:
            begun.set()
            go_on.wait(10)
        return made

    counting.application = render_slowly
    early = threading.Thread(target=client.get, args=(FEED,))
    early.start()
    assert begun.wait(10)
    withdraw(filled, "Bridge opens")
    wait_for(lambda: departures(filled) == 1)
    client.get("/feeds.opml")
    go_on.set()
    early.join()
    with store_down(filled), pytest.MonkeyPatch.context() as patch:
        patch.setattr(filled.runtime.store.engine, "connect", refuse)
        assert client.get(FEED).status_code == 503
    assert b"Bridge opens" not in client.get(FEED).data


def departures(service: Service) -> int:
    shown = service.runtime.publication.watch.shown()
    return shown.departures if shown else -1


def withdraw(service: Service, title: str) -> None:
    entry = service.entries()[title]
    runtime = service.runtime
    with publishing(runtime.store, service.lease, runtime.clock) as work:
        number = work.connection.scalar(select(entries.c.id).where(entries.c.guid == entry.guid))
        assert number is not None
        withdraw_entry(work, fetch_stored(work.connection, number), by="person")


def test_without_a_store_the_last_good_answer_is_given_and_says_so(filled: Service) -> None:
    _, client = behind(filled)
    page = paths_of(filled)[-2]
    good = {path: client.get(path) for path in (FEED, page)}
    with store_down(filled):
        for path, before in good.items():
            stale = client.get(path)
            assert stale.status_code == 200
            assert stale.data == before.data
            assert stale.headers["ETag"] == before.headers["ETag"]
            assert stale.headers["Cache-Status"] == "feedsvc; hit; detail=store-down"
            assert "stale-if-error=86400" in stale.headers["Cache-Control"]
            known = {"If-None-Match": before.headers["ETag"]}
            assert client.get(path, headers=known).status_code == 304
    assert as_seen(client.get(FEED)) == as_seen(good[FEED])


def test_a_store_that_is_down_shows_nobody_what_was_withdrawn(filled: Service) -> None:
    _, client = behind(filled)
    client.get(FEED)
    withdraw(filled, "Bridge opens")
    wait_for(lambda: departures(filled) == 1)
    client.get("/feeds.opml")
    runtime = filled.runtime
    with store_down(filled), pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime.store.engine, "connect", refuse)
        assert client.get(FEED).status_code == 503
        assert client.get("/feeds.opml").status_code == 200


def test_what_was_withdrawn_is_gone_from_its_archive_document_at_once(filled: Service) -> None:
    desk = Desk(store=filled.runtime.store, lease=filled.lease, stopped=filled.stopped)
    with desk.publishing() as work:
        drafts = {mint_guid(): make_draft(f"{n}") for n in range(64)}
        add_entries(work, drafts, versions=VERSIONS)
    _, client = behind(filled)
    archive = "/feeds/all/1-64.rss"
    wait_for(lambda: client.get(archive).status_code == 200)
    assert b"Bridge opens" in client.get(archive).data
    withdraw(filled, "Bridge opens")
    wait_for(lambda: departures(filled) == 1)
    assert b"Bridge opens" not in client.get(archive).data
    withdraw(filled, "Vote is counted")
    wait_for(lambda: departures(filled) == 2)
    client.get("/feeds.opml")
    runtime = filled.runtime
    with store_down(filled), pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime.store.engine, "connect", refuse)
        assert client.get(archive).status_code == 503


def refuse() -> None:
    raise DisconnectionError("the server is gone")


@contextmanager
def store_down(service: Service) -> Iterator[None]:
    """The watch hears nothing, as of a store that is down."""
    watch = service.runtime.publication.watch
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "shown", lambda: None)
        yield


def test_requests_that_hang_in_the_store_do_not_keep_polls_from_their_answers(
    filled: Service,
) -> None:
    counting, client = behind(filled)
    before = client.get(FEED).data
    go_on = threading.Event()
    counting.hold = lambda: go_on.wait(20)
    threads = filled.runtime.settings.server.threads
    hanging = [
        threading.Thread(target=client.get, args=(f"/feeds/tag/unknown-{n}.atom",))
        for n in range(threads)
    ]
    try:
        for thread in hanging:
            thread.start()
        wait_for(lambda: client.get("/feeds/tag/one-more.atom").status_code == 503)
        refused = client.get("/feeds/tag/one-more.atom")
        assert refused.headers["Retry-After"] == "5"
        assert client.get(FEED).data == before
    finally:
        go_on.set()
        for thread in hanging:
            thread.join()
    wait_for(lambda: client.get("/feeds/tag/one-more.atom").status_code == 404)


def test_kept_answers_are_bounded_by_bytes(filled: Service) -> None:
    small = filled.runtime.settings.model_copy(
        update={"feeds": filled.runtime.settings.feeds.model_copy(update={"cache_bytes": 1})}
    )
    runtime = type(filled.runtime)(**{**vars(filled.runtime), "settings": small})
    counting = Counting(filled)
    client = Client(FastLayer(counting, runtime, []))
    for path in (FEED, "/", FEED):
        client.get(path)
    assert counting.asked == [FEED, "/", FEED]


def test_the_watch_says_nothing_of_a_store_that_cannot_be_read(store: Store) -> None:
    watch = watch_publication(store)
    try:
        first = watch.shown()
        assert first is not None
        with store.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE publication RENAME TO away")
        wait_for(lambda: watch.shown() is None)
        with store.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO publication")
        wait_for(lambda: watch.shown() == first)
    finally:
        watch.close()


def wait_for(condition: Callable[[], bool], within: timedelta = timedelta(seconds=15)) -> None:
    waited = threading.Event()
    for _ in range(int(within.total_seconds() / 0.02)):
        if condition():
            return
        waited.wait(0.02)
    raise AssertionError("did not come about")


def test_a_crowd_at_a_feed_that_was_never_rendered_is_answered(filled: Service) -> None:
    counting, client = behind(filled)
    time.sleep(0.6)  # nothing has moved for a while, and yet nothing hangs
    counting.hold = lambda: time.sleep(0.7)
    threads = filled.runtime.settings.server.threads
    found: list[int] = []
    crowd = [
        threading.Thread(target=lambda: found.append(client.get(FEED).status_code))
        for _ in range(threads - 2)
    ]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert set(found) == {200}
    assert counting.asked == [FEED]
