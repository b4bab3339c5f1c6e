"""Archive documents of a store: complete, cut for good, the same bytes until an entry changes."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

import pytest

from feedsvc.errors import NotFound
from feedsvc.feeds.check import check_document
from feedsvc.model.archive import ArchiveRange, read_range
from feedsvc.model.feed import FeedDocument
from feedsvc.model.ids import mint_guid
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.publication import Publication
from feedsvc.store.entries import add_entries
from tests.service import open_publication
from tests.store.desk import VERSIONS, Desk, make_draft

ALL = Selection()
AFP = Selection(kind=SelectionKind.SOURCE, slug="afp")
STORMS = Selection(kind=SelectionKind.TAG, slug="storms")


def add(desk: Desk, count: int, **changes: object) -> None:
    """Entries numbered on from those that are there, each called by its number."""
    with desk.publishing() as work:
        first = work.sequence + 1
        drafts = {mint_guid(): make_draft(f"{n}", **changes) for n in range(first, first + count)}
        add_entries(work, drafts, versions=VERSIONS)


def archive(publication: Publication, numbers: str, selection: Selection = ALL) -> FeedDocument:
    return publication.archive(selection, span(numbers), FeedFormat.ATOM)


def span(numbers: str) -> ArchiveRange:
    found = read_range(numbers)
    assert found
    return found


def titles(document: FeedDocument) -> list[int]:
    return [int(item["title"]) for item in json.loads(document.body)["items"]]


def walk(publication: Publication, selection: Selection = ALL) -> dict[str, list[int]]:
    """By range, the titles in each archive document, from the newest back; JSON's links agree."""
    document = publication.feed(selection, FeedFormat.JSON)
    found = {}
    while at := document.history.previous:
        assert json.loads(document.body)["next_url"].endswith(f"/{at}.json")
        document = publication.archive(selection, at, FeedFormat.JSON)
        assert document.history.own == at
        found[str(at)] = titles(document)
    assert "next_url" not in json.loads(document.body)
    return found


def read_all(publication: Publication, selection: Selection) -> set[int]:
    """What the subscription document and the archive hold, each in the archive once at most."""
    shown = titles(publication.feed(selection, FeedFormat.JSON))
    archived = [title for found in walk(publication, selection).values() for title in found]
    assert archived == sorted(set(archived), reverse=True)
    assert shown == sorted(set(shown), reverse=True)
    return {*shown, *archived}


# What they hold


def test_a_feed_is_archived_64_entries_at_a_time(desk: Desk, publication: Publication) -> None:
    add(desk, 64)
    assert walk(publication) == {}
    add(desk, 70)
    assert walk(publication) == {
        "65-128": [*range(128, 64, -1)],
        "1-64": [*range(64, 0, -1)],
    }


def test_each_feed_has_archive_documents_of_its_own(desk: Desk, publication: Publication) -> None:
    for _ in range(15):
        add(desk, 7, source="AFP")
        add(desk, 12)
    assert list(walk(publication, AFP)) == ["129-256", "1-128"]
    assert read_all(publication, AFP) == {n for n in range(1, 286) if 0 < n % 19 <= 7}
    assert list(walk(publication)) == ["193-256", "129-192", "65-128", "1-64"]


def test_entries_are_served_whole_and_as_in_the_window(
    desk: Desk, publication: Publication
) -> None:
    add(desk, 65, tags=("Storms",), html="<p>Long.</p>" * 500)
    shown = json.loads(publication.feed(ALL, FeedFormat.JSON).body)["items"]
    document = publication.archive(ALL, span("1-64"), FeedFormat.JSON)
    assert json.loads(document.body)["items"] == shown[1:]


@pytest.mark.parametrize("numbers", ["65-128", "1-128", "1-4611686018427387904"])
def test_a_range_that_is_not_over_is_not_found(
    desk: Desk, publication: Publication, numbers: str
) -> None:
    add(desk, 127)
    with pytest.raises(NotFound):
        archive(publication, numbers)


def test_a_name_never_seen_has_no_archive(desk: Desk, publication: Publication) -> None:
    add(desk, 65)
    with pytest.raises(NotFound):
        archive(publication, "1-64", AFP)


def test_tags_that_come_late_halve_a_document_and_its_address_leads_on(
    desk: Desk, publication: Publication
) -> None:
    add(desk, 100)
    add(desk, 60, tags=("Storms",))
    add(desk, 96)
    add(desk, 6, tags=("Storms",))
    assert list(walk(publication, STORMS)) == ["1-256"]
    before = archive(publication, "1-256", STORMS)
    for number in range(1, 6):
        desk.edit(number, make_draft(f"{number}", tags=("Storms",)))
    assert list(walk(publication, STORMS)) == ["129-256", "1-128"]
    assert read_all(publication, STORMS) == {*range(1, 6), *range(101, 161), *range(257, 263)}
    after = archive(publication, "1-256", STORMS)
    assert before.history.own == span("1-256")
    assert after.history.own == span("129-256")
    assert after.body == archive(publication, "129-256", STORMS).body


# The same bytes, until something in them changes


def documents(publication: Publication) -> dict[str, bytes]:
    return {numbers: archive(publication, numbers).body for numbers in walk(publication)}


def test_what_arrives_changes_no_archive_document(desk: Desk, publication: Publication) -> None:
    add(desk, 200)
    before = documents(publication)
    desk.stopped.move(days=400)
    add(desk, 100)
    after = documents(open_publication(desk.store))
    assert {name for name in before if before[name] != after[name]} == {"129-192"}
    # It is the newest no more.
    link = after["129-192"].split(b'rel="next-archive"')[1].split(b"/>")[0]
    assert b"/feeds/all/193-256.atom" in link
    assert b"next-archive" not in before["129-192"]


def test_an_edit_or_a_departure_changes_one_document(desk: Desk, publication: Publication) -> None:
    add(desk, 200)
    before = documents(publication)
    desk.edit(70, make_draft("7000"))
    edited = documents(publication)
    desk.withdraw(3)
    withdrawn = documents(publication)
    assert {name for name in before if before[name] != edited[name]} == {"65-128"}
    assert {name for name in before if edited[name] != withdrawn[name]} == {"1-64"}
    assert walk(publication)["1-64"] == [*range(64, 3, -1), 2, 1]
    desk.bring_back(3)
    assert documents(publication) == edited


def test_a_document_is_dated_by_what_changed_in_it(desk: Desk, publication: Publication) -> None:
    add(desk, 130)
    desk.stopped.move(days=1)
    desk.withdraw(65)
    departed = desk.stopped.instant
    desk.stopped.move(days=1)
    desk.edit(1, make_draft("1000"))
    updated = {
        numbers: document.split(b"<updated>")[1].split(b"</updated>")[0].decode()
        for numbers, document in documents(publication).items()
    }
    assert updated["65-128"] == departed.isoformat().replace("+00:00", "Z")
    assert updated["1-64"] == desk.entry(1).updated.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("format", FeedFormat)
def test_where_nothing_is_left_the_document_is_valid_and_leads_on(
    desk: Desk, publication: Publication, format: FeedFormat
) -> None:
    add(desk, 193, source="AFP")
    for number in range(65, 129):
        if number % 2:
            desk.withdraw(number)
        else:
            desk.edit(number, make_draft(f"{number}", source="dpa"))
    document = publication.archive(AFP, span("65-128"), format)
    assert (document.history.previous, document.history.following) == (
        span("1-64"),
        span("129-192"),
    )
    url = f"https://news.example.org/feeds/source/afp/65-128.{format}"
    assert check_document(document.body, media_type=document.media_type, url=url) == []
    assert walk(publication, AFP)["65-128"] == []
    assert walk(publication, ALL)["65-128"] == [*range(128, 64, -2)]


# Whatever happens, in whatever order


@dataclass
class Newsroom:
    """Makes things happen at random, and knows what each feed must hold after it."""

    desk: Desk
    chance: random.Random
    live: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    tagged: set[int] = field(default_factory=set)

    def something(self) -> None:
        happens = [self.arrive, self.arrive, self.retag, self.withdraw, self.bring_back]
        self.chance.choice(happens)()
        self.desk.stopped.move(hours=self.chance.choice([0, 1, 30]))

    def arrive(self) -> None:
        first = len(self.live) + len(self.withdrawn) + 1
        count = self.chance.choice([1, 5, 40, 90])
        tags = self.chance.choice([(), (), ("Storms",)])
        add(self.desk, count, tags=tags)
        self.live |= {*range(first, first + count)}
        self.tagged |= {*range(first, first + count)} if tags else set()

    def retag(self) -> None:
        for number in self.some(self.live):
            self.tagged ^= {number}
            tags = ("Storms",) if number in self.tagged else ()
            self.desk.edit(number, make_draft(f"{number}", tags=tags))

    def withdraw(self) -> None:
        for number in self.some(self.live):
            self.desk.withdraw(number)
            self.live -= {number}
            self.withdrawn |= {number}

    def bring_back(self) -> None:
        for number in self.some(self.withdrawn):
            self.desk.bring_back(number)
            self.withdrawn -= {number}
            self.live |= {number}

    def some(self, numbers: set[int]) -> list[int]:
        return self.chance.sample(sorted(numbers), min(len(numbers), self.chance.randint(1, 12)))


@pytest.mark.parametrize("seed", range(2))
def test_a_walk_reaches_what_lives_whatever_happened(
    desk: Desk, publication: Publication, seed: int
) -> None:
    newsroom = Newsroom(desk, random.Random(seed))
    newsroom.arrive()
    ever: list[str] = []
    for _ in range(5):
        for _ in range(6):
            newsroom.something()
        ranges = list(walk(publication))[::-1]
        assert ranges[: len(ever)] == ever
        ever = ranges
        assert read_all(publication, ALL) == newsroom.live
        if newsroom.tagged:
            assert read_all(publication, STORMS) == newsroom.live & newsroom.tagged
    assert len(ever) > 3
