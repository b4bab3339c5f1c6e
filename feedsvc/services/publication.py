"""What the doors show: feeds, the list of them, articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from feedsvc.errors import NotFound
from feedsvc.feeds import opml
from feedsvc.feeds.archive import (
    MOST_MEMBERS,
    archive_history,
    newest_within,
    subscription_history,
)
from feedsvc.feeds.render import RENDERERS
from feedsvc.feeds.window import WindowLimits, take_window
from feedsvc.model.archive import ArchiveRange, History
from feedsvc.model.entry import Entry
from feedsvc.model.feed import Candidate, Feed, FeedDocument, Presentation, Site
from feedsvc.model.languages import language_name
from feedsvc.model.search import SearchQuery, search_guid
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.corrections import Corrections
from feedsvc.settings import FeedSettings
from feedsvc.store.corrections import CorrectionNumbers, corrections_within, last_number
from feedsvc.store.engine import Store
from feedsvc.store.entries import (
    fetch_article,
    fetch_at,
    fetch_entries,
    select_candidates,
    select_tombstones,
)
from feedsvc.store.feeds import fetch_feed, list_feeds
from feedsvc.store.members import FeedMembers, last_sequence
from feedsvc.store.migrate import check_schema
from feedsvc.store.publishing import PublicationVersion, fetch_version
from feedsvc.store.search import MatchingEntries, last_departure, search_began, select_matching
from feedsvc.store.watch import Shown, watch_publication

__all__ = ["Publication", "SearchPage", "Shown"]

_KIND_ORDER = list(SelectionKind)
_TOMBSTONES = 100


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """Some of what a search finds. next_below: where the next page begins, None on the last."""

    entries: tuple[Entry, ...]
    next_below: int | None


class Publication:
    """Reads the store, each answer from one moment of it."""

    def __init__(self, store: Store, site: Site, settings: FeedSettings) -> None:
        self._store = store
        self._site = site
        self._window = WindowLimits(
            entries=settings.window_entries,
            hours=settings.window_hours,
            max_entries=settings.window_max_entries,
            max_bytes=settings.window_max_bytes,
        )
        self._has_tombstones = settings.tombstones
        self._corrections = Corrections(self._window, settings.body_excerpt_bytes)
        self.watch = watch_publication(store)

    def feed(self, selection: Selection, format: FeedFormat) -> FeedDocument:
        """The feed document of a selection. Raises NotFound for a name never seen."""

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            number, feed = fetch_feed(connection, selection)
            if selection.kind is SelectionKind.CORRECTIONS:
                history = subscription_history(CorrectionNumbers(connection))
                made = self._corrections.in_feed(connection, _cut(history))
                shown = replace(feed, history=history)
                return RENDERERS[format](self._site, shown, made, version.changed_at)
            history = subscription_history(FeedMembers(connection, number))
            limits = limits_of(self._window, feed.presentation)
            limit = max(limits.max_entries, MOST_MEMBERS)
            newest = select_candidates(connection, number, selection.kind, limit)
            entries = _fetch_window(connection, newest, limits, history)
            shown = replace(_named(feed), history=history)
            if self._has_tombstones:
                since = entries[-1].arrived_at if entries else None
                gone = select_tombstones(connection, number, since=since, limit=_TOMBSTONES)
                shown = replace(shown, tombstones=gone)
            return RENDERERS[format](self._site, shown, entries, version.changed_at)

        return self._made(render)

    def search_feed(self, query: SearchQuery, format: FeedFormat) -> FeedDocument:
        """The feed document of a search; whatever is searched for, there is one."""

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            history = subscription_history(MatchingEntries(connection, query))
            limit = max(self._window.max_entries, MOST_MEMBERS)
            newest = select_matching(connection, query, limit)
            entries = _fetch_window(connection, newest, self._window, history)
            feed = replace(_feed_of_search(connection, query, entries), history=history)
            return RENDERERS[format](self._site, feed, entries, version.changed_at)

        return self._made(render)

    def search_archive(
        self, query: SearchQuery, wanted: ArchiveRange, format: FeedFormat
    ) -> FeedDocument:
        """The archive document of a search that covers a range: `archive` for what matches today.

        What departed counts no more, so that ranges may also become one again; each remains a
        document by itself, and no walk along the links leaves out what matches.
        """

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            _check_given(connection, wanted)
            matching = MatchingEntries(connection, query)
            own = newest_within(matching, wanted)
            entries = fetch_at(connection, matching.within(own))
            feed = replace(
                _feed_of_search(connection, query, entries),
                history=archive_history(matching, own),
            )
            return RENDERERS[format](self._site, feed, entries, version.changed_at)

        return self._made(render)

    def search(self, query: SearchQuery, *, limit: int, below: int | None = None) -> SearchPage:
        """What a search finds, the newest arrival first. below: a sequence that it stands below."""
        with self._store.reading() as connection:
            newest = select_matching(connection, query, limit + 1, below=below)
            found = [candidate.entry_id for candidate in newest]
            entries = fetch_entries(connection, found[:limit])
        more = len(found) > limit
        return SearchPage(entries=entries, next_below=entries[-1].sequence if more else None)

    def archive(
        self, selection: Selection, wanted: ArchiveRange, format: FeedFormat
    ) -> FeedDocument:
        """The archive document of a selection that covers a range (RFC 5005 section 4).

        Where a range was halved since somebody linked to it, the newest part of it: its own links
        lead to the others. Raises NotFound for a name never seen, or a range that is not over yet.
        """

        if selection.kind is SelectionKind.CORRECTIONS:
            return self._corrections_archive(wanted, format)

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            number, feed = fetch_feed(connection, selection)
            _check_given(connection, wanted)
            members = FeedMembers(connection, number)
            own = newest_within(members, wanted)
            lying = members.within(own)
            entries = fetch_entries(connection, [m.entry_id for m in lying if m.is_shown])
            shown = replace(
                _named(feed),
                history=archive_history(members, own),
                # The feed's own moves with every arrival, an archive document must not.
                updated=max((m.changed_at for m in lying), default=feed.updated),
            )
            return RENDERERS[format](self._site, shown, entries, version.changed_at)

        return self._made(render)

    def _corrections_archive(self, wanted: ArchiveRange, format: FeedFormat) -> FeedDocument:
        """`archive` of what is kept of the corrections: those that are not count no more."""

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            _, feed = fetch_feed(connection, Selection(kind=SelectionKind.CORRECTIONS))
            if wanted.last > last_number(connection):
                raise NotFound(f"corrections may still be made up to number {wanted.last}")
            numbers = CorrectionNumbers(connection)
            own = newest_within(numbers, wanted)
            found = corrections_within(connection, own)
            shown = replace(
                feed,
                history=archive_history(numbers, own),
                updated=found.changed_at or feed.updated,
            )
            made = self._corrections.in_archive(connection, found)
            return RENDERERS[format](self._site, shown, made, version.changed_at)

        return self._made(render)

    def opml(self) -> FeedDocument:
        """Every feed of the site, for readers to import."""

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            return opml.render(self._site, _in_order(list_feeds(connection)), version.changed_at)

        return self._made(render)

    def _made(
        self, render: Callable[[Connection, PublicationVersion], FeedDocument]
    ) -> FeedDocument:
        """A rendering; the version is read inside the transaction that its entries are read in."""
        with self._store.reading() as connection:
            return render(connection, fetch_version(connection))

    def feeds(self) -> tuple[Feed, ...]:
        """The feed of all entries, then custom feeds, that of corrections, sources, authors,
        tags and languages; of a kind the largest first."""
        with self._store.reading() as connection:
            return _in_order(list_feeds(connection))

    def latest(self, limit: int) -> tuple[Entry, ...]:
        """The newest arrivals, newest first."""
        with self._store.reading() as connection:
            newest = select_candidates(connection, 0, SelectionKind.ALL, limit)
            return fetch_entries(connection, [c.entry_id for c in newest])

    def article(self, short_id: str) -> Entry:
        """A live entry. Raises NotFound, or EntryGone for a withdrawn one."""
        with self._store.reading() as connection:
            return fetch_article(connection, short_id)

    def corrections(self, short_id: str) -> tuple[Entry, list[Entry]]:
        """A live entry, and its corrections as entries. Raises NotFound, EntryGone."""
        with self._store.reading() as connection:
            entry = fetch_article(connection, short_id)
            return entry, self._corrections.of_article(connection, short_id)

    def check_ready(self) -> None:
        """Raise StoreError, with the reason, unless the store can serve."""
        check_schema(self._store)


def limits_of(everywhere: WindowLimits, feed: Presentation) -> WindowLimits:
    """The limits of a feed's window: its own where it has any."""
    return WindowLimits(
        entries=feed.window_entries or everywhere.entries,
        hours=feed.window_hours or everywhere.hours,
        max_entries=feed.window_max_entries or everywhere.max_entries,
        max_bytes=feed.window_max_bytes or everywhere.max_bytes,
    )


def _in_order(feeds: list[Feed]) -> tuple[Feed, ...]:
    named = [_named(feed) for feed in feeds]
    return tuple(sorted(named, key=lambda feed: _KIND_ORDER.index(feed.selection.kind)))


def _fetch_window(
    connection: Connection, newest: Iterable[Candidate], limits: WindowLimits, history: History
) -> tuple[Entry, ...]:
    window = take_window(newest, limits, cut=_cut(history))
    return fetch_entries(connection, [candidate.entry_id for candidate in window])


def _cut(history: History) -> int:
    """Up to which number the archive documents of a feed hold everything."""
    return history.previous.last if history.previous else 0


def _check_given(connection: Connection, wanted: ArchiveRange) -> None:
    if wanted.last > last_sequence(connection):
        raise NotFound(f"numbers up to {wanted.last} have not been given yet")


def _feed_of_search(connection: Connection, query: SearchQuery, entries: Sequence[Entry]) -> Feed:
    """A search's feed, dated by what it shows and by what last departed from it."""
    _, everything = fetch_feed(connection, Selection())
    instants = [entry.updated for entry in entries]
    departed_at = last_departure(connection, query)
    if departed_at:
        instants.append(departed_at)
    return Feed(
        guid=search_guid(everything.guid, query),
        selection=query.selection,
        name=f"search for {query.text}",
        updated=max(instants) if instants else search_began(connection),
        language=None,
        entry_count=len(entries),
    )


def _named(feed: Feed) -> Feed:
    """A language's feed is called by the language's own name."""
    return replace(feed, name=language_name(feed.language)) if feed.language else feed
