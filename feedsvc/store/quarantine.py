"""Quarantine: the documents that could not be published, and why."""

from __future__ import annotations

from sqlalchemy import Connection, and_, func, select

from feedsvc.model.document import DocumentPath, Quarantined, QuarantinePage
from feedsvc.store.schema import documents

# What is gone is no more to be published: an entry that it gave before keeps it known.
_REFUSED = and_(documents.c.stage.is_not(None), documents.c.missing_since.is_(None))


def fetch_quarantine(connection: Connection, *, after: int, limit: int) -> QuarantinePage:
    """Documents in quarantine behind number `after`, at most `limit`, the longest known first."""
    rows = connection.execute(
        select(documents)
        .where(_REFUSED, documents.c.id > after)
        .order_by(documents.c.id)
        .limit(limit + 1)
    ).all()
    page = rows[:limit]
    return QuarantinePage(
        documents=tuple(
            Quarantined(
                path=DocumentPath(root=row.root, path=row.path),
                stage=row.stage,
                reason=row.reason,
                evidence=row.evidence,
                refused_at=row.ingested_at,
            )
            for row in page
        ),
        next_after=page[-1].id if len(rows) > limit else None,
    )


def count_quarantined(connection: Connection) -> dict[str, int]:
    """How many documents each stage refused, in the order of their names."""
    rows = connection.execute(
        select(documents.c.stage, func.count().label("documents"))
        .where(_REFUSED)
        .group_by(documents.c.stage)
        .order_by(documents.c.stage)
    )
    return {row.stage: row.documents for row in rows}
