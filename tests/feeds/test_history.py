"""Links between the documents of a feed (RFC 5005 section 4), as each format writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lxml import etree

from feedsvc.feeds.check import check_document
from feedsvc.model.archive import ArchiveRange, History
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind

from .samples import make_entry, make_feed, render

ATOM = "{http://www.w3.org/2005/Atom}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"
COMPLETE = "{http://purl.org/syndication/history/1.0}complete"
SELECTION = Selection(kind=SelectionKind.TAG, slug="rivers")
FEED = "https://news.example.org/feeds/tag/rivers"
SUBSCRIPTION = History(previous=ArchiveRange(first=129, last=192))
ARCHIVED = History(
    own=ArchiveRange(first=65, last=128),
    previous=ArchiveRange(first=1, last=64),
    following=ArchiveRange(first=129, last=192),
)
XML = (FeedFormat.ATOM, FeedFormat.RSS)


def document(format: FeedFormat, history: History, *entries: Any) -> bytes:  # Any: entries
    return render(format, entries, make_feed(selection=SELECTION, history=history))


def channel(format: FeedFormat, history: History) -> Any:  # Any: lxml has no types
    root = etree.fromstring(document(format, history, make_entry(2), make_entry(1)))
    return root if format is FeedFormat.ATOM else root.find("channel")


def links(format: FeedFormat, history: History) -> dict[str, str]:
    """By relation, all but the link to the page for people."""
    found = channel(format, history).findall(f"{ATOM}link")
    own = [link for link in found if link.get("type") != "text/html"]
    assert {link.get("type") for link in own} == {format.media_type.partition(";")[0]}
    assert len({link.get("rel") for link in own}) == len(own)
    return {link.get("rel"): link.get("href") for link in own}


@pytest.mark.parametrize("format", XML)
def test_the_subscription_document_links_to_the_newest_archive_document(format: FeedFormat) -> None:
    assert links(format, SUBSCRIPTION) == {
        "self": f"{FEED}.{format}",
        "prev-archive": f"{FEED}/129-192.{format}",
    }
    assert channel(format, SUBSCRIPTION).find(ARCHIVE) is None


@pytest.mark.parametrize("format", XML)
def test_an_archive_document_says_so_and_links_both_ways_and_home(format: FeedFormat) -> None:
    assert links(format, ARCHIVED) == {
        "self": f"{FEED}/65-128.{format}",
        "prev-archive": f"{FEED}/1-64.{format}",
        "next-archive": f"{FEED}/129-192.{format}",
        "current": f"{FEED}.{format}",
    }
    assert len(channel(format, ARCHIVED).findall(ARCHIVE)) == 1


@pytest.mark.parametrize("format", XML)
def test_what_belongs_to_the_feed_stands_before_its_first_entry(format: FeedFormat) -> None:
    names = [child.tag for child in channel(format, ARCHIVED)]
    first = names.index("item" if format is FeedFormat.RSS else f"{ATOM}entry")
    assert set(names[first:]) == {names[first]}
    assert ARCHIVE in names[:first]


@pytest.mark.parametrize("history", [SUBSCRIPTION, ARCHIVED])
def test_no_document_claims_to_be_all_of_the_feed(history: History) -> None:
    for format in XML:
        assert channel(format, history).find(COMPLETE) is None


def test_in_json_each_document_links_to_the_older_one() -> None:
    newest = json.loads(document(FeedFormat.JSON, SUBSCRIPTION))
    assert newest["feed_url"] == f"{FEED}.json"
    assert newest["next_url"] == f"{FEED}/129-192.json"
    archived = json.loads(document(FeedFormat.JSON, ARCHIVED))
    assert archived["feed_url"] == f"{FEED}/65-128.json"
    assert archived["next_url"] == f"{FEED}/1-64.json"
    oldest = json.loads(document(FeedFormat.JSON, History(own=ArchiveRange(first=1, last=64))))
    assert "next_url" not in oldest


@pytest.mark.parametrize("format", FeedFormat)
@pytest.mark.parametrize("history", [SUBSCRIPTION, ARCHIVED])
@pytest.mark.parametrize("count", [0, 2])
def test_every_document_passes_the_checks(format: FeedFormat, history: History, count: int) -> None:
    entries = [make_entry(n) for n in range(count, 0, -1)]
    url = f"{FEED}/65-128.{format}" if history.own else f"{FEED}.{format}"
    body = document(format, history, *entries)
    assert check_document(body, media_type=format.media_type, url=url) == []


@pytest.mark.parametrize("format", XML)
def test_all_documents_of_a_feed_have_its_id(format: FeedFormat) -> None:
    for history in (SUBSCRIPTION, ARCHIVED):
        body = document(format, history)
        assert (b"11111111-1111-4111-8111-111111111111" in body) == (format is FeedFormat.ATOM)
