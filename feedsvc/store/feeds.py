"""The feeds: found or made by name, joined and left by entries, listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, or_, select, update

from feedsvc.errors import FeedGone, NotFound
from feedsvc.model.entry import EntryDraft
from feedsvc.model.feed import EntryDates, Feed, FeedContent, Presentation
from feedsvc.model.ids import fold, mint_guid
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.store.feed_names import check_former_slug, find_feeds, free_slug, names_today
from feedsvc.store.publishing import Publishing
from feedsvc.store.schema import custom_feeds, feed_entries, feeds


@dataclass(frozen=True, kw_only=True)
class Membership:
    """That an entry lies in the feed of one name: its author, say, the first or second of them."""

    kind: SelectionKind
    name: str
    position: int = 0
    person_kind: str | None = None

    @cached_property
    def key(self) -> tuple[str, str]:
        return self.kind, fold(self.name)


_ALL = Membership(kind=SelectionKind.ALL, name="")


def memberships(draft: EntryDraft) -> list[Membership]:
    """The feeds that a draft belongs to, without the one of all entries; each once."""
    wanted = []
    if draft.source:
        wanted.append(Membership(kind=SelectionKind.SOURCE, name=draft.source))
    if draft.language:
        wanted.append(Membership(kind=SelectionKind.LANGUAGE, name=draft.language))
    wanted += [
        Membership(kind=SelectionKind.AUTHOR, name=person.name, position=n, person_kind=person.kind)
        for n, person in enumerate(draft.authors)
    ]
    wanted += [
        Membership(kind=SelectionKind.TAG, name=tag, position=n) for n, tag in enumerate(draft.tags)
    ]
    first: dict[tuple[str, str], Membership] = {}
    for membership in wanted:
        first.setdefault(membership.key, membership)
    return list(first.values())


def with_names_today(connection: Connection, draft: EntryDraft) -> EntryDraft:
    """A draft that calls its source, authors and tags as their feeds are called by now."""
    (named,) = all_with_names_today(connection, [draft])
    return named


def all_with_names_today(
    connection: Connection, drafts: Iterable[EntryDraft]
) -> Sequence[EntryDraft]:
    """The same of many, with one look at the names."""
    drafts = list(drafts)
    today = names_today(connection, (m.key for draft in drafts for m in memberships(draft)))
    return [_renamed(draft, today) for draft in drafts] if today else drafts


def _renamed(draft: EntryDraft, today: Mapping[tuple[str, str], str]) -> EntryDraft:
    def named(kind: SelectionKind, name: str) -> str:
        return today.get((kind, fold(name)), name)

    source = draft.source
    return replace(
        draft,
        source=named(SelectionKind.SOURCE, source) if source else source,
        authors=tuple(
            replace(person, name=named(SelectionKind.AUTHOR, person.name))
            for person in draft.authors
        ),
        tags=tuple(named(SelectionKind.TAG, tag) for tag in draft.tags),
    )


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A new entry, and the feeds it is to lie in besides that of all.

    sequence: where it is to lie there. instant: when it came, which dates the feeds; where a lost
    store is made anew, later than the entry itself says.
    """

    entry_id: int
    sequence: int
    instant: datetime
    wanted: Sequence[Membership]


_RECEIVE = (
    update(feeds)
    .where(feeds.c.id == bindparam("feed_id"))
    .values(entry_count=feeds.c.entry_count + bindparam("arrived"), updated=bindparam("instant"))
)


def place_new_entries(work: Publishing, arrivals: Sequence[Arrival]) -> None:
    """Put entries into the feeds they belong to. arrivals: in the order of their instants."""
    everywhere = [membership for arrival in arrivals for membership in arrival.wanted]
    ids = _find_or_make(work, [*everywhere, _ALL], arrivals[0].instant)
    placed: list[dict[str, int]] = []
    arrived: Counter[int] = Counter()
    last: dict[int, datetime] = {}
    for arrival in arrivals:
        positions = _first_positions(ids, arrival.wanted)
        placed += _places(arrival.entry_id, arrival.sequence, positions)
        arrived.update(positions.keys())
        last.update(dict.fromkeys(positions, arrival.instant))
    work.connection.execute(_PLACE, placed)
    work.connection.execute(
        _RECEIVE,
        [{"feed_id": i, "arrived": n, "instant": last[i]} for i, n in arrived.items()],
    )
    work.changed = True


def place_entry(
    work: Publishing,
    entry_id: int,
    sequence: int,
    wanted: Sequence[Membership],
    *,
    updated: datetime,
    is_live: bool,
) -> None:
    """Make an entry lie in exactly the feeds `wanted`, and in the one of all entries.

    Custom feeds are not named by their entries: `store/selecting.py` decides on those.
    Feeds it leaves record the departure; those it joins take it in at its sequence.
    updated: the entry's, which none of its feeds may lag behind. What is not live is neither
    counted nor dates a feed: nobody sees it there.
    """
    connection = work.connection
    positions = _positions(work, wanted, updated)
    present = {
        row.feed_id: row
        for row in connection.execute(
            select(feed_entries.c.feed_id, feed_entries.c.position, feed_entries.c.left_at)
            .join(feeds, feeds.c.id == feed_entries.c.feed_id)
            .where(feed_entries.c.entry_id == entry_id, feeds.c.kind != SelectionKind.CUSTOM)
        )
    }
    new = [i for i in positions if i not in present]
    rejoined = [i for i in positions if i in present and present[i].left_at is not None]
    left = [i for i, row in present.items() if i not in positions and row.left_at is None]
    if new:
        joined = {feed_id: positions[feed_id] for feed_id in new}
        connection.execute(_PLACE, _places(entry_id, sequence, joined))
    for feed_id, position in positions.items():
        if feed_id in rejoined or (feed_id in present and present[feed_id].position != position):
            connection.execute(
                update(feed_entries)
                .where(feed_entries.c.feed_id == feed_id, feed_entries.c.sequence == sequence)
                .values(left_at=None, position=position)
            )
    if left:
        instant = work.next_instant()
        connection.execute(
            update(feed_entries)
            .where(feed_entries.c.feed_id.in_(left), feed_entries.c.sequence == sequence)
            .values(left_at=instant)
        )
        if is_live:
            touch_feeds(connection, left, instant)
    if is_live:
        touch_feeds(connection, list(positions), updated)
        _count(connection, left, -1)
        _count(connection, new + rejoined, +1)
    work.changed = True


def _positions(work: Publishing, wanted: Sequence[Membership], updated: datetime) -> dict[int, int]:
    """The feeds wanted and the one of all entries, each with the place of its name."""
    ids = _find_or_make(work, [*wanted, _ALL], updated)
    return _first_positions(ids, wanted)


def _first_positions(
    ids: Mapping[tuple[str, str], int], wanted: Sequence[Membership]
) -> dict[int, int]:
    """Two names may be those of one feed by now: the first has its place."""
    positions: dict[int, int] = {}
    for membership in (*wanted, _ALL):
        positions.setdefault(ids[membership.key], membership.position)
    return positions


_PLACE = insert(feed_entries)


def _places(entry_id: int, sequence: int, positions: Mapping[int, int]) -> list[dict[str, int]]:
    return [
        {"feed_id": feed_id, "sequence": sequence, "entry_id": entry_id, "position": position}
        for feed_id, position in positions.items()
    ]


def feeds_of_entry(connection: Connection, entry_id: int) -> list[int]:
    """The ids of the feeds that an entry lies in now."""
    found = connection.scalars(
        select(feed_entries.c.feed_id).where(
            feed_entries.c.entry_id == entry_id, feed_entries.c.left_at.is_(None)
        )
    )
    return list(found)


def touch_feeds(connection: Connection, feed_ids: Sequence[int], instant: datetime) -> None:
    """Record that something in these feeds was updated, or departed, at `instant`."""
    if feed_ids:
        connection.execute(
            update(feeds)
            .where(feeds.c.id.in_(feed_ids), feeds.c.updated < instant)
            .values(updated=instant)
        )


def touch_corrections(connection: Connection, instant: datetime) -> None:
    """Record that a correction came, or departed, at `instant`."""
    connection.execute(
        update(feeds)
        .where(feeds.c.kind == SelectionKind.CORRECTIONS, feeds.c.updated < instant)
        .values(updated=instant)
    )


def count_entry(connection: Connection, entry_id: int, by: int) -> None:
    """Add `by` to the entry counts of an entry's feeds: it went (-1) or came back (+1)."""
    _count(connection, feeds_of_entry(connection, entry_id), by)


def _count(connection: Connection, feed_ids: Sequence[int], by: int) -> None:
    if feed_ids:
        connection.execute(
            update(feeds)
            .where(feeds.c.id.in_(feed_ids))
            .values(entry_count=feeds.c.entry_count + by)
        )


def _find_or_make(
    work: Publishing, wanted: Sequence[Membership], updated: datetime
) -> Mapping[tuple[str, str], int]:
    unmet: dict[tuple[str, str], Membership] = {}
    for membership in wanted:
        if membership.key not in work.feed_ids:
            unmet.setdefault(membership.key, membership)
    work.feed_ids.update(find_feeds(work.connection, list(unmet)))
    for key, membership in unmet.items():
        if key not in work.feed_ids:
            work.feed_ids[key] = _make(work, membership, updated)
    return work.feed_ids


def _make(work: Publishing, membership: Membership, updated: datetime) -> int:
    kind, key = membership.key
    slug = free_slug(work.connection, kind, membership.name)
    made: int = work.connection.execute(
        insert(feeds)
        .values(
            guid=mint_guid(),
            kind=kind,
            key=key,
            slug=slug,
            name=membership.name,
            person_kind=membership.person_kind,
            updated=updated,
            entry_count=0,
        )
        .returning(feeds.c.id)
    ).scalar_one()
    return made


_FEEDS = select(feeds, custom_feeds.c.presentation, custom_feeds.c.retired_at).outerjoin(
    custom_feeds, custom_feeds.c.feed_id == feeds.c.id
)


def fetch_feed(connection: Connection, selection: Selection) -> tuple[int, Feed]:
    """The feed of a selection, and its number in the store.

    Raises NotFound, FeedRenamed, FeedGone.
    """
    row = connection.execute(
        _FEEDS.where(feeds.c.kind == selection.kind, feeds.c.slug == selection.slug)
    ).one_or_none()
    if row is None:
        check_former_slug(connection, selection)
        raise NotFound(f"there has never been a {selection.kind} named {selection.slug!r}")
    if row.retired_at:
        raise FeedGone(f"the feed {selection.slug!r} was taken away")
    return row.id, _feed(row)


def list_feeds(connection: Connection, *, unlisted_too: bool = False) -> list[Feed]:
    """Every feed, the largest first, those of one size by name.

    unlisted_too: custom feeds, besides, that are declared no more.
    """
    query = _FEEDS.order_by(feeds.c.entry_count.desc(), feeds.c.key)
    if not unlisted_too:
        is_custom = feeds.c.kind == SelectionKind.CUSTOM
        query = query.where(or_(~is_custom, custom_feeds.c.is_declared.is_(True)))
    return [_feed(row) for row in connection.execute(query)]


def _feed(row: Row[tuple[object, ...]]) -> Feed:
    kind = SelectionKind(row.kind)
    return Feed(
        guid=row.guid,
        selection=Selection(kind=kind, slug=row.slug),
        name=row.name,
        updated=row.updated,
        language=row.name if kind is SelectionKind.LANGUAGE else None,
        entry_count=row.entry_count,
        presentation=presentation(row.presentation or {}),
    )


def presentation(values: Mapping[str, Any]) -> Presentation:  # Any: JSON
    """How a custom feed shows its entries, as the store keeps it."""
    shown = Presentation(**values)
    return replace(
        shown, entry_dates=EntryDates(shown.entry_dates), content=FeedContent(shown.content)
    )
