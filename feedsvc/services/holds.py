"""Withdrawals that are held, since much of a folder went at once and a mount may be lost."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedsvc.store.roots import Hold

# Fewer than this may go at once without being taken for a lost mount.
LOST_MOUNT_MIN = 20
# A folder that is emptied slowly is empty all the same.
_AT_ONCE = timedelta(minutes=10)


def is_lost_mount(lost: int, there: int) -> bool:
    """Whether so many documents are enough of those that were there."""
    return lost >= LOST_MOUNT_MIN and 2 * lost > there


def counts_since(hold: Hold | None, now: datetime) -> datetime:
    """Since when what has gone from a root counts as gone at once."""
    return hold.since if hold else now - _AT_ONCE
