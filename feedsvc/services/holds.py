"""Withdrawals that are held, since much of a folder went at once and a mount may be lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from feedsvc.clock import Clock
from feedsvc.errors import NotFound
from feedsvc.store.access import add_audit_event
from feedsvc.store.engine import Store
from feedsvc.store.losses import count_lost_since, last_lost_since, let_go
from feedsvc.store.publishing import publishing
from feedsvc.store.repeating import repeated
from feedsvc.store.roots import Hold, fetch_hold, keep_hold

# Fewer than this may go at once without being taken for a lost mount.
LOST_MOUNT_MIN = 20
# A folder that is emptied slowly is empty all the same.
_AT_ONCE = timedelta(minutes=10)


def is_lost_mount(lost: int, there: int) -> bool:
    """Whether so many documents are enough of those that were there."""
    return lost >= LOST_MOUNT_MIN and 2 * lost > there


def counts_since(hold: Hold | None, now: datetime) -> datetime:
    """Since when what has gone from a root counts as gone at once."""
    lately = now - _AT_ONCE
    # A hold may have begun by a clock that was ahead.
    return min(hold.since, lately) if hold else lately


@dataclass(frozen=True, kw_only=True)
class Held:
    """How many documents are gone from a root, of how many that were there.

    at: when the last of them was missed first.
    """

    root: str
    lost: int
    documents: int
    at: datetime


class Holds:
    """What a person is told of withdrawals that are held, and says of them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def find(self, root: str) -> Held:
        """What is gone from a root. Raises NotFound where nothing is held."""
        with self._store.reading() as connection:
            hold = _fetch(connection, root)
            since = counts_since(hold, self._clock.now())
            lost = count_lost_since(connection, root, since)
            last = last_lost_since(connection, root, since)
        if not lost.documents or last is None:
            raise _nothing_held(root)
        return Held(root=root, lost=lost.documents, documents=hold.documents, at=last)

    @repeated
    def accept(self, held: Held) -> None:
        """Let what was gone at that instant be gone for good. Raises NotFound where that is over.

        It counts as gone before, and so has nothing to do with what goes from then on, which is
        held by itself if it is as much.
        """
        with publishing(self._store, None, self._clock) as work:
            since = counts_since(_fetch(work.connection, held.root), work.now)
            let_go(work.connection, held.root, since=since, until=held.at)
            keep_hold(work.connection, held.root, None)
            add_audit_event(
                work.connection,
                at=work.now,
                actor="cli",
                address=None,
                action="root.accept",
                object=held.root,
                result=f"{held.lost} of {held.documents} gone",
            )


def _fetch(connection: Connection, root: str) -> Hold:
    hold = fetch_hold(connection, root)
    if hold is None:
        raise _nothing_held(root)
    return hold


def _nothing_held(root: str) -> NotFound:
    return NotFound(f"nothing is held of a root {root!r}: there is nothing to accept")
