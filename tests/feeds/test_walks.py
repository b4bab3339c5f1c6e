"""The check that walks an archive: each rule of a walk, broken once."""

from __future__ import annotations

import pytest

from feedsvc.feeds.check.history import check_reached, feed_ids, walk_archives
from feedsvc.model.archive import ArchiveRange, History
from feedsvc.model.selection import FeedFormat

from .samples import make_entry, make_feed, render

OLD, NEW = ArchiveRange(first=1, last=64), ArchiveRange(first=65, last=128)
FEED = "https://news.example.org/feeds/all"


def archive(format: FeedFormat) -> dict[str, bytes]:
    """A subscription document and its two archive documents, by URL."""
    documents = {
        "": ([4, 3], History(previous=NEW)),
        "/65-128": ([3, 2], History(own=NEW, previous=OLD)),
        "/1-64": ([1], History(own=OLD, following=NEW)),
    }
    return {
        f"{FEED}{name}.{format}": render(
            format, [make_entry(n) for n in numbers], make_feed(history=history)
        )
        for name, (numbers, history) in documents.items()
    }


def walk(format: FeedFormat, pages: dict[str, bytes]) -> list[tuple[str, list[str]]]:
    """The documents come to, and the rules broken in each."""
    url = f"{FEED}.{format}"
    walked = walk_archives(format, url, pages[url], pages.get)
    return [(page.url, [finding.rule for finding in page.findings]) for page in walked]


@pytest.mark.parametrize("format", FeedFormat)
def test_a_sound_archive_is_walked_to_its_end(format: FeedFormat) -> None:
    assert walk(format, archive(format)) == [
        (f"{FEED}/65-128.{format}", []),
        (f"{FEED}/1-64.{format}", []),
    ]


@pytest.mark.parametrize("format", FeedFormat)
def test_a_walk_knows_the_entries_of_each_document(format: FeedFormat) -> None:
    pages = archive(format)
    url = f"{FEED}.{format}"
    found = [page.ids for page in walk_archives(format, url, pages[url], pages.get)]
    guids = [make_entry(n).guid for n in range(5)]
    assert found == [(guids[3], guids[2]), (guids[1],)]
    assert feed_ids(format, pages[url]) == {guids[4], guids[3]}


@pytest.mark.parametrize("format", FeedFormat)
@pytest.mark.parametrize(
    ("rule", "where", "what", "by"),
    [
        ("archive-missing", "65-128", "1-64.", "1-32."),
        ("archive-loop", "65-128", "/1-64.", "."),
        ("archive-entry-twice", "1-64", "0001", "0002"),
    ],
)
def test_a_broken_walk_is_found(
    format: FeedFormat, rule: str, where: str, what: str, by: str
) -> None:
    assert rule in dict(_broken(format, where, what, by)).popitem()[1]


@pytest.mark.parametrize("format", [FeedFormat.ATOM, FeedFormat.RSS])
@pytest.mark.parametrize(
    ("rule", "what", "by"),
    [
        ("archive-mark-missing", "fh:archive", "fh:complete"),
        ("archive-next-differs", "/65-128.", "/129-192."),
        ("archive-next-differs", 'rel="next-archive"', 'rel="next"'),
        ("archive-current-differs", 'rel="self"', 'rel="current"'),
    ],
)
def test_links_that_do_not_lead_back_are_found(
    format: FeedFormat, rule: str, what: str, by: str
) -> None:
    if rule == "archive-current-differs":
        what, by = f'href="{FEED}.{format}"', f'href="{FEED}.opml"'
    assert dict(_broken(format, "1-64", what, by)).popitem()[1] == [rule]


def _broken(format: FeedFormat, where: str, what: str, by: str) -> list[tuple[str, list[str]]]:
    pages = archive(format)
    url = f"{FEED}/{where}.{format}"
    broken = pages[url].replace(what.encode(), by.encode())
    assert broken != pages[url]
    return walk(format, {**pages, url: broken})


@pytest.mark.parametrize("format", FeedFormat)
def test_what_cannot_be_read_ends_the_walk(format: FeedFormat) -> None:
    pages = archive(format)
    assert walk(format, {**pages, f"{FEED}/65-128.{format}": b"<"})[0][0].endswith(
        "65-128." + format
    )
    assert walk(format, {**pages, f"{FEED}.{format}": b"[]"}) == []


def test_entries_that_no_document_holds_are_told() -> None:
    assert check_reached(5, 5) == []
    (finding,) = check_reached(4, 5)
    assert (finding.rule, finding.message) == (
        "archive-incomplete",
        "4 of 5 entries can be reached",
    )
