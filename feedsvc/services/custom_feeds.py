"""Custom feeds, for whoever holds the lease: taken from the settings, their members decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from feedsvc.clock import Clock
from feedsvc.model.declared import Declaration, Rule
from feedsvc.model.feed import EntryDates, FeedContent, Presentation
from feedsvc.settings import CustomFeedSettings, Settings
from feedsvc.store.custom_feeds import declare_feeds
from feedsvc.store.engine import Store
from feedsvc.store.leases import Lease
from feedsvc.store.publishing import publishing
from feedsvc.store.selecting import decide_next, is_undecided


class CustomFeeds:
    """Lets the store's custom feeds be those that the settings declare."""

    def __init__(self, store: Store, lease: Lease, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._lease = lease
        self._settings = settings
        self._clock = clock

    def declare(self) -> None:
        """Take in what the site declares. Raises LeaseLost, StoreError.

        The transaction also takes in what `guids.jsonl` knows and the store does not.
        """
        declarations = [
            _declaration(slug, feed) for slug, feed in sorted(self._settings.custom_feeds.items())
        ]
        with publishing(self._store, self._lease, self._clock) as work:
            declare_feeds(work, declarations)

    def decide(self) -> Iterator[None]:
        """Decide on all entries, where a declaration has changed; a short transaction at a time.

        How far it came is in the store, so that it goes on after whatever ends it.
        """
        while self._is_undecided():
            with publishing(self._store, self._lease, self._clock) as work:
                until = self._clock.monotonic() + self._settings.ingest.batch_s
                while True:
                    moved = decide_next(work.connection, work.next_instant)
                    work.changed |= bool(moved)
                    if moved is None or self._clock.monotonic() >= until:
                        break
            yield

    def _is_undecided(self) -> bool:
        with self._store.reading() as connection:
            return is_undecided(connection)


def _declaration(slug: str, told: CustomFeedSettings) -> Declaration:
    return Declaration(
        slug=slug,
        title=told.title,
        presentation=Presentation(
            description=told.description,
            icon=told.icon,
            entry_dates=EntryDates(told.entry_dates),
            content=FeedContent(told.content),
            window_entries=told.window_entries,
            window_hours=told.window_hours,
            window_max_entries=told.window_max_entries,
            window_max_bytes=told.window_max_bytes,
        ),
        rule=Rule(
            sources=told.sources or (),
            authors=told.authors or (),
            tags=told.tags or (),
            languages=told.languages or (),
            words=told.words or (),
            published_from=_beginning(told.published_from) if told.published_from else None,
            published_before=_end(told.published_to) if told.published_to else None,
            paths=told.paths or (),
        ),
    )


def _beginning(moment: date) -> datetime:
    """An instant, or that at which a day begins in UTC."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime.combine(moment, time(), UTC)


def _end(moment: date) -> datetime:
    """The first instant behind a day, or behind an instant."""
    if isinstance(moment, datetime):
        return _beginning(moment) + timedelta(microseconds=1)
    return _beginning(moment) + timedelta(days=1)
