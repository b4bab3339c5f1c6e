"""Which entries lie in custom feeds: decided anew for every entry that has changed, and for all
when a declaration has.

What a feed selects stands in the store, so that every process that publishes decides alike.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from feedsvc.model.declared import Matcher, Rule, Selectable
from feedsvc.model.document import DocumentPath
from feedsvc.model.entry import EntryState
from feedsvc.model.ids import fold
from feedsvc.model.selection import SelectionKind
from feedsvc.store.feed_names import names_today
from feedsvc.store.schema import (
    custom_feeds,
    document_entries,
    documents,
    entries,
    feed_entries,
    feeds,
)

_ENTRIES_AT_ONCE = 200
_NAMING_KINDS = (SelectionKind.SOURCE, SelectionKind.AUTHOR, SelectionKind.TAG)
IS_SELECTING = custom_feeds.c.is_declared.is_(True) & custom_feeds.c.retired_at.is_(None)

_TAG = re.compile("<[^>]*>")
# Within words.
_INLINE_TAG = re.compile("</?(?:a|abbr|b|code|em|i|mark|s|small|span|strong|sub|sup|u)(?: [^>]*)?>")

AnyRow = Row[tuple[Any, ...]]  # Any: columns of many types


@dataclass(frozen=True, kw_only=True)
class _Declared:
    """The feeds that select now. by_feed: what each selects."""

    by_feed: Mapping[int, Matcher]
    asks_for_text: bool
    asks_for_paths: bool


@dataclass(kw_only=True)
class _Changes:
    """What becomes of members. live: by how many each feed's count changes."""

    joining: list[dict[str, int]] = field(default_factory=list)
    rejoining: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    leaving: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    live: Counter[int] = field(default_factory=Counter)
    departed_from: set[int] = field(default_factory=set)
    newest: dict[int, datetime] = field(default_factory=dict)


def decide_members(
    connection: Connection, entry_ids: Collection[int], next_instant: Callable[[], datetime]
) -> bool:
    """Let entries lie in just those custom feeds that select them; answers whether any moved.

    One that joins takes its place by its sequence; one that leaves is recorded as a departure, at
    an instant that next_instant gives. Numbers that no entry has are passed over.
    """
    declared = _fetch_declared(connection)
    if not declared.by_feed:
        return False
    moved = False
    numbers = sorted(entry_ids)
    for first in range(0, len(numbers), _ENTRIES_AT_ONCE):
        some = numbers[first : first + _ENTRIES_AT_ONCE]
        moved |= _apply(connection, _decide(connection, declared, some), next_instant)
    return moved


def decide_next(connection: Connection, next_instant: Callable[[], datetime]) -> bool | None:
    """Decide on the newest entries on which a changed declaration is undecided.

    Answers whether any moved; None if there was nothing left to decide.
    """
    undecided = custom_feeds.c.undecided_below
    top = connection.scalar(select(func.max(undecided)).where(IS_SELECTING))
    if top is None:
        return None
    rows = connection.execute(
        select(entries.c.id, entries.c.sequence)
        .where(entries.c.sequence < top)
        .order_by(entries.c.sequence.desc())
        .limit(_ENTRIES_AT_ONCE)
    ).all()
    moved = decide_members(connection, [row.id for row in rows], next_instant)
    # Deciding twice on an entry changes nothing: feeds that were further ahead are not held up.
    reached = rows[-1].sequence if rows else None
    ahead = undecided > reached if rows else undecided.is_not(None)
    connection.execute(update(custom_feeds).where(ahead).values(undecided_below=reached))
    return moved


def decide_all_again(connection: Connection, last_sequence: int) -> None:
    """Have every feed decide anew on every entry: what a name stands for has changed."""
    connection.execute(
        update(custom_feeds).where(IS_SELECTING).values(undecided_below=last_sequence + 1)
    )


def is_undecided(connection: Connection) -> bool:
    """Whether there are entries for which a changed declaration was not looked at yet."""
    undecided = custom_feeds.c.undecided_below.is_not(None)
    found = select(custom_feeds.c.feed_id).where(IS_SELECTING, undecided).limit(1)
    return connection.scalar(found) is not None


def _fetch_declared(connection: Connection) -> _Declared:
    rows = connection.execute(
        select(custom_feeds.c.feed_id, custom_feeds.c.rule).where(IS_SELECTING)
    )
    rules = {row.feed_id: Rule.from_json(row.rule) for row in rows}
    names = sorted({name for rule in rules.values() for name in rule.names})
    today = {key: fold(name) for key, name in names_today(connection, names).items()}
    return _Declared(
        by_feed={feed_id: Matcher(rule, today) for feed_id, rule in rules.items()},
        asks_for_text=any(rule.words for rule in rules.values()),
        asks_for_paths=any(rule.paths for rule in rules.values()),
    )


def _decide(connection: Connection, declared: _Declared, numbers: Sequence[int]) -> _Changes:
    changes = _Changes()
    there = _memberships(connection, declared.by_feed, numbers)
    for row, entry in _selectables(connection, declared, numbers):
        is_live = row.state == EntryState.LIVE
        for feed_id, matcher in declared.by_feed.items():
            was = there.get((feed_id, row.id))
            if matcher.matches(entry):
                _note_member(changes, feed_id, row, was, is_live=is_live)
            elif was:
                changes.leaving[feed_id].append(row.sequence)
                if is_live:
                    changes.live[feed_id] -= 1
                    changes.departed_from.add(feed_id)
    return changes


def _note_member(
    changes: _Changes, feed_id: int, row: AnyRow, was: bool | None, *, is_live: bool
) -> None:
    """was: whether it is a member already; None if it never was."""
    if was is None:
        changes.joining.append(
            {"feed_id": feed_id, "sequence": row.sequence, "entry_id": row.id, "position": 0}
        )
    elif not was:
        changes.rejoining[feed_id].append(row.sequence)
    if is_live:
        changes.live[feed_id] += not was
        # Those that stay as well: their `updated` may have moved.
        changes.newest[feed_id] = max(row.updated, changes.newest.get(feed_id, row.updated))


def _memberships(
    connection: Connection, feed_ids: Collection[int], numbers: Sequence[int]
) -> dict[tuple[int, int], bool]:
    """By feed and entry, whether the one lies in the other; left out where it never did."""
    at = feed_entries.c
    rows = connection.execute(
        select(at.feed_id, at.entry_id, at.left_at).where(
            at.entry_id.in_(numbers), at.feed_id.in_(feed_ids)
        )
    )
    return {(row.feed_id, row.entry_id): row.left_at is None for row in rows}


def _selectables(
    connection: Connection, declared: _Declared, numbers: Sequence[int]
) -> Iterator[tuple[AnyRow, Selectable]]:
    columns = [
        *(entries.c.id, entries.c.sequence, entries.c.state, entries.c.updated),
        *(entries.c.language, entries.c.published),
        *((entries.c.title, entries.c.html) if declared.asks_for_text else ()),
    ]
    rows = connection.execute(select(*columns).where(entries.c.id.in_(numbers))).all()
    names = _names(connection, numbers)
    paths = _paths(connection, numbers) if declared.asks_for_paths else {}
    for row in rows:
        yield (
            row,
            Selectable(
                names={kind: frozenset(keys) for kind, keys in names.get(row.id, {}).items()},
                language=row.language,
                published=row.published,
                text=f"{row.title}\n{_plain(row.html)}" if declared.asks_for_text else "",
                paths=paths.get(row.id, ()),
            ),
        )


def _plain(html: str) -> str:
    """The text of a sanitized body."""
    return unescape(_TAG.sub(" ", _INLINE_TAG.sub("", html)))


def _names(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, set[str]]]:
    """By entry and kind, the folded names of the feeds that it lies in."""
    found: dict[int, dict[str, set[str]]] = {}
    rows = connection.execute(
        select(feed_entries.c.entry_id, feeds.c.kind, feeds.c.key)
        .join(feeds, feeds.c.id == feed_entries.c.feed_id)
        .where(
            feed_entries.c.entry_id.in_(numbers),
            feed_entries.c.left_at.is_(None),
            feeds.c.kind.in_(_NAMING_KINDS),
        )
    )
    for entry_id, kind, key in rows:
        found.setdefault(entry_id, {}).setdefault(kind, set()).add(key)
    return found


def _paths(connection: Connection, numbers: Sequence[int]) -> dict[int, list[DocumentPath]]:
    """By entry, where its documents lie, or lay when they were seen last."""
    found: dict[int, list[DocumentPath]] = {}
    rows = connection.execute(
        select(document_entries.c.entry_id, documents.c.root, documents.c.path)
        .join(documents, documents.c.id == document_entries.c.document_id)
        .where(document_entries.c.entry_id.in_(numbers))
    )
    for entry_id, root, path in rows:
        found.setdefault(entry_id, []).append(DocumentPath(root=root, path=path))
    return found


def _apply(connection: Connection, changes: _Changes, next_instant: Callable[[], datetime]) -> bool:
    at = feed_entries.c
    if changes.joining:
        connection.execute(insert(feed_entries), changes.joining)
    for feed_id, sequences in changes.rejoining.items():
        connection.execute(
            update(feed_entries)
            .where(at.feed_id == feed_id, at.sequence.in_(sequences))
            .values(left_at=None)
        )
    instants = dict(changes.newest)
    if changes.leaving:
        instant = next_instant()
        for feed_id, sequences in changes.leaving.items():
            connection.execute(
                update(feed_entries)
                .where(at.feed_id == feed_id, at.sequence.in_(sequences))
                .values(left_at=instant)
            )
        instants |= dict.fromkeys(changes.departed_from, instant)
    for feed_id, instant in instants.items():
        this = feeds.c.id == feed_id
        connection.execute(
            update(feeds).where(this, feeds.c.updated < instant).values(updated=instant)
        )
    for feed_id, by in changes.live.items():
        connection.execute(
            update(feeds).where(feeds.c.id == feed_id).values(entry_count=feeds.c.entry_count + by)
        )
    return bool(changes.joining or changes.rejoining or changes.leaving)
