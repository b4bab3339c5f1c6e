"""What feeds are called, and what they were called before they were renamed or became one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Row, delete, func, insert, select, tuple_, union, update

from feedsvc.errors import FeedRenamed, NotFound
from feedsvc.model.entry import EntryState
from feedsvc.model.ids import fold, slugify
from feedsvc.model.selection import Selection
from feedsvc.store.schema import entries, feed_entries, feeds, former_names

_T = TypeVar("_T")

# A document may have thousands of tags, and a query only so many parameters.
_KEYS_AT_ONCE = 500
_MEMBERS_AT_ONCE = 500

Key = tuple[str, str]
"""The kind of a feed, and its name folded."""


@dataclass(frozen=True, kw_only=True)
class NamedFeed:
    """What a feed is called. entry_count: how many entries it shows."""

    id: int
    guid: str
    kind: str
    key: str
    slug: str
    name: str
    entry_count: int


# Found by name


def find_feeds(connection: Connection, keys: Sequence[Key]) -> dict[Key, int]:
    """The feeds that have these names, or had them before; names never seen are left out."""
    found: dict[Key, int] = {}
    for some in _chunks(keys):
        query = select(feeds.c.kind, feeds.c.key, feeds.c.id)
        rows = connection.execute(query.where(tuple_(feeds.c.kind, feeds.c.key).in_(some)))
        found |= {(row.kind, row.key): row.id for row in rows}
    former = former_names.c
    for some in _chunks([key for key in keys if key not in found]):
        rows = connection.execute(
            select(former.kind, former.key, former.feed_id).where(
                tuple_(former.kind, former.key).in_(some)
            )
        )
        found |= {(row.kind, row.key): row.feed_id for row in rows}
    return found


def feed_names(connection: Connection, feed_ids: Collection[int]) -> dict[int, str]:
    """What these feeds are called."""
    return {row.id: row.name for row in feed_rows(connection, feed_ids)}


def feed_rows(
    connection: Connection, feed_ids: Collection[int]
) -> Iterator[Row[tuple[object, ...]]]:
    """These feeds as they are stored, however many they are."""
    for some in _chunks(list(feed_ids)):
        yield from connection.execute(select(feeds).where(feeds.c.id.in_(some)))


def names_today(connection: Connection, keys: Iterable[Key]) -> dict[Key, str]:
    """What the feeds that had these names before are called now; other names are left out.

    keys: not asked for where nothing was renamed.
    """
    former = former_names.c
    if connection.scalar(select(former.feed_id).limit(1)) is None:
        return {}  # as in most stores, where to ask for every name would take much longer
    found: dict[Key, str] = {}
    for some in _chunks(list(keys)):
        rows = connection.execute(
            select(former.kind, former.key, feeds.c.name)
            .join(feeds, feeds.c.id == former.feed_id)
            .where(tuple_(former.kind, former.key).in_(some))
        )
        found |= {(row.kind, row.key): row.name for row in rows}
    return found


def _chunks(wanted: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for first in range(0, len(wanted), _KEYS_AT_ONCE):
        yield wanted[first : first + _KEYS_AT_ONCE]


def find_named(connection: Connection, kind: str, name: str) -> NamedFeed | None:
    """The feed that has this name, or had it before."""
    number = find_feeds(connection, [(kind, fold(name))]).get((kind, fold(name)))
    return _fetch(connection, number) if number is not None else None


def fetch_named(connection: Connection, selection: Selection) -> NamedFeed:
    """The feed of this slug. Raises NotFound, FeedRenamed."""
    row = connection.execute(
        select(feeds).where(feeds.c.kind == selection.kind, feeds.c.slug == selection.slug)
    ).one_or_none()
    if row is None:
        check_former_slug(connection, selection)
        raise NotFound(f"there has never been a {selection.kind} named {selection.slug!r}")
    return _named(row)


def check_former_slug(connection: Connection, selection: Selection) -> None:
    """Raise FeedRenamed where a slug is one that a feed had before."""
    former = former_names.c
    slug = connection.scalar(
        select(feeds.c.slug)
        .join(former_names, former.feed_id == feeds.c.id)
        .where(former.kind == selection.kind, former.slug == selection.slug)
    )
    if slug is not None:
        raise FeedRenamed(f"the {selection.kind} {selection.slug!r} is {slug!r} now", slug=slug)


def former_slugs(connection: Connection) -> Mapping[str, list[str]]:
    """The slugs that feeds had before, by their guids."""
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        select(feeds.c.guid, former_names.c.slug)
        .join(feeds, feeds.c.id == former_names.c.feed_id)
        .where(former_names.c.slug.is_not(None))
        .order_by(former_names.c.slug)
    )
    for guid, slug in rows:
        found.setdefault(guid, []).append(slug)
    return found


def _fetch(connection: Connection, number: int) -> NamedFeed:
    return _named(connection.execute(select(feeds).where(feeds.c.id == number)).one())


def _named(row: Row[tuple[object, ...]]) -> NamedFeed:
    return NamedFeed(
        id=row.id,
        guid=row.guid,
        kind=row.kind,
        key=row.key,
        slug=row.slug,
        name=row.name,
        entry_count=row.entry_count,
    )


# Given a name


def free_slug(connection: Connection, kind: str, name: str, *, of: int | None = None) -> str:
    """A slug for a name that no feed has or had; of: the feed that may have its own again."""
    # A name of signs alone has no letters to make a slug of.
    base = slugify(name) or "unnamed"
    now, before = feeds.c, former_names.c
    has = select(now.slug).where(now.kind == kind, now.id != (of or 0))
    had = select(before.slug).where(before.kind == kind, before.feed_id != (of or 0))
    if not connection.execute(
        union(has.where(now.slug == base), had.where(before.slug == base))
    ).all():
        return base
    # Only now, since no index finds these: it looks at every feed of the kind.
    taken = set(
        connection.scalars(
            union(
                has.where(now.slug.startswith(f"{base}-", autoescape=True)),
                had.where(before.slug.startswith(f"{base}-", autoescape=True)),
            )
        )
    )
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def give_name(connection: Connection, feed: NamedFeed, name: str, slug: str) -> None:
    """Call a feed otherwise; the name and slug that it had lead to it for ever.

    No other feed may have the name or the slug, or have had it.
    """
    key = fold(name)
    if key != feed.key:
        former, is_own = former_names.c, former_names.c.feed_id == feed.id
        connection.execute(delete(former_names).where(is_own, former.key == key))
        connection.execute(
            update(former_names).where(is_own, former.slug == slug).values(slug=None)
        )
        kept = feed.slug if feed.slug != slug else None
        _keep_former(connection, (feed.kind, feed.key), kept, feed.id)
    connection.execute(
        update(feeds).where(feeds.c.id == feed.id).values(name=name, key=key, slug=slug)
    )


def _keep_former(connection: Connection, key: Key, slug: str | None, leads_to: int) -> None:
    values = {"kind": key[0], "key": key[1], "slug": slug, "feed_id": leads_to}
    connection.execute(insert(former_names).values(values))


# Two feeds become one


def move_members(connection: Connection, feed: NamedFeed, to: NamedFeed) -> int:
    """Let some members of one feed be members of another; answers how many, 0 once none is left.

    What had left the one before joins the other no more.
    """
    members = connection.execute(
        select(feed_entries, entries.c.state, entries.c.updated)
        .join(entries, entries.c.id == feed_entries.c.entry_id)
        .where(feed_entries.c.feed_id == feed.id)
        .order_by(feed_entries.c.sequence)
        .limit(_MEMBERS_AT_ONCE)
    ).all()
    if not members:
        return 0
    sequences = [member.sequence for member in members]
    at = feed_entries.c
    rows = connection.execute(
        select(at.sequence, at.left_at).where(at.feed_id == to.id, at.sequence.in_(sequences))
    )
    there = {row.sequence: row.left_at is None for row in rows}
    staying = [member for member in members if member.left_at is None]
    joining = [member for member in staying if not there.get(member.sequence)]
    for member in joining:
        if member.sequence in there:
            connection.execute(
                update(feed_entries)
                .where(at.feed_id == to.id, at.sequence == member.sequence)
                .values(left_at=None, position=member.position)
            )
    new = [
        {
            "feed_id": to.id,
            "sequence": member.sequence,
            "entry_id": member.entry_id,
            "position": member.position,
        }
        for member in joining
        if member.sequence not in there
    ]
    if new:
        connection.execute(insert(feed_entries), new)
    connection.execute(
        delete(feed_entries).where(at.feed_id == feed.id, at.sequence.in_(sequences))
    )
    shown = [member.updated for member in joining if member.state == EntryState.LIVE]
    _count(connection, feed, -sum(member.state == EntryState.LIVE for member in staying))
    _count(connection, to, len(shown))
    if shown:
        touch_named(connection, to, max(shown))
    return len(members)


def dissolve(connection: Connection, feed: NamedFeed, into: NamedFeed) -> None:
    """End a feed without members: its names are those of another from now on, its guid nobody's."""
    connection.execute(
        update(former_names).where(former_names.c.feed_id == feed.id).values(feed_id=into.id)
    )
    connection.execute(delete(feeds).where(feeds.c.id == feed.id))
    _keep_former(connection, (feed.kind, feed.key), feed.slug, into.id)


def _count(connection: Connection, feed: NamedFeed, by: int) -> None:
    connection.execute(
        update(feeds).where(feeds.c.id == feed.id).values(entry_count=feeds.c.entry_count + by)
    )


def touch_named(connection: Connection, feed: NamedFeed, instant: datetime) -> None:
    """Record that a feed changed at `instant`."""
    connection.execute(
        update(feeds)
        .where(feeds.c.id == feed.id, feeds.c.updated < instant)
        .values(updated=instant)
    )


# As `guids.jsonl` tells it


def take_name(connection: Connection, guid: str, name: str, key: str, slug: str) -> None:
    """Call a feed as it was recorded last, unless another has that name."""
    row = connection.execute(select(feeds).where(feeds.c.guid == guid)).one_or_none()
    if row is None or (row.key, row.slug, row.name) == (key, slug, name):
        return
    others = select(func.count()).where(
        feeds.c.kind == row.kind,
        feeds.c.id != row.id,
        (feeds.c.key == key) | (feeds.c.slug == slug),
    )
    if not connection.scalar(others):
        give_name(connection, _named(row), name, slug)


def take_former_name(connection: Connection, guid: str, key: Key, slug: str | None) -> None:
    """Let a recorded name lead to the feed of this guid; a feed that still has it becomes one."""
    row = connection.execute(select(feeds).where(feeds.c.guid == guid)).one_or_none()
    if row is None:
        return
    leads_to, holder = _named(row), find_feeds(connection, [key]).get(key)
    if holder is None:
        is_free = slug and slug == free_slug(connection, key[0], slug)
        _keep_former(connection, key, slug if is_free else None, leads_to.id)
        return
    feed = _fetch(connection, holder)
    if feed.id != leads_to.id and feed.key == key[1]:
        while move_members(connection, feed, leads_to):
            pass
        dissolve(connection, feed, leads_to)
