"""Corrections: the significant edits of live entries, as their revisions remember them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Select, func, select, type_coerce

from feedsvc.clock import to_microseconds
from feedsvc.model.archive import ArchiveRange
from feedsvc.model.correction import Correction, Wording
from feedsvc.model.entry import EntryState
from feedsvc.model.ids import fold
from feedsvc.model.selection import SelectionKind
from feedsvc.store.entries import author_names
from feedsvc.store.feed_names import feed_names, find_feeds
from feedsvc.store.schema import entries, publication, revisions

_next = revisions.alias("next")
_later = revisions.alias("later")
_next_number = (
    select(func.min(_later.c.number))
    .where(_later.c.entry_id == revisions.c.entry_id, _later.c.number > revisions.c.number)
    .correlate(revisions)
    .scalar_subquery()
)
# What an edit changed lies between its revision and the next, or the entry as it is now.
_BETWEEN = revisions.join(entries, entries.c.id == revisions.c.entry_id).outerjoin(
    _next, (_next.c.entry_id == revisions.c.entry_id) & (_next.c.number == _next_number)
)
_CORRECTIONS = (
    select(
        revisions.c.guid,
        revisions.c.corrected_at,
        revisions.c.entry_id,
        revisions.c.number,
        revisions.c.fields.label("before"),
        _next.c.fields.label("after"),
        entries.c.short_id,
        entries.c.slug,
        entries.c.title,
        entries.c.canonical_url,
        entries.c.language,
    )
    .select_from(_BETWEEN)
    .where(revisions.c.corrected_at.is_not(None), entries.c.state == EntryState.LIVE)
    .order_by(revisions.c.corrected_at.desc())
)
# As the store keeps an instant, and so beyond the years that `datetime` knows.
_NUMBER = type_coerce(revisions.c.corrected_at, BigInteger)
AnyRow = Row[tuple[Any, ...]]  # Any: columns of many types


def select_corrections(
    connection: Connection, *, before: datetime | None, limit: int
) -> list[Correction]:
    """The newest corrections of live entries, newest first; only those before an instant."""
    query = _CORRECTIONS.limit(limit)
    if before is not None:
        query = query.where(revisions.c.corrected_at < before)
    return _fetch(connection, query)


class CorrectionNumbers:
    """The corrections that are kept, by numbers as archive documents are made of them.

    A correction's number is its instant in microseconds since 1970: unique, and given in the order
    of commits like a sequence number. Those of entries that departed count too.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def up_to(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` numbers up to `number`, itself included, the largest first."""
        found = select(_NUMBER).where(number >= _NUMBER).order_by(_NUMBER.desc()).limit(limit)
        return self._connection.scalars(found).all()

    def beyond(self, number: int, limit: int) -> Sequence[int]:
        """At most `limit` numbers above `number`, the smallest first."""
        found = select(_NUMBER).where(number < _NUMBER).order_by(_NUMBER).limit(limit)
        return self._connection.scalars(found).all()


@dataclass(frozen=True, kw_only=True)
class CorrectionsWithin:
    """What lies in a range. changed_at: of the last correction or departure; None: nothing does."""

    corrections: tuple[Correction, ...]
    changed_at: datetime | None


def corrections_within(connection: Connection, wanted: ArchiveRange) -> CorrectionsWithin:
    """The corrections of live entries in a range of numbers, newest first."""
    lies_within = _NUMBER.between(wanted.first, wanted.last)
    corrected_at, departed_at = connection.execute(
        select(func.max(revisions.c.corrected_at), func.max(entries.c.departed_at))
        .join(entries, entries.c.id == revisions.c.entry_id)
        .where(lies_within)
    ).one()
    return CorrectionsWithin(
        corrections=tuple(_fetch(connection, _CORRECTIONS.where(lies_within))),
        changed_at=max(filter(None, (corrected_at, departed_at)), default=None),
    )


def last_number(connection: Connection) -> int:
    """The number up to which no correction can be made any more."""
    instant: datetime = connection.execute(select(publication.c.last_instant)).scalar_one()
    return to_microseconds(instant)


def corrections_of(connection: Connection, short_id: str) -> list[Correction]:
    """The corrections of one entry that are kept, newest first; none unless it is live."""
    return _fetch(connection, _CORRECTIONS.where(entries.c.short_id == short_id))


def fetch_bodies(connection: Connection, correction: Correction) -> tuple[str, str]:
    """The body of an entry before a correction and after it."""
    row = connection.execute(
        select(revisions.c.html, func.coalesce(_next.c.html, entries.c.html).label("after"))
        .select_from(_BETWEEN)
        .where(revisions.c.entry_id == correction.entry_id, revisions.c.number == correction.number)
    ).one()
    return row.html, row.after


def _fetch(connection: Connection, query: Select[tuple[Any, ...]]) -> list[Correction]:
    rows: Sequence[AnyRow] = connection.execute(query).all()
    authors = author_names(connection, [row.entry_id for row in rows if row.after is None])
    said = [fields for row in rows for fields in (row.before, row.after) if fields]
    names = _names_today(connection, {name for fields in said for name in fields["authors"]})
    return [_correction(row, authors, names) for row in rows]


def _names_today(connection: Connection, names: set[str]) -> dict[str, str]:
    """What authors of these names are called now: that they were renamed corrects no article."""
    key_of = {name: (SelectionKind.AUTHOR.value, fold(name)) for name in names}
    found = find_feeds(connection, sorted(set(key_of.values())))
    called = feed_names(connection, sorted(set(found.values())))
    return {name: called[found[key]] for name, key in key_of.items() if key in found}


def _correction(
    row: AnyRow, authors: Mapping[int, tuple[str, ...]], names: Mapping[str, str]
) -> Correction:
    after = Wording(
        title=row.title,
        authors=authors.get(row.entry_id, ()),
        link=row.canonical_url,
        language=row.language,
    )
    return Correction(
        guid=row.guid,
        corrected_at=row.corrected_at,
        entry_id=row.entry_id,
        number=row.number,
        short_id=row.short_id,
        slug=row.slug,
        before=_wording(row.before, names),
        after=after if row.after is None else _wording(row.after, names),
    )


def _wording(fields: Mapping[str, Any], names: Mapping[str, str]) -> Wording:  # Any: JSON
    return Wording(
        title=fields["title"],
        authors=tuple(names.get(name, name) for name in fields["authors"]),
        link=fields["canonical_url"],
        language=fields["language"],
    )
