"""Archive documents of a feed (RFC 5005 section 4): what each covers, and what lies around it."""

from __future__ import annotations

import re
from dataclasses import dataclass

BASE_SIZE = 64
_RANGE = re.compile(r"([1-9][0-9]{0,18})-([1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class ArchiveRange:
    """The sequence numbers that an archive document covers, from `first` to `last`.

    An aligned block: as many numbers as a power of two, 64 at least, the last a multiple of that.
    So there are fewer than two ranges for every 64 numbers of a store, and everything else that
    an address could name is refused.
    """

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def wider(self) -> ArchiveRange:
        """The block of twice the size that this one is a half of."""
        size = 2 * self.size
        start = (self.first - 1) // size * size
        return ArchiveRange(first=start + 1, last=start + size)


def smallest_range(number: int) -> ArchiveRange:
    """The block of 64 that a sequence number, counted from 1, lies in."""
    start = (number - 1) // BASE_SIZE * BASE_SIZE
    return ArchiveRange(first=start + 1, last=start + BASE_SIZE)


def read_range(text: str) -> ArchiveRange | None:
    """The range that `str` of one gives; None for any other text."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    named = ArchiveRange(first=int(found[1]), last=int(found[2]))
    size = named.size
    is_block = size >= BASE_SIZE and size & (size - 1) == 0 and named.last % size == 0
    return named if is_block else None


@dataclass(frozen=True, kw_only=True)
class History:
    """Where a document of a feed stands among the feed's archive documents.

    own: what it covers itself, None for the subscription document, whose `previous` is the newest
    archive document. previous, following: None at the ends.
    """

    own: ArchiveRange | None = None
    previous: ArchiveRange | None = None
    following: ArchiveRange | None = None


# Of a document whose feed has no archive documents.
NO_ARCHIVES = History()
