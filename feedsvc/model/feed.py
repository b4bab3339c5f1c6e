"""A feed: which entries it selects, what describes it, and the bytes of one rendering."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from feedsvc.model.archive import NO_ARCHIVES, History
from feedsvc.model.entry import Tombstone
from feedsvc.model.etag import entity_tag
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.model.urls import SiteUrls


@dataclass(frozen=True, kw_only=True)
class Site:
    """What describes the whole site in feeds and on pages; from the settings.

    language: BCP 47 of the site's own words. ttl_s: how long a reader may wait between polls.
    """

    title: str
    description: str
    language: str
    ttl_s: int
    urls: SiteUrls


class EntryDates(StrEnum):
    """Which date a feed gives its entries: some readers drop what is older than a month."""

    ARTICLE = "article"
    ARRIVAL = "arrival"


class FeedContent(StrEnum):
    FULL = "full"
    SUMMARY = "summary"
    """The summary alone, with a link to the rest."""


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """How a feed shows its entries. "" and None: as the site does everywhere.

    icon: absolute http(s). window_*: its own limits (`WindowLimits`).
    """

    description: str = ""
    icon: str | None = None
    entry_dates: EntryDates = EntryDates.ARTICLE
    content: FeedContent = FeedContent.FULL
    window_entries: int | None = None
    window_hours: float | None = None
    window_max_entries: int | None = None
    window_max_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A channel and its metadata, without its entries.

    guid: permanent `urn:uuid:`. name: what its selection is called ("AFP", "Deutsch"), "" for all.
    updated: the largest `updated` or departure in its selection; the store's first instant where
    it has none. language: BCP 47 where the selection has one, else None. entry_count: live ones.
    history: which of the feed's documents this is; the `updated` of an archive document is its own.
    tombstones: of entries withdrawn lately, the last first; none where the site tells of none.
    """

    guid: str
    selection: Selection
    name: str
    updated: datetime
    language: str | None
    entry_count: int = 0
    history: History = NO_ARCHIVES
    presentation: Presentation = Presentation()
    tombstones: tuple[Tombstone, ...] = ()

    def title(self, site: Site) -> str:
        """The title people see in their reader, distinct for each feed of a site."""
        if self.selection.kind is SelectionKind.CUSTOM:
            return self.name
        return f"{site.title}: {self.name}" if self.name else site.title


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What deciding on a window needs to know of an entry. body_bytes: as feeds carry it, UTF-8."""

    entry_id: int
    sequence: int
    arrived_at: datetime
    body_bytes: int


@dataclass(frozen=True, kw_only=True)
class FeedDocument:
    """The bytes of one rendering. last_modified: instant of the publication version behind it.

    history: what of its feed's archive documents it links to.
    """

    body: bytes
    media_type: str
    last_modified: datetime
    history: History = NO_ARCHIVES

    @cached_property
    def etag(self) -> str:
        """The opaque part of a strong entity tag, from the bytes alone."""
        return entity_tag(self.body)
