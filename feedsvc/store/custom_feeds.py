"""Custom feeds: declared, declared no more, taken away for good."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from feedsvc.errors import NotFound
from feedsvc.model.declared import Declaration, Rule
from feedsvc.model.feed import Presentation
from feedsvc.model.ids import mint_guid
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.store.feed_names import NamedFeed, fetch_named, touch_named
from feedsvc.store.feeds import presentation
from feedsvc.store.publishing import Publishing
from feedsvc.store.schema import custom_feeds, feeds

log = logging.getLogger(__name__)

AnyRow = Row[tuple[Any, ...]]  # Any: columns of many types

_CUSTOM = SelectionKind.CUSTOM


def declare_feeds(work: Publishing, declarations: Sequence[Declaration]) -> None:
    """Let the custom feeds of a store be those that the site declares now.

    A new one gets its guid; one that is declared again, or otherwise, keeps it. What a rule selects
    now is decided later, a part at a time. One that is declared no more stays as it is.
    """
    for declaration in declarations:
        _declare(work, declaration)
    wanted = {declaration.slug for declaration in declarations}
    for feed_id, slug in work.connection.execute(
        select(feeds.c.id, feeds.c.slug)
        .join(custom_feeds, custom_feeds.c.feed_id == feeds.c.id)
        .where(custom_feeds.c.is_declared.is_(True))
        .order_by(feeds.c.slug)
    ).all():
        if slug not in wanted:
            log.warning("feed declared no more: it takes in nothing new", extra={"slug": slug})
            _set(work, feed_id, is_declared=False)


def _declare(work: Publishing, wanted: Declaration) -> None:
    feed = _find(work.connection, wanted.slug) or _make(work, wanted)
    row = _row(work.connection, feed) or _add_row(work, feed)
    if not row.is_declared or row.retired_at or row.rule_sha256 != wanted.rule.sha256:
        log.info("feed declared", extra={"slug": wanted.slug})
        _set(
            work,
            feed.id,
            rule=wanted.rule.as_json(),
            rule_sha256=wanted.rule.sha256,
            undecided_below=work.sequence + 1,
            is_declared=True,
            retired_at=None,
        )
    if feed.name != wanted.title or presentation(row.presentation) != wanted.presentation:
        _set(work, feed.id, presentation=asdict(wanted.presentation))
        work.connection.execute(
            update(feeds).where(feeds.c.id == feed.id).values(name=wanted.title)
        )
        touch_named(work.connection, feed, work.next_instant())


def _row(connection: Connection, feed: NamedFeed) -> AnyRow | None:
    this = custom_feeds.c.feed_id == feed.id
    return connection.execute(select(custom_feeds).where(this)).one_or_none()


def _add_row(work: Publishing, feed: NamedFeed) -> AnyRow:
    """What is kept of a feed of which nothing is known but its names: it may have been rebuilt."""
    nothing = Rule()
    work.connection.execute(
        insert(custom_feeds).values(
            feed_id=feed.id,
            presentation=asdict(Presentation()),
            rule=nothing.as_json(),
            rule_sha256=nothing.sha256,
            is_declared=False,
        )
    )
    row = _row(work.connection, feed)
    assert row is not None, "it was added just now"
    return row


def _make(work: Publishing, wanted: Declaration) -> NamedFeed:
    work.connection.execute(
        insert(feeds).values(
            guid=mint_guid(),
            kind=_CUSTOM,
            key=wanted.slug,
            slug=wanted.slug,
            name=wanted.title,
            updated=work.next_instant(),
            entry_count=0,
        )
    )
    made = _find(work.connection, wanted.slug)
    assert made is not None, "it was made just now"
    return made


def _find(connection: Connection, slug: str) -> NamedFeed | None:
    try:
        return fetch_named(connection, Selection(kind=_CUSTOM, slug=slug))
    except NotFound:
        return None


def _set(work: Publishing, feed_id: int, **values: object) -> None:
    work.connection.execute(
        update(custom_feeds).where(custom_feeds.c.feed_id == feed_id).values(**values)
    )
    work.changed = True


def retire_feed(work: Publishing, feed: NamedFeed) -> None:
    """Take away for good a feed that is declared no more: whoever asks for it is told so."""
    if _row(work.connection, feed) is None:
        _add_row(work, feed)
    _set(work, feed.id, retired_at=work.next_instant(), undecided_below=None)


def is_declared(connection: Connection, feed: NamedFeed) -> bool:
    """Whether a custom feed is one that the site declares now."""
    found = select(custom_feeds.c.is_declared).where(custom_feeds.c.feed_id == feed.id)
    return bool(connection.scalar(found))
