"""An entry: one published article, from the draft that a document gives to what the store keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from feedsvc.model.terms import Terms

EARLIEST_SERVED = datetime(1970, 1, 1, tzinfo=UTC)


class Precision(StrEnum):
    """How exactly the article says when it was published."""

    INSTANT = "instant"
    DAY = "day"
    """Only the day is known; the instant beside it is 12:00 UTC of that day."""
    ARRIVAL = "arrival"
    """The article says nothing: the time at which it first became public here."""


class PersonKind(StrEnum):
    PERSON = "person"
    ORGANIZATION = "organization"
    """An agency or a desk that signs as author: AFP, Reuters, dpa."""


# Who let an entry depart: where its document was gone and nobody was asked, or somebody was.
BY_POLICY = "policy"
BY_PERSON = "person"


class EntryState(StrEnum):
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    """Taken back for all to know: 410, and a tombstone where feeds show them."""
    HIDDEN = "hidden"
    """By a person, and nobody is told: 404."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """An author (RFC 4287 3.2). `slug` names the author's feed, once stored."""

    name: str
    kind: PersonKind = PersonKind.PERSON
    slug: str = ""


@dataclass(frozen=True, kw_only=True)
class Category:
    """A tag (RFC 4287 4.2.2): `term` is its slug, `label` what people read."""

    term: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """The publisher of an entry; `slug` names its feed."""

    name: str
    slug: str


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """Attached media (RFC 4287 4.2.7.2): an absolute http(s) URL, its type, its length in bytes."""

    href: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Why a field has its value: the rule that gave it, the lines it came from, how sure it is.

    lines: 1-based line numbers in the decoded text, empty where the format has no lines.
    confidence: 0 to 1.
    """

    field: str
    value: str
    rule: str
    confidence: float
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """What readers are told of a withdrawn entry (RFC 6721)."""

    guid: str
    departed_at: datetime


@dataclass(frozen=True, kw_only=True)
class EntryDraft:
    """What one document says, cleaned and sanitized: fit to be stored.

    key: names this entry within a document of many, "" in a document of one.
    published: aware, UTC; None where no date was found. precision: INSTANT or DAY beside it,
    ARRIVAL where there is none.
    text: the body as plain text, blocks separated by a blank line.
    html: the sanitized body. excerpt_end: where to cut `html` for feeds, between two blocks and at
    most `body_excerpt_bytes` in; None where it is served whole.
    language: BCP 47, or None. canonical_url: absolute http(s), or None.
    fingerprint: `content_fingerprint`, or None for a text too short to be told by it.
    body_terms: `terms_of_html(html)`, made where there is time for it; None: the store makes them.
    """

    key: str = ""
    title: str
    authors: tuple[Person, ...]
    published: datetime | None
    precision: Precision
    language: str | None
    summary: str
    text: str
    html: str
    excerpt_end: int | None
    source: str | None
    tags: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    canonical_url: str | None
    fingerprint: bytes | None
    evidence: tuple[Evidence, ...]
    body_terms: Terms | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A published article as the store keeps it.

    sequence: order of arrival; n is visible before n + 1. updated: unique in the store.
    """

    guid: str
    short_id: str
    slug: str
    sequence: int
    arrived_at: datetime
    published: datetime
    precision: Precision
    updated: datetime
    title: str
    authors: tuple[Person, ...]
    source: Source | None
    categories: tuple[Category, ...]
    language: str | None
    summary: str
    html: str
    excerpt_end: int | None
    enclosures: tuple[Enclosure, ...]
    canonical_url: str | None

    @property
    def served_published(self) -> datetime:
        """`published` as feeds give it: never before 1970, never later than the arrival."""
        return max(EARLIEST_SERVED, min(self.published, self.arrived_at))

    @property
    def is_excerpt_in_feeds(self) -> bool:
        """Whether feeds carry only the beginning of the body, with a link to the rest."""
        return self.excerpt_end is not None

    @property
    def feed_html(self) -> str:
        """The body as feeds carry it, before any link to the rest."""
        return self.html if self.excerpt_end is None else self.html[: self.excerpt_end]
