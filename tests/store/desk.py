"""A desk to publish from in tests of the store: drafts made up, a lease held, a clock stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from feedsvc.clock import Clock
from feedsvc.model.entry import Entry, EntryDraft, Person, Precision
from feedsvc.model.feed import Feed
from feedsvc.model.ids import mint_guid
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.store.engine import Store
from feedsvc.store.entries import (
    StoredEntry,
    Versions,
    add_entry,
    edit_entry,
    fetch_stored,
    return_entry,
    withdraw_entry,
)
from feedsvc.store.feeds import fetch_feed, list_feeds
from feedsvc.store.leases import Lease, take_lease
from feedsvc.store.publishing import PublicationVersion, Publishing, fetch_version, publishing
from feedsvc.store.schema import revisions
from tests.service import StoppedClock

VERSIONS = Versions(extractor=1, policy=1)


def make_draft(title: str = "Storm shuts the harbour", **changes: Any) -> EntryDraft:
    """A draft with the least there can be. changes: any field of it, hence Any."""
    fields: dict[str, Any] = {
        "title": title,
        "authors": (),
        "published": None,
        "precision": Precision.ARRIVAL,
        "language": None,
        "summary": "",
        "text": title,
        "html": f"<p>{title}</p>",
        "excerpt_end": None,
        "source": None,
        "tags": (),
        "enclosures": (),
        "canonical_url": None,
        "fingerprint": None,
        "evidence": (),
    }
    return EntryDraft(**fields | changes)


def by(*names: str) -> tuple[Person, ...]:
    return tuple(Person(name=name) for name in names)


@contextmanager
def open_desk(store: Store) -> Iterator[Desk]:
    """Holds the lease of a store for as long as it is wanted."""
    until = time.monotonic() + 10
    # A server may take a moment to see that the holder before is gone.
    while (lease := take_lease(store)) is None and time.monotonic() < until:
        time.sleep(0.02)
    assert lease is not None
    yield Desk(store=store, lease=lease, stopped=StoppedClock())
    lease.release()


@dataclass
class Desk:
    """Does each thing in a publishing transaction of its own."""

    store: Store
    lease: Lease
    stopped: StoppedClock

    @property
    def clock(self) -> Clock:
        return self.stopped.clock

    @contextmanager
    def publishing(self) -> Iterator[Publishing]:
        with publishing(self.store, self.lease, self.clock) as work:
            yield work

    def add(self, draft: EntryDraft | None = None) -> int:
        with self.publishing() as work:
            return add_entry(work, draft or make_draft(), guid=mint_guid(), versions=VERSIONS)

    def edit(self, number: int, draft: EntryDraft, *, moves_updated: bool = True) -> None:
        stored = self.stored(number)
        with self.publishing() as work:
            edit_entry(work, stored, draft, versions=VERSIONS, moves_updated=moves_updated)

    def withdraw(self, number: int) -> None:
        stored = self.stored(number)
        with self.publishing() as work:
            withdraw_entry(work, stored, by="policy")

    def bring_back(self, number: int) -> None:
        stored = self.stored(number)
        with self.publishing() as work:
            return_entry(work, stored)

    def stored(self, number: int) -> StoredEntry:
        with self.store.reading() as connection:
            return fetch_stored(connection, number)

    def entry(self, number: int) -> Entry:
        return self.stored(number).entry

    def feed(self, kind: SelectionKind = SelectionKind.ALL, slug: str = "") -> Feed:
        with self.store.reading() as connection:
            return fetch_feed(connection, Selection(kind=kind, slug=slug))[1]

    def feeds(self) -> list[Feed]:
        with self.store.reading() as connection:
            return list_feeds(connection)

    def slugs(self, kind: SelectionKind) -> dict[str, str]:
        """By name, the slug of each feed of a kind."""
        feeds = [feed for feed in self.feeds() if feed.selection.kind is kind]
        return {feed.name: feed.selection.slug for feed in feeds}

    def version(self) -> PublicationVersion:
        with self.store.reading() as connection:
            return fetch_version(connection)

    def count_revisions(self, number: int) -> int:
        query = select(func.count()).select_from(revisions).where(revisions.c.entry_id == number)
        with self.store.reading() as connection:
            return connection.scalar(query) or 0
