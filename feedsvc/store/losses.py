"""How much is lost with documents that are gone, by what they gave; what was meant to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, update

from feedsvc.model.entry import BY_PERSON, EntryState
from feedsvc.store.schema import document_entries, documents, entries


def count_without_entries(connection: Connection, root: str) -> int:
    """How many documents of a root give no entry, since they were refused."""
    gives = exists().where(document_entries.c.document_id == documents.c.id)
    refused = select(func.count()).where(documents.c.stage.is_not(None), documents.c.root == root)
    return connection.scalar(refused.where(~gives)) or 0


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Documents that are gone: how many gave an entry that no person has withdrawn.

    at_stake: how many of them speak for one that is live.
    """

    documents: int
    at_stake: int

    def __add__(self, more: Lost) -> Lost:
        return Lost(
            documents=self.documents + more.documents, at_stake=self.at_stake + more.at_stake
        )


def count_lost(connection: Connection, ids: Sequence[int]) -> Lost:
    """How much is lost with some documents, a few hundred at most."""
    return _count_lost(connection, documents.c.id.in_(ids))


def count_lost_since(connection: Connection, root: str, since: datetime) -> Lost:
    """How much is lost with what has been noted as missing from a root since then."""
    return _count_lost(connection, _gone_since(root, since))


def last_lost_since(connection: Connection, root: str, since: datetime) -> datetime | None:
    """When the last of what has been missing from a root since then was noted."""
    gone = _gone_since(root, since)
    last: datetime | None = connection.scalar(
        select(func.max(documents.c.missing_since)).where(gone)
    )
    return last


def let_go(connection: Connection, root: str, *, since: datetime, until: datetime) -> None:
    """Let what went between two instants, both included, have gone just before them."""
    gone = and_(_gone_since(root, since), documents.c.missing_since <= until)
    before = since - timedelta.resolution
    connection.execute(update(documents).where(gone).values(missing_since=before))


def _gone_since(root: str, since: datetime) -> ColumnElement[bool]:
    return and_(documents.c.root == root, documents.c.missing_since >= since)


def _count_lost(connection: Connection, which: ColumnElement[bool]) -> Lost:
    is_live = entries.c.state == EntryState.LIVE
    is_lost = or_(is_live, entries.c.departed_by.is_distinct_from(BY_PERSON))
    each = (
        select(
            func.max(case((is_lost, 1), else_=0)).label("is_lost"),
            func.max(case((is_live, 1), else_=0)).label("is_live"),
            func.max(case((document_entries.c.is_primary, 1), else_=0)).label("speaks"),
        )
        .select_from(documents)
        .join(document_entries, document_entries.c.document_id == documents.c.id)
        .join(entries, entries.c.id == document_entries.c.entry_id)
        .where(which)
        .group_by(documents.c.id)
        .subquery()
    )
    row = connection.execute(
        select(func.sum(each.c.is_lost), func.sum(each.c.is_live * each.c.speaks))
    ).one()
    return Lost(documents=row[0] or 0, at_stake=row[1] or 0)
