"""A correction: one significant edit of an entry, and what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What an entry said at one time, but for its body. link: its canonical URL."""

    title: str
    authors: tuple[str, ...]
    link: str | None
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Correction:
    """An edit that moved the `updated` of an entry.

    guid: permanent `urn:uuid:`. corrected_at: the instant that `updated` moved to, unique in the
    store. entry_id, number: where the store keeps what it replaced. short_id, slug: of the entry's
    permalink as it is now.
    """

    guid: str
    corrected_at: datetime
    entry_id: int
    number: int
    short_id: str
    slug: str
    before: Wording
    after: Wording
