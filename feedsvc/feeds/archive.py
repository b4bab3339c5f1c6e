"""Which entry lies in which archive document of a feed (RFC 5005 section 4).

Cuts are made by sequence numbers alone. Numbers fall into blocks of 64; two blocks that make one
block of twice the size are one document as long as the feed has no more than 64 members in both,
and so on. What left the feed goes on counting. So a feed of everything has 64 entries a document,
a feed of one entry in a thousand has about 46, and neither an edit nor a departure moves a cut: a
document can only ever be halved, when entries join a feed late.

A document is closed, and linked, once the feed has a member at its last number or beyond: nothing
can arrive in it any more. The members after the last closed document, 64 at most, are those that
the subscription document must show.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

from feedsvc.model.archive import NO_ARCHIVES, ArchiveRange, History, smallest_range

MOST_MEMBERS = 64
_WIDEST = 2**62  # no number ever reaches it, and every database can hold it


class Members(Protocol):
    """The sequence numbers of whatever a feed ever held: what left it counts too."""

    def up_to(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` of the numbers up to `number`, itself included, the largest first."""

    def beyond(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` of the numbers above `number`, the smallest first."""


def subscription_history(members: Members) -> History:
    """The place of the subscription document: behind it lies the newest closed document."""
    newest = members.up_to(_WIDEST, 1)
    if not newest:
        return NO_ARCHIVES
    block = _range_of(members, newest[0])
    is_closed = newest[0] == block.last
    return History(previous=block if is_closed else _previous(members, block))


def archive_history(members: Members, own: ArchiveRange) -> History:
    """The place of the document that covers `own`."""
    return History(own=own, previous=_previous(members, own), following=_following(members, own))


def newest_within(members: Members, wanted: ArchiveRange) -> ArchiveRange:
    """The document to look for under `wanted`: itself, or once it was halved its newest part."""
    newest = members.up_to(wanted.last, MOST_MEMBERS + 1)
    if len(newest) <= MOST_MEMBERS or newest[-1] < wanted.first:
        return wanted
    return _range_of(members, newest[0])


def _previous(members: Members, own: ArchiveRange) -> ArchiveRange | None:
    older = members.up_to(own.first - 1, 1)
    return _range_of(members, older[0]) if older else None


def _following(members: Members, own: ArchiveRange) -> ArchiveRange | None:
    newer = members.beyond(own.last, 1)
    if not newer:
        return None
    following = _range_of(members, newer[0])
    is_closed = bool(members.beyond(following.last - 1, 1))
    return following if is_closed else None


def _range_of(members: Members, number: int) -> ArchiveRange:
    """The document that a member lies in: the widest block around it with 64 members at most."""
    below = members.up_to(number, MOST_MEMBERS + 1)[::-1]
    near = [*below, *members.beyond(number, MOST_MEMBERS)]
    block = smallest_range(number)
    # Neighbours that were not asked for lie behind 64 others: no block with them is narrow enough.
    while block.last < _WIDEST and _count(near, block.wider) <= MOST_MEMBERS:
        block = block.wider
    return block


def _count(numbers: Sequence[int], block: ArchiveRange) -> int:
    """How many of `numbers`, the smallest first, lie in `block`."""
    return bisect_right(numbers, block.last) - bisect_right(numbers, block.first - 1)
