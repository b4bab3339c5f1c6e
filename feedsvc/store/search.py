"""The full-text index: `entry_terms`, an FTS5 table on SQLite, a tsvector with GIN on PostgreSQL.

Both hold the terms that `model/terms.py` makes, and so find the same. A row's number is the
sequence of a live entry, or minus the instant, in microseconds, at which an entry departed or said
something else than these terms. So the newest matches stand at one end of the numbers and the
latest departure from what is searched at the other: neither is ever sorted for.

A source, author or tag that is renamed is found by the name it had, until its entries are edited or
the index is made anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.sql.elements import TextClause

from feedsvc.clock import from_microseconds, to_microseconds
from feedsvc.model.archive import ArchiveRange
from feedsvc.model.entry import Entry, EntryDraft, EntryState
from feedsvc.model.feed import Candidate
from feedsvc.model.search import Phrase, SearchQuery
from feedsvc.model.terms import Terms, terms_of_article, terms_of_html
from feedsvc.store.schema import departed_terms, entries, search_index

_LAST = 2**63 - 1
# PostgreSQL looks at so many of the newest rows themselves before it asks the index, which knows
# no order: whatever is common is found among them.
_NEWEST = 500
# So many candidates are enough for most feeds; then the rest of what there may be is fetched.
_FIRST_PAGE = 64
# tsvector counts no further: what stands here is next to nothing, and found by itself alone.
_LOOSE_PLACE = 16_383


def terms_of_draft(draft: EntryDraft) -> Terms:
    """The terms of an entry as this draft, with the names of today, will have it."""
    return terms_of_article(
        title=draft.title,
        summary=draft.summary,
        source=draft.source,
        names=[person.name for person in draft.authors],
        tags=draft.tags,
        body=draft.body_terms or terms_of_html(draft.html),
    )


def terms_of_entry(entry: Entry) -> Terms:
    """The terms of an entry as it is stored."""
    return terms_of_article(
        title=entry.title,
        summary=entry.summary,
        source=entry.source.name if entry.source else None,
        names=[person.name for person in entry.authors],
        tags=[category.label for category in entry.categories],
        body=terms_of_html(entry.html),
    )


# Writing: in the publishing transaction that changes the entries


def index_terms(connection: Connection, terms: Mapping[int, Terms]) -> None:
    """Add rows to the index, by their numbers."""
    if not terms:
        return
    if _is_sqlite(connection):
        connection.execute(
            _ADD_SQLITE,
            [{"number": n, "ordered": t.ordered, "loose": t.loose} for n, t in terms.items()],
        )
    else:
        connection.execute(
            _ADD_POSTGRESQL, [{"number": n, "words": _tsvector(t)} for n, t in terms.items()]
        )


def remove_from_index(connection: Connection, sequence: int) -> None:
    """Let no search find this entry any more."""
    connection.execute(_REMOVE[connection.dialect.name], {"number": sequence})


def record_departure(connection: Connection, terms: Terms, instant: datetime) -> None:
    """Record that at `instant` an entry ceased to be what these terms find.

    The feeds of searches date themselves by it. instant: no other departure has it.
    """
    packed = zlib.compress(f"{terms.ordered}\n{terms.loose}".encode(), 6)
    connection.execute(insert(departed_terms).values(departed_at=instant, zlib_terms=packed))
    index_terms(connection, {-to_microseconds(instant): terms})


_ADD_SQLITE = text(
    "INSERT INTO entry_terms (rowid, ordered, loose) VALUES (:number, :ordered, :loose)"
)
_ADD_POSTGRESQL = text(
    "INSERT INTO entry_terms (number, words) VALUES (:number, CAST(:words AS tsvector))"
)
_REMOVE = {
    "sqlite": text("DELETE FROM entry_terms WHERE rowid = :number"),
    "postgresql": text("DELETE FROM entry_terms WHERE number = :number"),
}


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _tsvector(terms: Terms) -> str:
    """The terms as PostgreSQL writes a tsvector: no parser of its sees them."""
    lexemes = [f"'{term}':{','.join(map(str, at))}" for term, at in terms.places.items()]
    loose = (f"'{t}':{_LOOSE_PLACE}" for t in terms.loose.split() if t not in terms.places)
    return " ".join([*lexemes, *loose])


# Finding

CANDIDATE_COLUMNS = (
    entries.c.id,
    entries.c.sequence,
    entries.c.arrived_at,
    entries.c.feed_bytes,
)


def candidate_of(row: Any) -> Candidate:  # Any: a row of those columns
    """What a row of `CANDIDATE_COLUMNS` says."""
    return Candidate(
        entry_id=row.id,
        sequence=row.sequence,
        arrived_at=row.arrived_at,
        body_bytes=row.feed_bytes,
    )


def find_matches(
    connection: Connection,
    query: SearchQuery,
    *,
    above: int = 0,
    below: int = _LAST,
    newest_first: bool = True,
    limit: int,
) -> Sequence[int]:
    """The sequences of live entries that match, between two of them (neither is included).

    With `limit=1` this is the nearest match below `below`, or, the oldest first, above `above`.
    """
    bounds = {"above": above, "below": below, "limit": limit}
    order = "DESC" if newest_first else "ASC"
    if _is_sqlite(connection):
        found = text(
            "SELECT rowid FROM entry_terms WHERE entry_terms MATCH :query "  # noqa: S608
            f"AND rowid > :above AND rowid < :below ORDER BY rowid {order} LIMIT :limit"
        )
        return connection.scalars(found, {**bounds, "query": _fts5(query)}).all()
    return _find_on_postgresql(connection, query, bounds, order)


def select_matching(
    connection: Connection, query: SearchQuery, limit: int, *, below: int | None = None
) -> Iterator[Candidate]:
    """The newest live entries that match, newest first: `select_candidates` for a search."""
    below = _LAST if below is None else below
    page = _FIRST_PAGE
    while limit:
        page = min(page, limit)
        found = find_matches(connection, query, below=below, limit=page)
        rows = connection.execute(
            select(*CANDIDATE_COLUMNS)
            .where(entries.c.sequence.in_(found), entries.c.state == EntryState.LIVE)
            .order_by(entries.c.sequence.desc())
        ).all()
        yield from map(candidate_of, rows)
        if len(found) < page:
            return
        limit -= page
        page, below = limit, found[-1]


class MatchingEntries:
    """The live entries that match, by their sequences, as archive documents are made of them."""

    def __init__(self, connection: Connection, query: SearchQuery) -> None:
        self._connection = connection
        self._query = query

    def up_to(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` numbers up to `number`, itself included, the largest first."""
        return find_matches(self._connection, self._query, below=number + 1, limit=limit)

    def beyond(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` numbers above `number`, the smallest first."""
        return find_matches(
            self._connection, self._query, above=number, newest_first=False, limit=limit
        )

    def within(self, wanted: ArchiveRange) -> Sequence[int]:
        """All numbers in a range."""
        return find_matches(
            self._connection,
            self._query,
            above=wanted.first - 1,
            below=wanted.last + 1,
            limit=wanted.size,
        )


def last_departure(connection: Connection, query: SearchQuery) -> datetime | None:
    """When an entry that matched departed last, or said something else; None if none ever did."""
    found = find_matches(connection, query, above=-_LAST, below=0, newest_first=False, limit=1)
    return from_microseconds(-found[0]) if found else None


def search_began(connection: Connection) -> datetime:
    """The instant that dates a search in which there has never been anything."""
    began: datetime = connection.execute(select(search_index.c.made_at)).scalar_one()
    return began


def indexed_numbers(connection: Connection) -> Sequence[int]:
    """The numbers of all rows."""
    number = "rowid" if _is_sqlite(connection) else "number"
    return connection.scalars(text(f"SELECT {number} FROM entry_terms")).all()  # noqa: S608


def _fts5(query: SearchQuery) -> str:
    required = " AND ".join(map(_fts5_phrase, query.required))
    if not query.excluded:
        return required
    return f"({required}) NOT ({' OR '.join(map(_fts5_phrase, query.excluded))})"


def _fts5_phrase(phrase: Phrase) -> str:
    # A phrase is one of `ordered`: what is loose has no neighbours.
    column = "ordered : " if len(phrase) > 1 else ""
    return f'({column}"{" ".join(phrase)}")'


def _tsquery(query: SearchQuery) -> str:
    excluded = [f"!{_tsquery_phrase(phrase)}" for phrase in query.excluded]
    return " & ".join([*map(_tsquery_phrase, query.required), *excluded])


def _tsquery_phrase(phrase: Phrase) -> str:
    terms = " <-> ".join(f"'{term}'" for term in phrase)
    return f"({terms})"


def _tsquery_words(query: SearchQuery) -> str:
    """What the index can say by itself, without a look at where words stand."""
    return " & ".join(sorted({f"'{term}'" for phrase in query.required for term in phrase}))


def _find_on_postgresql(
    connection: Connection, query: SearchQuery, bounds: Mapping[str, int], order: str
) -> Sequence[int]:
    """Look at the first rows of the range themselves; then at what the index finds, in order.

    Left to itself, the planner would sort all matches of a common word, or walk a million rows to
    find a rare one, by how common it takes words to be.
    """
    asked = {**bounds, "query": _tsquery(query), "first": _NEWEST}
    found = [*connection.scalars(_first_matches(order), asked)]
    if len(found) == bounds["limit"]:
        return found
    last = connection.scalar(_last_looked_at(order), {**asked, "before_last": _NEWEST - 1})
    if last is None:
        return found
    rest = {**asked, "limit": bounds["limit"] - len(found), "words": _tsquery_words(query)}
    rest["below" if order == "DESC" else "above"] = last
    # A row costs more to look at than the planner thinks: its words lie apart, compressed.
    connection.execute(_WITHOUT_WALKS)
    found += connection.scalars(_indexed_rows(order), rest)
    connection.execute(_WITH_WALKS)
    return found


def _first_matches(order: str) -> TextClause:
    return text(
        "SELECT number FROM (SELECT number, words FROM entry_terms "  # noqa: S608
        f"WHERE number > :above AND number < :below ORDER BY number {order} LIMIT :first) AS row "
        f"WHERE words @@ CAST(:query AS tsquery) ORDER BY number {order} LIMIT :limit"
    )


def _last_looked_at(order: str) -> TextClause:
    return text(
        "SELECT number FROM entry_terms WHERE number > :above AND number < :below "  # noqa: S608
        f"ORDER BY number {order} LIMIT 1 OFFSET :before_last"
    )


def _indexed_rows(order: str) -> TextClause:
    return text(
        "WITH found AS MATERIALIZED ("  # noqa: S608
        "SELECT number FROM entry_terms WHERE words @@ CAST(:words AS tsquery)) "
        "SELECT number FROM (SELECT number FROM found WHERE number > :above AND number < :below "
        f"ORDER BY number {order} OFFSET 0) AS candidate "
        # One after another, until there are enough: phrases are only now looked for.
        "WHERE (SELECT words @@ CAST(:query AS tsquery) FROM entry_terms AS row "
        f"WHERE row.number = candidate.number) ORDER BY number {order} LIMIT :limit"
    )


_WITHOUT_WALKS = text("SET LOCAL enable_seqscan = off")
_WITH_WALKS = text("SET LOCAL enable_seqscan TO DEFAULT")
