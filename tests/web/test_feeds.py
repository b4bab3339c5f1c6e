"""Feeds over HTTP: what a reader gets, under every name and in every mood."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from feedsvc.errors import StoreError
from feedsvc.model.selection import FeedFormat
from feedsvc.web.errors import RETRY_AFTER_S

from .fakes import ENTRIES, FakeRuntime, feeds_of

BASE = "https://news.example.org"


@pytest.mark.parametrize("format", FeedFormat)
def test_every_feed_is_served_with_its_exact_type(
    runtime: FakeRuntime, client: FlaskClient, format: FeedFormat
) -> None:
    for feed in feeds_of(ENTRIES):
        path = runtime.site.urls.feed(feed.selection, format).removeprefix(BASE)
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Content-Type"] == format.media_type
        assert answer.data == runtime.publication.feed(feed.selection, format).body


def test_a_feed_may_be_read_by_any_site_and_kept_as_long_as_configured(client: FlaskClient) -> None:
    headers = client.get("/feeds/all.rss").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cache-Control"] == (
        "public, max-age=300, s-maxage=10, stale-while-revalidate=10, stale-if-error=3600"
    )


def test_a_feed_names_itself_its_page_and_its_other_formats(client: FlaskClient) -> None:
    assert client.get("/feeds/author/afp.rss").headers["Link"].split(", ") == [
        f'<{BASE}/feeds/author/afp.rss>; rel="self"; type="application/rss+xml"',
        f'<{BASE}/>; rel="alternate"; type="text/html"',
        f'<{BASE}/feeds/author/afp.atom>; rel="alternate"; type="application/atom+xml"',
        f'<{BASE}/feeds/author/afp.json>; rel="alternate"; type="application/feed+json"',
        f'<{BASE}/feeds/author/afp/65-128.rss>; rel="prev-archive"; type="application/rss+xml"',
    ]


def test_the_opml_is_served_as_opml(client: FlaskClient) -> None:
    answer = client.get("/feeds.opml")
    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    assert answer.headers["Link"] == f'<{BASE}/feeds.opml>; rel="self"'


@pytest.mark.parametrize("accept", ["text/html", "text/html;q=0.7,*/*;q=0.1", "image/png", ""])
def test_a_feed_is_the_same_whatever_a_reader_would_accept(
    client: FlaskClient, accept: str
) -> None:
    answer = client.get("/feeds/all.atom", headers={"Accept": accept})
    assert answer.mimetype == "application/atom+xml"
    assert answer.data == client.get("/feeds/all.atom").data


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/feeds/author/afpp.atom", "/feeds/author/afp.atom"),
        ("/feeds/author/AFP.rss", "/feeds/author/afp.rss"),
        ("/feeds/author/ukraine.json", "/feeds/tag/ukraine.json"),
        ("/feeds/source/manila-times.atom", "/feeds/source/the-manila-times.atom"),
        ("/feeds/tag/zzzzzzzz.atom", None),
    ],
)
def test_a_name_never_seen_is_404_with_the_nearest_that_is_known(
    client: FlaskClient, path: str, meant: str | None
) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (f"Did you mean: {BASE}{meant}\n" in answer.text) == (meant is not None)
    assert ("Did you mean" in answer.text) == (meant is not None)
    assert f"Every feed: {BASE}/feeds\n" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/all.xml",
        "/feeds/all",
        "/feeds/mood/happy.atom",
        "/feeds/all.atom/",
        "/feeds/%00.rss",
    ],
)
def test_a_reader_never_gets_html_where_it_looks_for_a_feed(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert "<" not in answer.text


def test_a_feed_takes_only_get_and_head(client: FlaskClient) -> None:
    answer = client.post("/feeds/all.atom")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.mimetype == "text/plain"


def test_without_a_store_a_reader_is_asked_to_come_back(
    runtime: FakeRuntime, client: FlaskClient
) -> None:
    runtime.publication.error = StoreError("database is locked")
    answer = client.get("/feeds/all.atom")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == str(RETRY_AFTER_S)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "locked" not in answer.text
