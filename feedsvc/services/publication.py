"""What the doors show: feeds, the list of them, articles."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from sqlalchemy import Connection

from feedsvc.errors import StoreError
from feedsvc.feeds import opml
from feedsvc.feeds.render import RENDERERS
from feedsvc.feeds.window import WindowLimits, take_window
from feedsvc.model.entry import Entry
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.languages import language_name
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.rendered import RenderedFeeds
from feedsvc.settings import FeedSettings
from feedsvc.store.engine import Store
from feedsvc.store.entries import fetch_article, fetch_entries, select_candidates
from feedsvc.store.feeds import count_departed, fetch_feed, list_feeds
from feedsvc.store.migrate import check_schema
from feedsvc.store.publishing import PublicationVersion, fetch_version

_KIND_ORDER = list(SelectionKind)


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
        self._rendered = RenderedFeeds(settings.cache_bytes)
        self._departures = _Departures()

    def feed(self, selection: Selection, format: FeedFormat) -> FeedDocument:
        """The feed document of a selection. Raises NotFound for a name never seen."""

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            number, feed = fetch_feed(connection, selection)
            newest = select_candidates(connection, number, selection.kind, self._window.max_entries)
            window = take_window(newest, self._window)
            entries = fetch_entries(connection, [c.entry_id for c in window])
            return RENDERERS[format](self._site, _named(feed), entries, version.changed_at)

        return self._kept((selection, format), render)

    def opml(self) -> FeedDocument:
        """Every feed of the site, for readers to import."""

        def render(connection: Connection, version: PublicationVersion) -> FeedDocument:
            return opml.render(self._site, _in_order(list_feeds(connection)), version.changed_at)

        return self._kept("opml", render)

    def _kept(
        self, key: Hashable, render: Callable[[Connection, PublicationVersion], FeedDocument]
    ) -> FeedDocument:
        """The document of the store as it is; while the store is down, the last that was made."""
        try:
            return self._current(key, render)
        except StoreError:
            last = self._rendered.get_last(key)
            if last is None:
                raise
            return replace(last, is_stale=True)

    def _current(
        self, key: Hashable, render: Callable[[Connection, PublicationVersion], FeedDocument]
    ) -> FeedDocument:
        with self._store.reading() as connection:
            # The version is read inside the transaction that the entries are read in.
            version = fetch_version(connection)
            if self._departures.are_new(connection, version):
                self._rendered.forget_before(version.number)
            document = self._rendered.get(key, version.number)
            if document is None:
                document = render(connection, version)
        return self._rendered.put(key, version.number, document)

    def feeds(self) -> tuple[Feed, ...]:
        """The feed of all entries, then sources, authors, tags and languages, the largest first."""
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

    def check_ready(self) -> None:
        """Raise StoreError, with the reason, unless the store can serve."""
        check_schema(self._store)


class _Departures:
    """Notices that entries have departed, so that nobody is shown them when the store is down."""

    def __init__(self) -> None:
        self._known = (0, 0)

    def are_new(self, connection: Connection, version: PublicationVersion) -> bool:
        number, count = self._known
        if version.number == number:
            return False
        departed = count_departed(connection)
        self._known = version.number, departed
        return departed != count


def _in_order(feeds: list[Feed]) -> tuple[Feed, ...]:
    named = [_named(feed) for feed in feeds]
    return tuple(sorted(named, key=lambda feed: _KIND_ORDER.index(feed.selection.kind)))


def _named(feed: Feed) -> Feed:
    """A language's feed is called by the language's own name."""
    return replace(feed, name=language_name(feed.language)) if feed.language else feed
