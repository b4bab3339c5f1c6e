"""Archive documents over HTTP: their addresses, links, and how long they may be kept."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from feedsvc.errors import StoreError
from feedsvc.model.selection import FeedFormat

from .fakes import FakeRuntime

BASE = "https://news.example.org"


@pytest.mark.parametrize("format", FeedFormat)
@pytest.mark.parametrize("feed", ["all", "author/afp", "language/en", "corrections"])
def test_an_archive_document_is_served_with_its_exact_type(
    client: FlaskClient, feed: str, format: FeedFormat
) -> None:
    answer = client.get(f"/feeds/{feed}/1-64.{format}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == format.media_type
    assert answer.data.startswith(b"1-64 of the ")


def test_an_archive_document_names_what_lies_around_it(client: FlaskClient) -> None:
    links = client.get("/feeds/author/afp/1-64.rss").headers["Link"].split(", ")
    assert links == [
        f'<{BASE}/feeds/author/afp/1-64.rss>; rel="self"; type="application/rss+xml"',
        f'<{BASE}/>; rel="alternate"; type="text/html"',
        f'<{BASE}/feeds/author/afp/1-64.atom>; rel="alternate"; type="application/atom+xml"',
        f'<{BASE}/feeds/author/afp/1-64.json>; rel="alternate"; type="application/feed+json"',
        f'<{BASE}/feeds/author/afp/65-128.rss>; rel="next-archive"; type="application/rss+xml"',
        f'<{BASE}/feeds/author/afp.rss>; rel="current"; type="application/rss+xml"',
    ]
    links = client.get("/feeds/all/65-128.atom").headers["Link"].split(", ")
    assert links[-2:] == [
        f'<{BASE}/feeds/all/1-64.atom>; rel="prev-archive"; type="application/atom+xml"',
        f'<{BASE}/feeds/all.atom>; rel="current"; type="application/atom+xml"',
    ]


def test_an_archive_document_is_kept_for_an_hour_and_never_for_good(client: FlaskClient) -> None:
    headers = client.get("/feeds/all/1-64.atom").headers
    assert headers["Cache-Control"] == (
        "public, max-age=3600, s-maxage=10, stale-while-revalidate=10, stale-if-error=3600"
    )
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_an_archive_document_has_validators(client: FlaskClient) -> None:
    first = client.get("/feeds/all/1-64.atom")
    for name, value in (
        ("If-None-Match", first.headers["ETag"]),
        ("If-Modified-Since", first.headers["Last-Modified"]),
    ):
        again = client.get("/feeds/all/1-64.atom", headers={name: value})
        assert again.status_code == 304
        for kept in ("ETag", "Cache-Control", "Link", "Vary"):
            assert again.headers[kept] == first.headers[kept]


@pytest.mark.parametrize(
    "numbers", ["0-64", "1-65", "01-64", "2-65", "1-192", "65-192", "1-64-", "1", "%00", "1-٦٤"]
)
@pytest.mark.parametrize("feed", ["all", "tag/ukraine", "tag/never"])
def test_what_no_archive_document_covers_is_404(
    client: FlaskClient, feed: str, numbers: str
) -> None:
    answer = client.get(f"/feeds/{feed}/{numbers}.atom")
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"


@pytest.mark.parametrize(
    "path",
    [
        *("/feeds/all/129-256.atom", "/feeds/tag/never/1-64.rss", "/feeds/mood/happy/1-64.rss"),
        *("/feeds/all/1-64", "/feeds/all/1-64.xml", "/feeds/all/all/1-64.atom", "/feeds/1-64.atom"),
    ],
)
def test_what_is_not_over_or_never_was_is_404(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_archive_document_that_was_halved_leads_to_its_newest_part(client: FlaskClient) -> None:
    answer = client.get("/feeds/source/the-manila-times/1-128.json")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{BASE}/feeds/source/the-manila-times/65-128.json"
    assert "max-age=0" in answer.headers["Cache-Control"]


def test_without_a_store_an_aggregator_is_asked_to_come_back(
    runtime: FakeRuntime, client: FlaskClient
) -> None:
    runtime.publication.error = StoreError("database is locked")
    answer = client.get("/feeds/all/1-64.atom")
    assert answer.status_code == 503
    assert answer.headers["Cache-Control"] == "no-store"
