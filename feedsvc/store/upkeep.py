"""Keeping a store small and fast: what may go goes, in short transactions; space is given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, exists, func, select

from feedsvc.clock import Clock
from feedsvc.store.backup import execute_alone
from feedsvc.store.compacting import compact
from feedsvc.store.engine import Store
from feedsvc.store.publishing import publishing
from feedsvc.store.schema import (
    audit_events,
    documents,
    originals,
    publication,
    revisions,
    run_outcomes,
    runs,
    tries,
)

T = TypeVar("T")

_AT_ONCE = 200
_READ_AT_ONCE = 1_000
_SHORT_ROWS_AT_ONCE = 2_000


def prune_revisions(
    store: Store, clock: Clock, *, before: datetime, keep: int, goes_on: Callable[[], bool]
) -> int:
    """Remove revisions replaced before an instant, but for the newest `keep` of each entry.

    goes_on: asked before each transaction. Answers how many went.
    """
    newer = revisions.alias()
    newest = (
        select(func.max(newer.c.number))
        .where(newer.c.entry_id == revisions.c.entry_id)
        .scalar_subquery()
    )
    goes = and_(revisions.c.replaced_at < before, revisions.c.number <= newest - keep)
    gone = 0
    for ids in _walk(store, revisions.c.entry_id, goes, after=0, goes_on=goes_on):
        with publishing(store, None, clock) as work:
            connection = work.connection
            these = and_(goes, revisions.c.entry_id.in_(ids))
            corrected = select(revisions.c.number).where(
                these, revisions.c.corrected_at.is_not(None)
            )
            # Readers see it in the feed of corrections, which ends earlier now.
            work.changed |= connection.scalar(corrected.limit(1)) is not None
            gone += connection.execute(delete(revisions).where(these)).rowcount
    return gone


def prune_originals(store: Store, *, goes_on: Callable[[], bool]) -> int:
    """Remove the bytes that no document has any more; answers of how many documents."""
    unused = ~exists().where(documents.c.sha256 == originals.c.sha256)
    gone = 0
    for hashes in _walk(store, originals.c.sha256, unused, after=b"", goes_on=goes_on):
        with store.writing() as connection:
            _hold_publishing(connection)
            gone += connection.execute(
                delete(originals).where(unused, originals.c.sha256.in_(hashes))
            ).rowcount
    return gone


def _walk(
    store: Store,
    key: Column[T],
    goes: ColumnElement[bool],
    *,
    after: T,
    goes_on: Callable[[], bool],
) -> Iterator[list[T]]:
    """Go through a table by its primary key; give out the keys of rows that may go, some at once.

    key: its first column; after: less than any key. However few may go, a statement looks at no
    more than some rows: at millions it would take longer than PostgreSQL lets it, and than a stop
    waits.
    """
    some = select(key, goes).order_by(*key.table.primary_key).limit(_READ_AT_ONCE)
    found: list[T] = []
    is_end = False
    while not is_end and goes_on():
        with store.reading() as connection:
            rows = connection.execute(some.where(key > after)).all()
        found += dict.fromkeys(row[0] for row in rows if row[1])
        is_end = len(rows) < _READ_AT_ONCE
        after = rows[-1][0] if rows else after
        while (len(found) >= _AT_ONCE or (found and is_end)) and goes_on():
            yield found[:_AT_ONCE]
            del found[:_AT_ONCE]


def prune_runs(store: Store, *, before: datetime, goes_on: Callable[[], bool]) -> int:
    """Remove runs that ended before an instant, and what became of each document in them.

    Answers how many went.
    """
    old = runs.c.finished_at < before
    gone = 0
    while goes_on():
        with store.writing() as connection:
            number = connection.scalar(select(runs.c.number).where(old).limit(1))
            if number is None:
                break
            of_run = run_outcomes.c.run_number == number
            some = select(run_outcomes.c.position).where(of_run).limit(_SHORT_ROWS_AT_ONCE)
            removed = connection.execute(
                delete(run_outcomes).where(of_run, run_outcomes.c.position.in_(some))
            )
            if removed.rowcount < _SHORT_ROWS_AT_ONCE:
                gone += connection.execute(delete(runs).where(runs.c.number == number)).rowcount
    return gone


def prune_tries(store: Store, *, before: datetime) -> None:
    """Forget how often documents were tried whose last try was before an instant."""
    with store.writing() as connection:
        connection.execute(delete(tries).where(tries.c.last_at < before))


def prune_audit(store: Store, *, before: datetime, goes_on: Callable[[], bool]) -> int:
    """Remove what was written down before an instant of who did what; answers how much."""
    old = select(audit_events.c.id).where(audit_events.c.at < before).limit(_SHORT_ROWS_AT_ONCE)
    gone = 0
    while goes_on():
        with store.writing() as connection:
            removed = connection.execute(delete(audit_events).where(audit_events.c.id.in_(old)))
        gone += removed.rowcount
        if removed.rowcount < _SHORT_ROWS_AT_ONCE:
            break
    return gone


def _hold_publishing(connection: Connection) -> None:
    """Keep a document from being published whose bytes, found here already, are just going."""
    connection.execute(select(publication.c.id).with_for_update())


def optimize(store: Store) -> None:
    """Let the database look at its statistics, and SQLite empty its log into its file."""
    if store.is_sqlite:
        execute_alone(store, "PRAGMA optimize", "PRAGMA wal_checkpoint(TRUNCATE)")


def vacuum(store: Store) -> None:
    """Give back unused space. On SQLite, whoever wants to write waits until it is done."""
    if store.sqlite_path:
        compact(store, store.sqlite_path)
        return
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        store.lift_limits(connection)
        connection.exec_driver_sql("VACUUM (ANALYZE)")


def size_bytes(store: Store) -> int:
    """The room a store takes: its file, or the database on the server."""
    if store.sqlite_path:
        return store.sqlite_path.stat().st_size
    with store.reading() as connection:
        size: int = connection.execute(
            select(func.pg_database_size(func.current_database()))
        ).scalar_one()
    return size
