"""What subscribers end with who poll now and then, whatever happens in between.

Days of a newsroom on a simulated clock: bursts of 1 to 5,000 entries, small and large, edits and
withdrawals; readers that poll every 15 minutes to 24 hours. SOAK_SCHEDULES says how many of them.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from feedsvc.model.archive import read_range
from feedsvc.model.ids import mint_guid
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.services.publication import Publication
from feedsvc.store.engine import open_store
from feedsvc.store.entries import add_entries
from tests.databases import SqliteFiles
from tests.service import open_publication
from tests.store.desk import VERSIONS, Desk, make_draft, open_desk

SCHEDULES = int(os.environ.get("SOAK_SCHEDULES", "1"))
DAYS = 2
POLLED_EVERY_MIN = (15, 60, 7 * 60, 24 * 60)
HAPPENINGS_A_DAY = 6
WINDOW_ENTRIES = 500
WINDOW_BYTES = 1_048_576


@dataclass(frozen=True, kw_only=True)
class Published:
    """What the newsroom knows of an entry; number: its id in the store."""

    number: int
    guid: str
    at: datetime
    size_bytes: int


@dataclass
class Newsroom:
    """Publishes, edits and withdraws at random. calm: never more than a window holds in a day."""

    desk: Desk
    chance: random.Random
    calm: bool
    live: dict[str, Published] = field(default_factory=dict)

    def something(self) -> None:
        self.chance.choice([self.publish, self.publish, self.publish, self.edit, self.withdraw])()

    def publish(self) -> None:
        most = WINDOW_ENTRIES // HAPPENINGS_A_DAY if self.calm else 5_000
        self.publish_some(min(most, int(10 ** self.chance.uniform(0, 3.7))))

    def publish_some(self, count: int) -> None:
        room = WINDOW_BYTES // HAPPENINGS_A_DAY if self.calm else 20_000 * count
        html = "<p>" + "x" * self.chance.randint(1, min(20_000, room // count) - 7) + "</p>"
        guids = [mint_guid() for _ in range(count)]
        with self.desk.publishing() as work:
            drafts = {guid: make_draft(html=html) for guid in guids}
            numbers = add_entries(work, drafts, versions=VERSIONS)
        at = self.desk.stopped.instant
        for number, guid in zip(numbers, guids, strict=True):
            self.live[guid] = Published(number=number, guid=guid, at=at, size_bytes=len(html))

    def edit(self) -> None:
        for found in self._some():
            self.desk.edit(found.number, make_draft(f"Edited at {self.desk.stopped.instant}"))

    def withdraw(self) -> None:
        newest = list(self.live.values())[-1:]
        for found in [*self._some(), *self.chance.choice([newest, [], []])]:
            if self.live.pop(found.guid, None):
                self.desk.withdraw(found.number)

    def _some(self) -> list[Published]:
        count = min(len(self.live), self.chance.randint(1, 3))
        return self.chance.sample(list(self.live.values()), count)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A JSON Feed as a reader sees it."""

    ids: list[str]
    next_url: str | None


@dataclass
class Wire:
    """What readers fetch from: the store of the newsroom, by URL; kept as web processes keep it."""

    desk: Desk
    publication: Publication
    _version: int = -1
    _kept: dict[str, Page] = field(default_factory=dict)

    def fetch(self, url: str) -> Page:
        version = self.desk.version().number
        if version != self._version:
            self._version, self._kept = version, {}
        if url not in self._kept:
            self._kept[url] = self._render(url)
        return self._kept[url]

    def _render(self, url: str) -> Page:
        numbers = read_range(url.removesuffix(".json").rpartition("/")[2])
        document = (
            self.publication.archive(Selection(), numbers, FeedFormat.JSON)
            if numbers
            else self.publication.feed(Selection(), FeedFormat.JSON)
        )
        told: dict[str, Any] = json.loads(document.body)  # Any: raw JSON
        assert told["feed_url"] == url
        return Page(ids=[item["id"] for item in told["items"]], next_url=told.get("next_url"))


FEED = "https://news.example.org/feeds/all.json"


@dataclass
class PlainReader:
    """Takes what the feed shows, and never walks an archive."""

    known: set[str] = field(default_factory=set)

    def poll(self, wire: Wire) -> None:
        self.known.update(wire.fetch(FEED).ids)


@dataclass
class Aggregator:
    """Follows the links back whenever the newest entry that it knows is not there."""

    between_pages: Callable[[], None]
    known: set[str] = field(default_factory=set)
    newest: str | None = None
    pages: int = 0

    def poll(self, wire: Wire) -> None:
        page = wire.fetch(FEED)
        newest = page.ids[0] if page.ids else self.newest
        self.known.update(page.ids)
        archived: list[str] = []
        while page.next_url and self.newest not in page.ids:
            self.between_pages()
            page = wire.fetch(page.next_url)
            archived += page.ids
            self.pages += 1
        assert len(archived) == len(set(archived)), "an archive holds an entry twice"
        self.known.update(archived)
        self.newest = newest


@dataclass
class Poller:
    """Two readers that poll at the same times, and when they last did."""

    every: timedelta
    plain: PlainReader
    aggregator: Aggregator
    polled_at: datetime

    def poll(self, newsroom: Newsroom, wire: Wire) -> bool:
        """Answers whether the window could hold all that came since the last poll."""
        live = set(newsroom.live)
        came = [found for found in newsroom.live.values() if found.at > self.polled_at]
        fits = len(came) <= WINDOW_ENTRIES and sum(x.size_bytes for x in came) <= WINDOW_BYTES
        self.plain.poll(wire)
        self.aggregator.poll(wire)
        if fits:
            assert {found.guid for found in came} <= self.plain.known
        assert live <= self.aggregator.known
        self.polled_at = newsroom.desk.stopped.instant
        return fits


@pytest.fixture
def desk(tmp_path: Path, sqlite_files: SqliteFiles) -> Iterator[Desk]:
    store = open_store(sqlite_files.make_database(tmp_path), busy_timeout_s=2)
    with open_desk(store) as desk:
        yield desk
    store.close()


def live_through(desk: Desk, seed: int, *, calm: bool) -> list[bool]:
    """A few days; answers of each poll whether its window could hold what had come."""
    chance = random.Random(seed)
    newsroom = Newsroom(desk, chance, calm)
    wire = Wire(desk, open_publication(desk.store))

    def now_and_then() -> None:
        if not calm and chance.random() < 0.02:
            newsroom.edit()
            newsroom.publish_some(70)

    pollers = [
        Poller(
            every=timedelta(minutes=minutes),
            plain=PlainReader(),
            aggregator=Aggregator(between_pages=now_and_then),
            polled_at=desk.stopped.instant,
        )
        for minutes in POLLED_EVERY_MIN
    ]
    due = {n: chance.randint(0, int(p.every.total_seconds())) for n, p in enumerate(pollers)}
    happens = sorted(chance.sample(range(DAYS * 86_400), DAYS * HAPPENINGS_A_DAY))
    if calm:
        # So many in each day, and in any day that begins between two of them.
        happens = [86_400 // HAPPENINGS_A_DAY * n for n in range(DAYS * HAPPENINGS_A_DAY)]
    fitted = []
    began = desk.stopped.instant
    while happens or min(due.values()) < DAYS * 86_400:
        at = min([*due.values(), *happens[:1]])
        desk.stopped.move(seconds=(began + timedelta(seconds=at) - desk.stopped.instant).seconds)
        if happens and happens[0] == at:
            happens.pop(0)
            newsroom.something()
        for n, poller in enumerate(pollers):
            if due[n] == at:
                fitted.append(poller.poll(newsroom, wire))
                due[n] += int(poller.every.total_seconds())
    return fitted


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_whoever_follows_the_archive_ends_with_every_entry(desk: Desk, seed: int) -> None:
    fitted = live_through(desk, seed, calm=False)
    assert True in fitted


@pytest.mark.parametrize("seed", range(SCHEDULES))
def test_whoever_polls_once_a_day_misses_nothing_within_the_limits(desk: Desk, seed: int) -> None:
    fitted = live_through(desk, seed, calm=True)
    assert all(fitted)
