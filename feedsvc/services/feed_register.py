"""The feeds as whoever runs the site sees them: listed with their ids, renamed, taken away."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from feedsvc.clock import Clock
from feedsvc.errors import ConfigError, FeedRenamed, NotFound
from feedsvc.model.feed import Feed
from feedsvc.model.ids import fold
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.store.access import add_audit_event
from feedsvc.store.custom_feeds import is_declared, retire_feed
from feedsvc.store.engine import Store
from feedsvc.store.feed_names import (
    NamedFeed,
    dissolve,
    fetch_named,
    find_named,
    former_slugs,
    free_slug,
    give_name,
    move_members,
    touch_named,
)
from feedsvc.store.feeds import list_feeds
from feedsvc.store.publishing import Publishing, publishing
from feedsvc.store.repeating import repeated
from feedsvc.store.selecting import decide_all_again

# Those whose names come from articles; the others are named by their language or declaration.
RENAMABLE = (SelectionKind.SOURCE, SelectionKind.AUTHOR, SelectionKind.TAG)
_NAME_MAX_CHARS = 200
_STILL_DECLARED = (
    "the feed {!r} is declared: take it out of feeds.toml and restart feedsvc, then retire it"
)


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A feed, and the slugs that lead to it besides its own. is_listed: readers are told of it."""

    feed: Feed
    former_slugs: Sequence[str]
    is_listed: bool = True


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """What became of a renaming. selection: where the feed is now; merged: it is another's now."""

    selection: Selection
    merged: bool


class FeedRegister:
    """Changes names in short publishing transactions of their own, beside whoever ingests."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def feeds(self) -> list[Registered]:
        """Every feed, by kind and slug."""
        with self._store.reading() as connection:
            former = former_slugs(connection)
            listed = {feed.guid for feed in list_feeds(connection)}
            every = list_feeds(connection, unlisted_too=True)
        return [
            Registered(
                feed=feed,
                former_slugs=former.get(feed.guid, ()),
                is_listed=feed.guid in listed,
            )
            for feed in sorted(every, key=lambda feed: feed.selection)
        ]

    @repeated
    def rename(self, wanted: Selection, name: str, *, merge: bool) -> Renamed:
        """Give a feed another name: its guid stays, its old slug and name lead to it for ever.

        merge: where another feed has that name, become a part of it; this cannot be undone.
        Raises NotFound, with the nearest; ConfigError for a name that cannot be given.
        """
        name = _checked(name)
        while True:
            with publishing(self._store, None, self._clock) as work:
                feed = _find(work.connection, wanted)
                other = find_named(work.connection, feed.kind, name)
                if other is None or other.id == feed.id:
                    return self._give_name(work, wanted, feed, name)
                if not merge:
                    raise ConfigError([_would_merge(feed, other)])
                # A slice at a time: others publish between two. Interrupted, it is asked for again.
                if move_members(work.connection, feed, other) == 0:
                    return self._end_merge(work, wanted, feed, other)
                work.changed = True

    @repeated
    def retire(self, slug: str) -> None:
        """Take away for good a custom feed that is declared no more: who asks for it is told so.

        Raises NotFound; ConfigError for one that is declared.
        """
        wanted = Selection(kind=SelectionKind.CUSTOM, slug=slug)
        with publishing(self._store, None, self._clock) as work:
            feed = _find(work.connection, wanted)
            if is_declared(work.connection, feed):
                raise ConfigError([_STILL_DECLARED.format(slug)])
            retire_feed(work, feed)
            self._audit(work, "feed.retire", f"{wanted.kind}/{slug}", "ok")

    def _give_name(
        self, work: Publishing, wanted: Selection, feed: NamedFeed, name: str
    ) -> Renamed:
        slug = feed.slug
        if fold(name) != feed.key:
            slug = free_slug(work.connection, feed.kind, name, of=feed.id)
        give_name(work.connection, feed, name, slug)
        self._note(work, wanted, feed, slug, "renamed")
        return Renamed(selection=Selection(kind=wanted.kind, slug=slug), merged=False)

    def _end_merge(
        self, work: Publishing, wanted: Selection, feed: NamedFeed, other: NamedFeed
    ) -> Renamed:
        dissolve(work.connection, feed, other)
        self._note(work, wanted, other, other.slug, "merged")
        return Renamed(selection=Selection(kind=wanted.kind, slug=other.slug), merged=True)

    def _note(
        self, work: Publishing, wanted: Selection, feed: NamedFeed, slug: str, result: str
    ) -> None:
        touch_named(work.connection, feed, work.next_instant())
        work.guids.note_renamed(feed.id)
        work.changed = True
        # They may name what was called otherwise, or was called so.
        decide_all_again(work.connection, work.sequence)
        names = f"{wanted.kind}/{wanted.slug} {wanted.kind}/{slug}"
        self._audit(work, "feed.rename", names, result)

    def _audit(self, work: Publishing, action: str, object: str, result: str) -> None:
        add_audit_event(
            work.connection,
            at=work.now,
            actor="cli",
            address=None,
            action=action,
            object=object,
            result=result,
        )


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or not name.isprintable():
        raise ConfigError(["a name must be one line of text without control characters"])
    if len(name) > _NAME_MAX_CHARS:
        raise ConfigError([f"a name has at most {_NAME_MAX_CHARS} characters"])
    return name


def _find(connection: Connection, wanted: Selection) -> NamedFeed:
    """The feed of a slug. Raises NotFound that names the nearest, or what it is called now."""
    try:
        return fetch_named(connection, wanted)
    except FeedRenamed as error:
        raise NotFound(f"{error}; name that one") from error
    except NotFound as error:
        known = [
            feed.selection.slug
            for feed in list_feeds(connection)
            if feed.selection.kind is wanted.kind
        ]
        near = difflib.get_close_matches(wanted.slug, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "; see: feedsvc feeds list"
        raise NotFound(f"{error}{hint}") from error


def _would_merge(feed: NamedFeed, other: NamedFeed) -> str:
    return (
        f"there is a {other.kind} {other.name!r} already, with {other.entry_count:,} articles; "
        f"--merge makes the {feed.entry_count:,} of {feed.name!r} a part of it, which cannot be "
        "undone"
    )
