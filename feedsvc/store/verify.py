"""Whether a store keeps its own rules: what the database says of itself, and what we hold true."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Result, Select, and_, exists, func, or_, select
from sqlalchemy.exc import OperationalError

from feedsvc.clock import to_microseconds
from feedsvc.model.entry import EntryState
from feedsvc.model.ids import short_id
from feedsvc.model.search import SearchQuery
from feedsvc.model.selection import SelectionKind
from feedsvc.model.terms import split_terms
from feedsvc.store.engine import Store
from feedsvc.store.guid_file import GuidFile
from feedsvc.store.schema import (
    departed_terms,
    document_entries,
    documents,
    entries,
    feed_entries,
    feeds,
    guid_log,
    originals,
    publication,
)
from feedsvc.store.search import find_matches, indexed_numbers

FILE_IS_WHOLE = "the database file is whole"
_EXAMPLES = 5
_ROWS_AT_ONCE = 500
_WORDS_OF_TITLE = 8
_STEPS_BETWEEN_LOOKS = 100_000


@dataclass(frozen=True, kw_only=True)
class Verified:
    """One rule, and the first things found that break it; none: it holds."""

    rule: str
    offenders: tuple[str, ...]


def verify(store: Store) -> Iterator[Verified]:
    """Check every rule, one after another, on one moment of the store; others go on meanwhile."""
    with store.reading() as connection:
        store.lift_limits(connection)
        for rule, find in _RULES.items():
            if find in _SQLITE_ALONE and not store.is_sqlite:
                continue
            offenders = find(connection)
            yield Verified(rule=rule, offenders=tuple(islice(offenders, _EXAMPLES)))
        yield Verified(
            rule="guids.jsonl holds every guid",
            offenders=tuple(islice(_unrecorded(connection, store), _EXAMPLES)),
        )


def check_file(store: Store, *, is_quick: bool, gives_up: Callable[[], bool]) -> str | None:
    """What SQLite finds wrong with its own file, None if nothing.

    is_quick: without comparing indexes with tables. gives_up: asked now and then; what has been
    found by then, nothing, is the answer. Raises StoreError if the file cannot be read at all.
    """
    with store.reading() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(gives_up, _STEPS_BETWEEN_LOOKS)
        try:
            _read_indexes_anew(connection)
            check = "quick_check" if is_quick else "integrity_check"
            found = connection.exec_driver_sql(f"PRAGMA {check}(1)").scalar()
        except OperationalError as error:
            # SQLite's only way to stop is an error that says so.
            if "interrupted" not in str(error.orig):
                raise
            return None
        finally:
            driver.set_progress_handler(None, 0)
    return None if found == "ok" else str(found)


Finder = Callable[[Connection], Iterator[str]]


def _rows(query: Select[*tuple[object, ...]]) -> Finder:
    def find(connection: Connection) -> Iterator[str]:
        for row in connection.execute(query):
            yield " ".join(map(str, row))

    return find


def _read_indexes_anew(connection: Connection) -> None:
    """Let FTS5 see what others have written: a query does.

    The checks do not: by SQLite 3.53.4 they compare the index as this connection last knew it, and
    call it damaged where somebody has merged its segments since.
    """
    every = "SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%'"
    for (name,) in connection.exec_driver_sql(every).all():
        connection.exec_driver_sql(f'SELECT rowid FROM "{name}" LIMIT 1').all()  # noqa: S608


def _file_is_whole(connection: Connection) -> Iterator[str]:
    _read_indexes_anew(connection)
    for (found,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_EXAMPLES})"):
        if found != "ok":
            yield found


def _references(connection: Connection) -> Iterator[str]:
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"{row[0]} row {row[1]} refers to no {row[2]}"


def _guid_forms(connection: Connection) -> Iterator[str]:
    for row in _streamed(connection, select(entries.c.guid, entries.c.short_id)):
        try:
            follows = row.guid.startswith("urn:uuid:") and short_id(row.guid) == row.short_id
        except ValueError:
            follows = False
        if not follows:
            yield f"{row.guid} {row.short_id}"


def _twice(connection: Connection) -> Iterator[str]:
    for column in (entries.c.guid, entries.c.short_id, entries.c.sequence, entries.c.updated):
        twice = select(column).group_by(column).having(func.count() > 1)
        for value in connection.scalars(twice):
            yield f"{column.name} {value}"


def _bytes_are_theirs(connection: Connection) -> Iterator[str]:
    for row in _streamed(connection, select(originals)):
        try:
            raw = zlib.decompress(row.zlib_bytes)
        except zlib.error:
            raw = None
        if raw is None or hashlib.sha256(raw).digest() != row.sha256 or len(raw) != row.size_bytes:
            yield f"sha256 {row.sha256.hex()}"


def _not_indexed(connection: Connection) -> Iterator[str]:
    """What the index lacks, or should not have: entries by sequence, departures by instant."""
    live = select(entries.c.sequence).where(entries.c.state == EntryState.LIVE)
    departed = select(departed_terms.c.departed_at)
    wanted = set(connection.scalars(live)) | {
        -to_microseconds(instant) for instant in connection.scalars(departed)
    }
    for number in sorted(wanted ^ set(indexed_numbers(connection))):
        yield f"sequence {number}" if number > 0 else f"departure {-number}"


def _not_found(connection: Connection) -> Iterator[str]:
    query = select(entries.c.guid, entries.c.sequence, entries.c.title)
    for row in _streamed(connection, query.where(entries.c.state == EntryState.LIVE)):
        title = tuple(split_terms(row.title)[:_WORDS_OF_TITLE])
        if not title:
            continue  # signs alone
        search = SearchQuery(text="", required=(title,), excluded=())
        if not find_matches(
            connection, search, above=row.sequence - 1, below=row.sequence + 1, limit=1
        ):
            yield row.guid


def _unrecorded(connection: Connection, store: Store) -> Iterator[str]:
    """Entries that a lost database would not get back; none while the file is to be made anew."""
    file = GuidFile.of(store)
    known = connection.scalar(select(guid_log.c.size_bytes))
    if file is None or known is None or not file.size_bytes() or file.size_bytes() < known:
        return
    # Hashes tell millions apart in a fraction of the memory.
    recorded = set(map(hash, file.guids()))
    # What has lost all its documents has nothing left to be rebuilt from.
    linked = select(document_entries.c.entry_id)
    for row in _streamed(connection, select(entries.c.guid).where(entries.c.id.in_(linked))):
        if hash(row.guid) not in recorded:
            yield row.guid


def _streamed(
    connection: Connection, query: Select[*tuple[object, ...]]
) -> Result[*tuple[Any, ...]]:
    """Rows as they come, and never all at once. Any: columns of many types."""
    return connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE})


_lies_in_all = exists().where(
    feed_entries.c.entry_id == entries.c.id,
    feed_entries.c.left_at.is_(None),
    feed_entries.c.feed_id
    == select(feeds.c.id).where(feeds.c.kind == SelectionKind.ALL).scalar_subquery(),
)
_is_linked = exists().where(document_entries.c.document_id == documents.c.id)
_is_kept = exists().where(originals.c.sha256 == documents.c.sha256)
_shown = (
    select(
        feed_entries.c.feed_id,
        func.count().label("count"),
        func.max(entries.c.updated).label("updated"),
    )
    .join(entries, entries.c.id == feed_entries.c.entry_id)
    .where(entries.c.state == EntryState.LIVE, feed_entries.c.left_at.is_(None))
    .group_by(feed_entries.c.feed_id)
    .subquery()
)
_feeds = select(feeds.c.kind, feeds.c.slug).outerjoin(_shown, _shown.c.feed_id == feeds.c.id)
_is_live = entries.c.state == EntryState.LIVE
_has_departed = entries.c.departed_at.is_not(None)

# Each as a sentence that is true of a store in order.
_RULES: dict[str, Finder] = {
    FILE_IS_WHOLE: _file_is_whole,
    "every reference leads somewhere": _references,
    "no two entries share a guid, a short id, a sequence or an `updated`": _twice,
    "guids are UUIDs, and short ids follow from them": _guid_forms,
    "no entry is beyond the last sequence and instant given": _rows(
        select(entries.c.guid).where(
            or_(
                entries.c.sequence > select(publication.c.sequence).scalar_subquery(),
                entries.c.updated > select(publication.c.last_instant).scalar_subquery(),
            )
        )
    ),
    "what has departed is not live, and the rest is": _rows(
        select(entries.c.guid).where(
            or_(and_(_is_live, _has_departed), ~or_(_is_live, _has_departed))
        )
    ),
    "every entry lies in the feed of all entries": _rows(
        select(entries.c.guid).where(~_lies_in_all)
    ),
    "entries lie in feeds at their own sequence": _rows(
        select(entries.c.guid, feed_entries.c.feed_id)
        .join(feed_entries, feed_entries.c.entry_id == entries.c.id)
        .where(feed_entries.c.sequence != entries.c.sequence)
    ),
    "feeds count their live entries": _rows(
        _feeds.where(feeds.c.entry_count != func.coalesce(_shown.c.count, 0))
    ),
    "no feed is older than an entry in it": _rows(_feeds.where(feeds.c.updated < _shown.c.updated)),
    "an entry has at most one primary document": _rows(
        select(document_entries.c.entry_id)
        .where(document_entries.c.is_primary)
        .group_by(document_entries.c.entry_id)
        .having(func.count() > 1)
    ),
    "the bytes of every published document are kept": _rows(
        select(documents.c.root, documents.c.path).where(
            # Which they were is not known where an earlier feedsvc has lost them.
            _is_linked,
            documents.c.sha256.is_not(None),
            ~_is_kept,
        )
    ),
    "kept bytes are what they were": _bytes_are_theirs,
    "the search index holds every live entry and every departure, and no other": _not_indexed,
    "searching finds every live entry by its title": _not_found,
}
_SQLITE_ALONE = (_file_is_whole, _references)
