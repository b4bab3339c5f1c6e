"""Making the full-text index anew, from the entries and from what is kept of departures.

Nothing stands in it that does not stand elsewhere: it is made by whoever migrates a store, or
restores one on another kind of database.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select, text, update

from feedsvc.clock import EPOCH, to_microseconds
from feedsvc.model.entry import EntryState
from feedsvc.model.terms import RULES, Terms
from feedsvc.store.entries import fetch_entries
from feedsvc.store.schema import departed_terms, entries, search_index
from feedsvc.store.search import index_terms, terms_of_entry

log = logging.getLogger(__name__)

_AT_ONCE = 200


def is_index_made(connection: Connection) -> bool:
    """Whether the index was made by today's rules."""
    return connection.scalar(select(search_index.c.rules)) == RULES


def make_index(connection: Connection) -> None:
    """Make the index anew, in bounded memory; as long as it takes."""
    connection.execute(text("DELETE FROM entry_terms"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP INDEX ix_entry_terms_words"))
    made = 0
    for some in _all_terms(connection):
        index_terms(connection, some)
        made += len(some)
    if connection.dialect.name == "postgresql":
        # At once is much faster than row by row.
        connection.execute(
            text("CREATE INDEX ix_entry_terms_words ON entry_terms USING gin (words)")
        )
        connection.execute(text("ANALYZE entry_terms"))
    connection.execute(update(search_index).values(rules=RULES))
    if made:
        log.info("search index made", extra={"rows": made})


def _all_terms(connection: Connection) -> Iterator[Mapping[int, Terms]]:
    """What the index must hold, some rows at a time."""
    after = 0
    while ids := connection.execute(
        select(entries.c.id, entries.c.sequence)
        .where(entries.c.state == EntryState.LIVE, entries.c.sequence > after)
        .order_by(entries.c.sequence)
        .limit(_AT_ONCE)
    ).all():
        shown = fetch_entries(connection, [row.id for row in ids])
        yield {entry.sequence: terms_of_entry(entry) for entry in shown}
        after = ids[-1].sequence
    since = EPOCH
    while rows := connection.execute(
        select(departed_terms)
        .where(departed_terms.c.departed_at > since)
        .order_by(departed_terms.c.departed_at)
        .limit(_AT_ONCE)
    ).all():
        yield {-to_microseconds(row.departed_at): _unpacked(row.zlib_terms) for row in rows}
        since = rows[-1].departed_at


def _unpacked(packed: bytes) -> Terms:
    ordered, _, loose = zlib.decompress(packed).decode().partition("\n")
    return Terms(ordered=ordered, loose=loose)
