"""The publishing transaction: the one way in which what feeds and pages show may change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select, update

from feedsvc.clock import Clock
from feedsvc.errors import LeaseLost
from feedsvc.store.damage import refuse_damaged
from feedsvc.store.engine import Store
from feedsvc.store.guid_file import GuidFile
from feedsvc.store.guids import GuidLog
from feedsvc.store.leases import Lease
from feedsvc.store.schema import leases, publication
from feedsvc.store.selecting import decide_members

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class PublicationVersion:
    """What the store shows: its number, and when that came to be."""

    number: int
    changed_at: datetime


@dataclass(kw_only=True)
class Publishing:
    """One open publishing transaction: its connection, and the numbers it gives out.

    `changed` is set by whatever alters a feed or a page; only then does the version move.
    departures: how often an entry has departed, this transaction's own included.
    feed_ids: the feeds met so far, by kind and folded name. guids: their record beside the store.
    touched: entries whose names, words, dates or documents have changed, which custom feeds may
    select otherwise; one too many does no harm.
    """

    connection: Connection
    guids: GuidLog
    now: datetime
    sequence: int
    last_instant: datetime
    departures: int
    changed: bool = False
    feed_ids: dict[tuple[str, str], int] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)

    def next_sequence(self) -> int:
        """The next number in order of arrival; nobody sees it before those below it."""
        self.sequence += 1
        return self.sequence

    def next_instant(self) -> datetime:
        """An instant that no entry has yet: the transaction's own, then microseconds after it."""
        self.last_instant = max(self.now, self.last_instant + _TICK)
        return self.last_instant

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part that can fail alone: everything done inside is undone, the rest stays."""
        before = self.sequence, self.last_instant, self.departures, self.changed
        noted = len(self.guids.noted)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self.sequence, self.last_instant, self.departures, self.changed = before
            del self.guids.noted[noted:]
            self.feed_ids.clear()  # some of them may have been made just now
            raise


@contextmanager
def publishing(store: Store, lease: Lease | None, clock: Clock) -> Iterator[Publishing]:
    """Open a publishing transaction; commit it at the end, or nothing.

    lease: None for a short write that a person asked for, which is no ingestion.
    Raises LeaseLost if somebody else has taken the lease since, StoreDamaged where the database
    was found damaged.
    """
    refuse_damaged(store)
    with store.writing() as connection:
        # The row's lock is the publishing lock: numbers are given in the order of commits.
        row = connection.execute(select(publication).with_for_update()).one()
        if lease:
            _check_fence(connection, lease)
        guids = GuidLog(connection, GuidFile.of(store))
        caught_up = guids.catch_up(clock.now())
        if caught_up:
            row = connection.execute(select(publication)).one()
        work = Publishing(
            connection=connection,
            guids=guids,
            changed=caught_up,
            now=clock.now(),
            sequence=row.sequence,
            last_instant=row.last_instant,
            departures=row.departures,
        )
        yield work
        if work.touched:
            work.changed |= decide_members(connection, work.touched, work.next_instant)
        work.guids.write()
        if work.changed:
            _raise_version(work, row, clock)
    guids.mark_public()


def _raise_version(work: Publishing, before: Row[tuple[object, ...]], clock: Clock) -> None:
    # `updated` never lies past the commit; after a step back of the clock it cannot help it.
    ahead = (work.last_instant - clock.now()).total_seconds()
    if 0 < ahead < 1:
        clock.sleep(ahead)
    work.connection.execute(
        update(publication).values(
            version=before.version + 1,
            changed_at=max(clock.now(), before.changed_at + _TICK),
            sequence=work.sequence,
            last_instant=work.last_instant,
            departures=work.departures,
        )
    )


def _check_fence(connection: Connection, lease: Lease) -> None:
    fence = connection.scalar(select(leases.c.fence).where(leases.c.name == lease.name))
    if fence != lease.fence:
        raise LeaseLost(f"lease {lease.fence} was taken over by {fence}")


def fetch_version(connection: Connection) -> PublicationVersion:
    """The publication version as this transaction sees it."""
    row = connection.execute(select(publication.c.version, publication.c.changed_at)).one()
    return PublicationVersion(number=row.version, changed_at=row.changed_at)
