"""OPML: the list of feeds that readers import."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree

from feedsvc.feeds import opml
from feedsvc.model.feed import Feed
from feedsvc.model.selection import Selection, SelectionKind

from .samples import NEW_YEAR, make_feed, make_site


def named(kind: SelectionKind, slug: str, **changes: Any) -> Feed:  # Any: any field of Feed
    return make_feed(selection=Selection(kind=kind, slug=slug), name=slug.upper(), **changes)


def parsed(*feeds: Feed, **site: Any) -> Any:  # Any: lxml has no types
    return etree.fromstring(opml.render(make_site(**site), feeds, NEW_YEAR).body)


def test_the_document_has_its_type_and_the_instant_it_was_rendered_for() -> None:
    document = opml.render(make_site(), [make_feed()], NEW_YEAR)
    assert document.media_type == "text/x-opml; charset=utf-8"
    assert document.last_modified == NEW_YEAR


def test_the_head_dates_from_the_newest_feed_and_never_from_the_clock() -> None:
    old = make_feed(updated=datetime(2001, 1, 1, tzinfo=UTC))
    new = named(SelectionKind.TAG, "a", updated=datetime(2002, 1, 1, tzinfo=UTC))
    assert parsed(new, old).findtext("head/dateModified") == "Tue, 01 Jan 2002 00:00:00 GMT"
    assert parsed().findtext("head/dateModified") == "Thu, 01 Jan 2026 12:00:00 GMT"
    assert parsed().findtext("head/title") == "Example News"


def test_a_feed_is_an_outline_with_all_that_readers_look_for() -> None:
    outline = parsed(make_feed(language="de")).find("body/outline")
    assert dict(outline.attrib) == {
        "text": "Example News",
        "title": "Example News",
        "description": "What happened, and where.",
        "language": "de",
        "type": "rss",
        "xmlUrl": "https://news.example.org/feeds/all.atom",
        "htmlUrl": "https://news.example.org/",
    }


def test_feeds_are_grouped_by_what_they_select() -> None:
    body = parsed(
        named(SelectionKind.TAG, "b"),
        named(SelectionKind.SOURCE, "afp"),
        make_feed(),
        named(SelectionKind.AUTHOR, "ada"),
        named(SelectionKind.TAG, "a"),
        named(SelectionKind.LANGUAGE, "de"),
    ).find("body")
    assert [(o.get("text"), [i.get("text") for i in o]) for o in body] == [
        ("Example News", []),
        ("Sources", ["Example News: AFP"]),
        ("Languages", ["Example News: DE"]),
        ("Tags", ["Example News: B", "Example News: A"]),
        ("Authors", ["Example News: ADA"]),
    ]


def test_titles_are_cleaned_and_escaped() -> None:
    outline = parsed(make_feed(), title='A "B" <C> & \x00\ud800').find("body/outline")
    assert outline.get("text") == 'A "B" ‹C› &'
