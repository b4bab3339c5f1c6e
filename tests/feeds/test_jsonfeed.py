"""JSON Feed: the fields, their order, and what real readers break on."""

from __future__ import annotations

import json
from typing import Any

from feedsvc.feeds import jsonfeed
from feedsvc.model.entry import Enclosure
from feedsvc.model.selection import FeedFormat

from .samples import NEW_YEAR, make_entry, make_feed, make_site, render


def parsed(*entries: Any, **feed: Any) -> Any:  # Any: JSON
    return json.loads(render(FeedFormat.JSON, entries, make_feed(**feed)))


def test_a_feed_document_has_its_type_and_the_instant_it_was_rendered_for() -> None:
    document = jsonfeed.render(make_site(), make_feed(), [make_entry()], NEW_YEAR)
    assert document.media_type == "application/feed+json; charset=utf-8"
    assert document.last_modified == NEW_YEAR


def test_the_feed_begins_with_its_version_and_describes_itself() -> None:
    feed = parsed()
    assert list(feed.items()) == [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", "Example News"),
        ("home_page_url", "https://news.example.org/"),
        ("feed_url", "https://news.example.org/feeds/all.json"),
        ("description", "What happened, and where."),
        ("icon", "https://news.example.org/static/icon-192.png"),
        ("favicon", "https://news.example.org/favicon.ico"),
        ("authors", [{"name": "Example News"}]),
        ("language", "en"),
        ("items", []),
    ]


def test_an_item_has_every_field() -> None:
    (item,) = parsed(make_entry())["items"]
    assert item == {
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "url": "https://news.example.org/articles/0000000001/the-river-rises-part-1",
        "external_url": "https://example.com/articles/1",
        "title": "The river rises, part 1",
        "content_html": make_entry().html,
        "summary": "Water & more water: 1 < 2.",
        "date_published": "2024-01-01T12:00:00Z",
        "date_modified": "2026-01-01T12:00:01Z",
        "authors": [{"name": "Ada Lovelace"}, {"name": "Grace Hopper"}],
        "tags": ["Floods"],
        "language": "en",
        "attachments": [
            {
                "url": "https://example.com/1.mp3",
                "mime_type": "audio/mpeg",
                "size_in_bytes": 1234,
            }
        ],
        "_feedsvc": {"publisher": "AFP"},
    }


def test_what_an_entry_lacks_is_left_out_but_the_body_is_told() -> None:
    bare = make_entry(
        title="",
        authors=(),
        source=None,
        categories=(),
        language=None,
        summary="",
        html="",
        enclosures=(),
        canonical_url=None,
    )
    (item,) = parsed(bare)["items"]
    assert list(item) == ["id", "url", "title", "content_html", "date_published", "date_modified"]
    assert (item["title"], item["content_html"]) == ("Untitled", "")


def test_a_length_that_is_not_known_is_left_out() -> None:
    enclosure = Enclosure(href="https://a.example/", media_type="audio/ogg", size_bytes=0)
    (item,) = parsed(make_entry(enclosures=(enclosure,)))["items"]
    assert item["attachments"] == [{"url": "https://a.example/", "mime_type": "audio/ogg"}]


def test_the_document_is_compact_utf_8() -> None:
    body = render(FeedFormat.JSON, [make_entry(title="Grüße 👋", html="")])
    assert '"title":"Grüße 👋",'.encode() in body
    assert b"\n" not in body
    assert b'", "' not in body


def test_a_lone_surrogate_is_dropped() -> None:
    (item,) = parsed(make_entry(title="a\ud800b", html="<p>\udfff\x00</p>"))["items"]
    assert (item["title"], item["content_html"]) == ("ab", "<p></p>")
