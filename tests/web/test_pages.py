"""The pages for people: what they say, where they lead, and that nothing on them runs."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import feedsvc.web
from feedsvc.model.selection import SelectionKind
from feedsvc.model.urls import SiteUrls
from feedsvc.web.app import create_app
from feedsvc.web.pages import DISCOVERABLE_PER_KIND, LISTED_PER_KIND

from .fakes import (
    DANGEROUS,
    ENTRIES,
    HEBREW,
    KHERSON,
    NAMELESS,
    WITHDRAWN,
    FakePublication,
    FakeRuntime,
    entry,
    feeds_of,
)

BASE = "https://news.example.org"


def path_of(short_id: str) -> str:
    slug = next(e.slug for e in ENTRIES if e.short_id == short_id)
    return SiteUrls(base_url="").article(short_id, slug)


ARTICLES = [path_of(e.short_id) for e in ENTRIES]
PAGES = ["/", "/feeds", *ARTICLES, "/nothing", f"/articles/{WITHDRAWN}"]


class Elements(HTMLParser):
    """Every start tag of a page with its attributes, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.found
            if name == tag and wanted.items() <= attributes.items()
        ]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_can_run(client: FlaskClient, path: str) -> None:
    for tag, attributes in Elements(client.get(path).text).found:
        assert tag not in {"script", "iframe", "object", "embed", "base", "form", "style"}
        assert not [name for name in attributes if name.startswith("on")]
        assert "style" not in attributes
        for name in ("href", "src"):
            assert not re.match(r"\s*(javascript|data|vbscript):", attributes.get(name) or "")


@pytest.mark.parametrize("path", ["/", "/feeds", path_of(DANGEROUS.short_id)])
def test_a_hostile_title_is_shown_as_it_is(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page


def test_a_body_is_trusted_in_exactly_one_place() -> None:
    room = Path(feedsvc.web.__file__).parent
    sources = [*room.rglob("*.py"), *room.rglob("*.html")]
    told = "".join(source.read_text(encoding="utf-8") for source in sources)
    assert told.count("Markup(") == 1
    assert not re.search(r"\|\s*safe\b|autoescape", told)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_only_files_that_are_there(client: FlaskClient, path: str) -> None:
    elements = Elements(client.get(path).text)
    assets = [link["href"] for link in elements.named("link") if link["rel"] != "alternate"]
    images = [image["src"] for image in elements.named("img")]
    for address in [*assets, *images]:
        assert address is not None
        if not address.startswith("https:"):
            assert client.get(address).status_code == 200, address


def test_the_home_page_offers_the_main_feed_first_then_the_others(client: FlaskClient) -> None:
    links = Elements(client.get("/").text).named("link", rel="alternate")
    assert [(link["type"], link["href"]) for link in links[:4]] == [
        ("application/atom+xml", f"{BASE}/feeds/all.atom"),
        ("application/rss+xml", f"{BASE}/feeds/all.rss"),
        ("application/feed+json", f"{BASE}/feeds/all.json"),
        ("application/json", f"{BASE}/feeds/all.json"),
    ]
    assert {link["type"] for link in links[4:]} == {"application/atom+xml"}
    assert len(links) - 4 == len(feeds_of(ENTRIES)) - 1
    titles = [link["title"] for link in links]
    assert len(set(titles)) == len(titles)


def test_the_home_page_offers_no_more_feeds_than_a_reader_can_list(runtime: FakeRuntime) -> None:
    tags = tuple(f"tag {number}" for number in range(200))
    runtime.publication = FakePublication(entries=(entry("t", "Tagged", tags=tags),))
    client = create_app(runtime.as_runtime()).test_client()
    links = Elements(client.get("/").text).named("link", rel="alternate")
    assert len([link for link in links if "/tag/" in (link["href"] or "")]) == DISCOVERABLE_PER_KIND


def test_the_feeds_page_stays_readable_with_thousands_of_tags(runtime: FakeRuntime) -> None:
    tags = tuple(f"tag {number}" for number in range(LISTED_PER_KIND + 500))
    runtime.publication.entries = (entry("t", "Tagged", tags=tags),)
    page = create_app(runtime.as_runtime()).test_client().get("/feeds").text
    assert page.count('<li id="tag-') == LISTED_PER_KIND
    assert "1,450 more" in page
    assert "names\nall 1,500." in page


def test_the_addresses_of_the_main_feed_can_be_copied(client: FlaskClient) -> None:
    for path in ("/", "/feeds"):
        fields = Elements(client.get(path).text).named("input")
        assert [field["value"] for field in fields] == [
            f"{BASE}/feeds/all.{ending}" for ending in ("atom", "rss", "json")
        ]
        assert all("readonly" in field for field in fields)


def test_the_home_page_tells_each_article_with_a_date_as_exact_as_known(
    client: FlaskClient,
) -> None:
    page = " ".join(client.get("/").text.split())
    assert f'href="{path_of(KHERSON.short_id)}">{KHERSON.title}</a>' in page
    assert '<time datetime="2022-11-13" dir="ltr" lang="en">13 November 2022</time>' in page
    instant = '<time datetime="2026-11-22T10:00:00Z" dir="ltr" lang="en">'
    assert f"{instant}22 November 2026, 10:00 UTC</time>" in page
    assert f"{instant}added 22 November 2026</time>" in page
    assert "The Manila Times" in page
    assert "Deutsch" in page


def test_a_site_without_articles_says_so_and_can_be_subscribed_to(runtime: FakeRuntime) -> None:
    runtime.publication = FakePublication(entries=())
    client = create_app(runtime.as_runtime()).test_client()
    assert "Nothing has been published yet" in client.get("/").text
    assert client.get("/feeds").status_code == 200


def test_the_feeds_page_lists_every_feed_in_every_format(client: FlaskClient) -> None:
    elements = Elements(client.get("/feeds").text)
    addresses = [link["href"] for link in elements.named("a")]
    urls = SiteUrls(base_url=BASE)
    for feed in feeds_of(ENTRIES):
        for format in ("atom", "rss", "json"):
            url = f"{urls.feed(feed.selection, 'atom').removesuffix('atom')}{format}"  # type: ignore[arg-type]
            assert url in addresses
    assert f"{BASE}/feeds.opml" in addresses


def test_a_byline_leads_to_the_feeds_of_author_and_source(client: FlaskClient) -> None:
    page = Elements(client.get(path_of(KHERSON.short_id)).text)
    addresses = [link["href"] for link in page.named("a")]
    listed = [element.get("id") for _, element in Elements(client.get("/feeds").text).found]
    for kind, slug in (("author", "afp"), ("source", "the-manila-times"), ("tag", "war-peace")):
        assert f"/feeds#{kind}-{slug}" in addresses
        assert f"{kind}-{slug}" in listed
    assert f"{BASE}/feeds/author/afp.atom" in addresses
    assert f"{BASE}/feeds/source/the-manila-times.json" in addresses


def test_an_article_offers_its_source_feed_before_the_main_one(client: FlaskClient) -> None:
    links = Elements(client.get(path_of(KHERSON.short_id)).text).named("link", rel="alternate")
    assert links[0]["href"] == f"{BASE}/feeds/source/the-manila-times.atom"
    assert f"{BASE}/feeds/all.atom" in [link["href"] for link in links]


def test_an_article_shows_its_body_its_original_and_what_is_attached(client: FlaskClient) -> None:
    answer = client.get(path_of(KHERSON.short_id))
    assert KHERSON.html in answer.text
    page = Elements(answer.text)
    original = page.named("a", href=str(KHERSON.canonical_url))
    assert [link["rel"] for link in original] == ["nofollow"]
    assert page.named("a", href=KHERSON.enclosures[0].href)
    assert "audio/mpeg, 8.4 MB" in answer.text


@pytest.mark.parametrize(
    ("short_id", "language", "direction"),
    [
        (KHERSON.short_id, "en", "ltr"),
        (HEBREW.short_id, "he", "rtl"),
        (NAMELESS.short_id, "de", "ltr"),
    ],
)
def test_a_page_runs_the_way_its_article_is_written(
    client: FlaskClient, short_id: str, language: str, direction: str
) -> None:
    html = Elements(client.get(path_of(short_id)).text).named("html")
    assert html == [{"lang": language, "dir": direction}]


def test_an_article_in_an_unknown_language_is_left_to_the_browser(runtime: FakeRuntime) -> None:
    runtime.publication.entries = (entry("u", "Unknown", language=None),)
    client = create_app(runtime.as_runtime()).test_client()
    assert Elements(client.get("/articles/u/unknown").text).named("html") == [
        {"lang": "", "dir": "auto"}
    ]


@pytest.mark.parametrize("slug", ["", "/an-old-title", "/%D7%A9"])
def test_a_wrong_slug_leads_to_the_right_one(client: FlaskClient, slug: str) -> None:
    answer = client.get(f"/articles/{HEBREW.short_id}{slug}")
    assert answer.status_code == 301
    assert answer.headers["Location"] == SiteUrls(base_url=BASE).article(
        HEBREW.short_id, HEBREW.slug
    )
    path = answer.headers["Location"].removeprefix(BASE)
    assert client.get(path).status_code == 200


def test_an_article_without_letters_in_its_title_has_no_slug(runtime: FakeRuntime) -> None:
    runtime.publication.entries = (entry("s", "!!!"),)
    client = create_app(runtime.as_runtime()).test_client()
    assert client.get("/articles/s").status_code == 200
    assert client.get("/articles/s/x").headers["Location"] == f"{BASE}/articles/s"


@pytest.mark.parametrize("slug", ["", "/any"])
def test_a_withdrawn_article_is_gone_and_says_so(client: FlaskClient, slug: str) -> None:
    answer = client.get(f"/articles/{WITHDRAWN}{slug}")
    assert answer.status_code == 410
    assert "has been withdrawn" in answer.text


def test_an_error_page_repeats_nothing_of_the_request(client: FlaskClient) -> None:
    answer = client.get("/<b>wanted</b>?q=wanted", headers={"Referer": "wanted"})
    assert answer.status_code == 404
    assert "wanted" not in answer.text
    assert answer.mimetype == "text/html"


def test_pages_lead_below_the_path_of_the_base_url(runtime: FakeRuntime) -> None:
    runtime.site = replace(runtime.site, urls=SiteUrls(base_url=f"{BASE}/news"))
    page = Elements(create_app(runtime.as_runtime()).test_client().get("/").text)
    addresses = [link["href"] or "" for link in (*page.named("a"), *page.named("link"))]
    assert all(a.startswith(("/news/", f"{BASE}/news/", "#")) for a in addresses)


def test_kinds_of_feed_without_any_are_not_headed(runtime: FakeRuntime) -> None:
    runtime.publication.entries = (NAMELESS,)
    client = create_app(runtime.as_runtime()).test_client()
    page = client.get("/feeds").text
    assert f'id="{SelectionKind.LANGUAGE}"' in page
    assert f'id="{SelectionKind.AUTHOR}"' not in page
