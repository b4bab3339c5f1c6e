"""What values of the model say of themselves: paths, dates, tokens, feeds, addresses."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from feedsvc.clock import from_microseconds, to_microseconds
from feedsvc.errors import UndecodableDocument
from feedsvc.model.access import Scope, Token
from feedsvc.model.document import DocumentPath
from feedsvc.model.feed import FeedDocument
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.model.urls import SiteUrls
from tests.feeds.samples import make_entry, make_feed, make_site

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
URLS = SiteUrls(base_url="https://news.example.org")


# Documents


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"news/a.txt", "seeds/news/a.txt"),
        ("گاہ.txt".encode(), "seeds/گاہ.txt"),
        (b"a\nb\x1b[31m.txt", r"seeds/a\nb\x1b[31m.txt"),
        (b"\xff.txt", r"seeds/\xff.txt"),
        ("\u202etxt.exe".encode(), r"seeds/\u202etxt.exe"),
    ],
)
def test_a_path_is_shown_in_one_harmless_line(path: bytes, shown: str) -> None:
    assert str(DocumentPath(root="seeds", path=path)) == shown


def test_an_error_about_a_document_survives_the_way_between_processes() -> None:
    error = UndecodableDocument("no charset fits", evidence="\\xff")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is UndecodableDocument
    assert (copy.reason, copy.evidence, copy.stage) == ("no charset fits", "\\xff", "decode")


# Entries


@pytest.mark.parametrize(
    ("published", "served"),
    [
        (NOW - timedelta(days=400), NOW - timedelta(days=400)),
        (NOW + timedelta(days=400), NOW),
        (datetime(1912, 4, 15, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(9999, 12, 31, tzinfo=UTC), NOW),
    ],
    ids=["past", "future", "before 1970", "year 1", "year 9999"],
)
def test_a_date_is_served_no_later_than_the_arrival_and_not_before_1970(
    published: datetime, served: datetime
) -> None:
    assert make_entry(published=published, arrived_at=NOW).served_published == served


def test_a_short_body_is_carried_whole() -> None:
    entry = make_entry(html="<p>a</p>", excerpt_end=None)
    assert (entry.feed_html, entry.is_excerpt_in_feeds) == ("<p>a</p>", False)


def test_a_long_body_is_carried_as_its_beginning() -> None:
    entry = make_entry(html="<p>a</p><p>b</p>", excerpt_end=8)
    assert (entry.feed_html, entry.is_excerpt_in_feeds) == ("<p>a</p>", True)


# Feeds


def test_a_feed_is_titled_by_its_site_and_its_name() -> None:
    site = make_site(title="The Courier")
    assert make_feed(name="AFP").title(site) == "The Courier: AFP"
    assert make_feed(name="").title(site) == "The Courier"


def test_an_etag_follows_from_the_bytes_alone() -> None:
    first, same, other = (
        FeedDocument(body=body, media_type=media_type, last_modified=modified)
        for body, media_type, modified in (
            (b"a", "application/xml", NOW),
            (b"a", "text/xml", NOW + timedelta(days=1)),
            (b"b", "application/xml", NOW),
        )
    )
    assert first.etag == same.etag != other.etag


@pytest.mark.parametrize("format", list(FeedFormat))
def test_every_format_has_its_media_type_and_label(format: FeedFormat) -> None:
    assert format.media_type.startswith("application/")
    assert format.label


# Addresses


@pytest.mark.parametrize(
    ("selection", "path"),
    [
        (Selection(), "/feeds/all.atom"),
        (Selection(kind=SelectionKind.SOURCE, slug="afp"), "/feeds/source/afp.atom"),
        (
            Selection(kind=SelectionKind.TAG, slug="اردو"),
            "/feeds/tag/%D8%A7%D8%B1%D8%AF%D9%88.atom",
        ),
    ],
    ids=["all", "source", "tag"],
)
def test_a_feed_has_an_address_of_plain_signs(selection: Selection, path: str) -> None:
    assert URLS.feed(selection, FeedFormat.ATOM) == f"https://news.example.org{path}"


def test_an_article_has_its_short_id_and_then_its_slug() -> None:
    assert URLS.article("0123456789", "größe") == (
        "https://news.example.org/articles/0123456789/gr%C3%B6%C3%9Fe"
    )
    assert URLS.article("0123456789", "") == "https://news.example.org/articles/0123456789"


def test_every_address_is_below_the_base_url() -> None:
    urls = SiteUrls(base_url="https://example.org/news")
    for url in (urls.home, urls.feeds_page, urls.opml, urls.icon, urls.favicon):
        assert urlsplit(url).path.startswith("/news/")


# Tokens


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ({Scope.READ}, {Scope.READ}),
        ({Scope.INGEST}, {Scope.READ, Scope.INGEST}),
        ({Scope.ADMIN}, set(Scope)),
    ],
    ids=["read", "ingest", "admin"],
)
def test_a_token_may_do_what_its_scopes_name(scopes: set[Scope], allowed: set[Scope]) -> None:
    token = Token(id="a", name="a", scopes=frozenset(scopes), created_at=NOW)
    assert {scope for scope in Scope if token.allows(scope)} == allowed


# Instants


@pytest.mark.parametrize(
    ("instant", "microseconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime(1, 1, 1, tzinfo=UTC), -62_135_596_800_000_000),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), 253_402_300_799_999_999),
    ],
)
def test_an_instant_is_counted_exactly(instant: datetime, microseconds: int) -> None:
    assert to_microseconds(instant) == microseconds
    assert from_microseconds(microseconds) == instant
