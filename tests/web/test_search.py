"""Searching over HTTP: the page, the feeds, and what a browser is told."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from feedsvc.model.selection import FeedFormat

from .fakes import HEBREW, HOSTILE, KHERSON, FakeRuntime, entry

BASE = "https://news.example.org"


@pytest.mark.parametrize("format", FeedFormat)
def test_a_search_is_a_feed_in_every_format(client: FlaskClient, format: FeedFormat) -> None:
    answer = client.get(f"/feeds/search.{format}?q=Joint+VICTORY&utm_source=x")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == format.media_type
    assert answer.text.startswith(f"the search for joint victory as {format}:")
    # Told alike, a search has one address.
    own = f'<{BASE}/feeds/search.{format}?q=joint%20victory>; rel="self"'
    assert answer.headers["Link"].startswith(own)
    assert answer.headers["Cache-Control"].startswith("public, max-age=300")
    again = client.get("/feeds/search.atom?q=joint victory", headers={"If-None-Match": "*"})
    assert again.status_code == 304
    head = client.head(f"/feeds/search.{format}?q=joint+victory")
    assert head.headers["Content-Length"] == str(len(answer.data))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "needs a word"),
        ("?q=", "needs a word"),
        ("?q=-war", "a word that must occur"),
        ("?q=a+b+c+d+e+f+g+h+i", "8 words or phrases"),
        (f"?q={'x' * 201}", "200 characters"),
    ],
)
def test_a_search_that_cannot_be_is_told_why(client: FlaskClient, asked: str, told: str) -> None:
    answer = client.get(f"/feeds/search.rss{asked}")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert told in answer.text
    if asked:
        page = client.get(f"/search{asked}")
        assert (page.status_code, page.mimetype) == (400, "text/html")
        assert told in page.text
        assert 'name="q"' in page.text


def test_only_get_and_head_are_taken(client: FlaskClient) -> None:
    for path in ("/search?q=war", "/feeds/search.atom?q=war"):
        answer = client.post(path)
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_the_page_lists_what_is_found_and_offers_its_feeds(client: FlaskClient) -> None:
    page = client.get("/search?q=Russia").text
    assert f'href="/articles/{KHERSON.short_id}/' in page
    assert KHERSON.summary.split("“")[0] in page
    assert "The Manila Times" in page
    assert "13 November 2022" in page
    assert HEBREW.title not in page
    for format in FeedFormat:
        address = f"{BASE}/feeds/search.{format}?q=russia"
        assert f'<link rel="alternate" type="{format.media_type.partition(";")[0]}"' in page
        assert page.count(address) == 2
    assert '<meta name="robots" content="noindex">' in page
    assert 'value="Russia"' in page


def test_a_search_that_finds_nothing_can_be_subscribed_to(client: FlaskClient) -> None:
    page = client.get("/search?q=nothing").text
    assert "No article has all of this yet" in page
    assert f"{BASE}/feeds/search.atom?q=nothing" in page


def test_older_articles_are_a_page_further(runtime: FakeRuntime, client: FlaskClient) -> None:
    runtime.publication.entries = tuple(entry(f"k{n}", "Tide & more") for n in range(3))
    page = client.get("/search?q=tide+more").text
    assert '<a rel="next" href="/search?q=more%20tide&amp;below=7">' in page
    assert "There are no older articles" in client.get("/search?q=tide&below=7").text


def test_the_form_alone_asks_the_store_nothing(runtime: FakeRuntime, client: FlaskClient) -> None:
    runtime.publication.error = RuntimeError("asked")
    page = client.get("/search")
    assert page.status_code == 200
    assert '<form class="search" role="search" action="/search" method="get">' in page.text


def test_nothing_that_is_searched_for_can_run(client: FlaskClient) -> None:
    page = client.get(f"/search?q={quote(HOSTILE)}").text
    assert "<script>" not in page
    assert "onerror=" not in page.replace("onerror=&#34;", "")


def test_every_page_leads_to_the_search_and_says_so_to_browsers(client: FlaskClient) -> None:
    page = client.get("/feeds").text
    assert '<a href="/search">Search</a>' in page
    assert 'type="application/opensearchdescription+xml"' in page
    answer = client.get("/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    name = "{http://a9.com/-/spec/opensearch/1.1/}"
    described = ElementTree.fromstring(answer.text)
    assert described.findtext(f"{name}ShortName") == "The Morning File"
    assert {url.get("type"): url.get("template") for url in described.iter(f"{name}Url")} == {
        "text/html": f"{BASE}/search?q={{searchTerms}}",
        "application/atom+xml": f"{BASE}/feeds/search.atom?q={{searchTerms}}",
        "application/rss+xml": f"{BASE}/feeds/search.rss?q={{searchTerms}}",
        "application/feed+json": f"{BASE}/feeds/search.json?q={{searchTerms}}",
    }
