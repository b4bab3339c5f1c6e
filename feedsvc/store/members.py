"""The members of a feed by their sequence numbers, as its archive documents are made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from feedsvc.model.archive import ArchiveRange
from feedsvc.model.entry import EntryState
from feedsvc.store.schema import entries, feed_entries, publication


@dataclass(frozen=True, kw_only=True)
class Member:
    """What was ever placed in a feed. changed_at: its `updated`, or its departure once it left."""

    entry_id: int
    is_shown: bool
    changed_at: datetime


class FeedMembers:
    """The members of the feed with this number in the store; every query goes by the key."""

    def __init__(self, connection: Connection, feed_id: int) -> None:
        self._connection = connection
        self._numbers = select(feed_entries.c.sequence).where(feed_entries.c.feed_id == feed_id)
        self._members = (
            select(
                entries.c.id,
                entries.c.state,
                entries.c.updated,
                entries.c.departed_at,
                feed_entries.c.left_at,
            )
            .join(feed_entries, feed_entries.c.entry_id == entries.c.id)
            .where(feed_entries.c.feed_id == feed_id)
        )

    def up_to(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` numbers up to `number`, itself included, the largest first."""
        found = (
            self._numbers.where(feed_entries.c.sequence <= number)
            .order_by(feed_entries.c.sequence.desc())
            .limit(limit)
        )
        return self._connection.scalars(found).all()

    def beyond(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` numbers above `number`, the smallest first."""
        found = (
            self._numbers.where(feed_entries.c.sequence > number)
            .order_by(feed_entries.c.sequence)
            .limit(limit)
        )
        return self._connection.scalars(found).all()

    def within(self, wanted: ArchiveRange) -> list[Member]:
        """All members in a range."""
        rows = self._connection.execute(
            self._members.where(feed_entries.c.sequence.between(wanted.first, wanted.last))
        )
        return [
            _member(row.id, row.state, row.updated, row.departed_at, row.left_at) for row in rows
        ]


def _member(
    entry_id: int,
    state: str,
    updated: datetime,
    departed_at: datetime | None,
    left_at: datetime | None,
) -> Member:
    departures = [instant for instant in (departed_at, left_at) if instant]
    return Member(
        entry_id=entry_id,
        is_shown=state == EntryState.LIVE and not departures,
        # The first departure: what becomes of it later is not seen here any more.
        changed_at=min(departures, default=updated),
    )


def last_sequence(connection: Connection) -> int:
    """The number of the newest entry of all."""
    number: int = connection.execute(select(publication.c.sequence)).scalar_one()
    return number
