"""Tombstones in Atom (RFC 6721): off unless asked for, bounded, before the entries."""

from __future__ import annotations

import pytest
from lxml import etree

from feedsvc.feeds.check.document import check_document
from feedsvc.feeds.check.findings import Severity
from feedsvc.model.entry import EntryState
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.publication import Publication
from feedsvc.store.engine import Store
from feedsvc.store.entries import withdraw_entry
from tests.service import open_publication
from tests.store.desk import Desk, make_draft

GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
URL = "https://news.example.org/feeds/all.atom"


@pytest.fixture
def publication(store: Store) -> Publication:
    """Of a site that tells of withdrawals."""
    return open_publication(store, {"feeds": {"tombstones": True}})


def told(publication: Publication, selection: Selection | None = None) -> list[dict[str, str]]:
    feed = etree.fromstring(publication.feed(selection or Selection(), FeedFormat.ATOM).body)
    return [dict(gone.attrib) for gone in feed.iter(GONE)]


def test_a_withdrawal_is_told_with_its_instant_before_the_entries(
    desk: Desk, publication: Publication
) -> None:
    number = desk.add(make_draft("Gone", source="AFP"))
    desk.add(make_draft("Here"))
    before = publication.feed(Selection(), FeedFormat.ATOM)
    dated = desk.feed().updated
    desk.stopped.move(hours=1)
    desk.withdraw(number)
    document = publication.feed(Selection(), FeedFormat.ATOM)
    assert document.etag != before.etag
    assert desk.feed().updated > dated
    when = desk.feed().updated.isoformat().replace("+00:00", "Z")
    assert told(publication) == [{"ref": desk.entry(number).guid, "when": when}]
    names = [etree.QName(child).localname for child in etree.fromstring(document.body)]
    assert names.index("deleted-entry") < names.index("entry")
    found = check_document(document.body, media_type=document.media_type, url=URL)
    assert [f for f in found if f.severity is Severity.ERROR] == []
    afp = Selection(kind=SelectionKind.SOURCE, slug="afp")
    assert len(told(publication, afp)) == 1
    desk.bring_back(number)
    assert told(publication) == []


def test_nothing_is_told_unless_asked_for(desk: Desk) -> None:
    desk.withdraw(desk.add())
    body = open_publication(desk.store).feed(Selection(), FeedFormat.ATOM).body
    assert b"tombstones" not in body


def test_what_is_hidden_is_told_to_nobody(desk: Desk, publication: Publication) -> None:
    stored = desk.stored(desk.add())
    with desk.publishing() as work:
        withdraw_entry(work, stored, by="person", state=EntryState.HIDDEN)
    assert told(publication) == []


def test_only_withdrawals_within_the_time_of_the_window_are_told(
    desk: Desk, publication: Publication
) -> None:
    old = desk.add(make_draft("Old"))
    desk.withdraw(old)
    assert len(told(publication)) == 1
    desk.stopped.move(hours=1)
    late = desk.add(make_draft("Late"))
    desk.add(make_draft("Here"))
    assert told(publication) == []
    desk.stopped.move(hours=1)
    desk.withdraw(late)
    assert [gone["ref"] for gone in told(publication)] == [desk.entry(late).guid]


def test_no_more_than_a_hundred_are_told_the_last_first(
    desk: Desk, publication: Publication
) -> None:
    numbers = [desk.add(make_draft(f"{n}")) for n in range(103)]
    for number in numbers:
        desk.withdraw(number)
    refs = [gone["ref"] for gone in told(publication)]
    assert refs == [desk.entry(number).guid for number in reversed(numbers[3:])]
