"""What a feed selects, and the formats it comes in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SelectionKind(StrEnum):
    """By what a feed selects entries; those of NAMED have a slug, a search has its query."""

    ALL = "all"
    CUSTOM = "custom"
    """As the site declares."""
    CORRECTIONS = "corrections"
    """Not entries: their significant edits, each with what it changed."""
    SOURCE = "source"
    AUTHOR = "author"
    TAG = "tag"
    LANGUAGE = "language"
    SEARCH = "search"


NAMED = (
    SelectionKind.CUSTOM,
    SelectionKind.SOURCE,
    SelectionKind.AUTHOR,
    SelectionKind.TAG,
    SelectionKind.LANGUAGE,
)


@dataclass(frozen=True, kw_only=True, order=True)
class Selection:
    """The entries of one feed: every live entry, or those of one source, author, tag, language.

    slug: for a search, its query in canonical form (`SearchQuery.text`).
    """

    kind: SelectionKind = SelectionKind.ALL
    slug: str = ""


class FeedFormat(StrEnum):
    """The formats of a feed; the value is the ending of its URL."""

    ATOM = "atom"
    RSS = "rss"
    JSON = "json"

    @property
    def media_type(self) -> str:
        """The exact media type, with its charset where the type has one."""
        return _MEDIA_TYPES[self]

    @property
    def label(self) -> str:
        return _LABELS[self]


_MEDIA_TYPES = {
    FeedFormat.ATOM: "application/atom+xml; charset=utf-8",
    FeedFormat.RSS: "application/rss+xml; charset=utf-8",
    FeedFormat.JSON: "application/feed+json; charset=utf-8",
}
_LABELS = {FeedFormat.ATOM: "Atom", FeedFormat.RSS: "RSS", FeedFormat.JSON: "JSON Feed"}
