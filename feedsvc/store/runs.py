"""Runs: work asked for, how far it has come, and what became of each document."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from feedsvc.errors import NotFound
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.model.run import OutcomePage, Run, RunRequest, RunState, Trigger
from feedsvc.store.schema import run_outcomes, runs


def add_run(
    connection: Connection,
    *,
    trigger: Trigger,
    requested_by: str,
    request: RunRequest,
    now: datetime,
    state: RunState = RunState.QUEUED,
) -> Run:
    """Write down a run that was asked for, or one that begins right now."""
    run_id = secrets.token_urlsafe(12)
    connection.execute(
        insert(runs).values(
            id=run_id,
            trigger=trigger,
            requested_by=requested_by,
            request=asdict(request),
            state=state,
            created_at=now,
            started_at=now if state is RunState.RUNNING else None,
            counts={},
            resurfacing=0,
        )
    )
    return fetch_run(connection, run_id)


def fetch_run(connection: Connection, run_id: str) -> Run:
    """Raises NotFound."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no job {run_id!r}")
    return _run(row)


def next_run(connection: Connection) -> Run | None:
    """The run to work on: one that somebody died over, else the oldest that waits.

    Only the lease holder asks, one run at a time: whatever is running then has nobody.
    """
    for state in (RunState.RUNNING, RunState.QUEUED):
        row = connection.execute(
            select(runs).where(runs.c.state == state).order_by(runs.c.number).limit(1)
        ).one_or_none()
        if row is not None:
            return _run(row)
    return None


def start_run(connection: Connection, run_id: str, now: datetime) -> None:
    """Begin a run that waited; one that somebody died over goes on as it is."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == RunState.QUEUED)
        .values(state=RunState.RUNNING, started_at=now)
    )


def note_total(connection: Connection, run_id: str, total: int) -> None:
    connection.execute(update(runs).where(runs.c.id == run_id).values(total=total))


def add_outcomes(connection: Connection, run_id: str, outcomes: Sequence[DocumentOutcome]) -> None:
    """Append what became of some documents, and count it."""
    if not outcomes:
        return
    row = connection.execute(
        select(runs.c.number, runs.c.counts, runs.c.resurfacing).where(runs.c.id == run_id)
    ).one()
    last = connection.scalar(
        select(func.max(run_outcomes.c.position)).where(run_outcomes.c.run_number == row.number)
    )
    first = (last or 0) + 1
    connection.execute(
        insert(run_outcomes),
        [
            {
                "run_number": row.number,
                "position": first + n,
                "root": o.path.root,
                "path": o.path.path,
                "outcome": o.outcome,
                "guid": o.guid,
                "title": o.title,
                "stage": o.stage,
                "reason": o.reason,
                "resurfaces": o.resurfaces,
            }
            for n, o in enumerate(outcomes)
        ],
    )
    counts: dict[str, int] = dict(row.counts)
    for o in outcomes:
        counts[o.outcome] = counts.get(o.outcome, 0) + 1
    connection.execute(
        update(runs)
        .where(runs.c.number == row.number)
        .values(
            counts=dict(sorted(counts.items())),
            resurfacing=row.resurfacing + sum(o.resurfaces for o in outcomes),
        )
    )


def forget_outcomes(connection: Connection, run_id: str, *, at_most: int) -> int:
    """Take back what was counted, and some of what became of documents; answers of how many."""
    number = select(runs.c.number).where(runs.c.id == run_id).scalar_subquery()
    of_run = run_outcomes.c.run_number == number
    some = select(run_outcomes.c.position).where(of_run).limit(at_most)
    connection.execute(update(runs).where(runs.c.id == run_id).values(counts={}, resurfacing=0))
    return connection.execute(
        delete(run_outcomes).where(of_run, run_outcomes.c.position.in_(some))
    ).rowcount


def end_run(
    connection: Connection, run_id: str, now: datetime, *, error: str | None = None
) -> None:
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(state=RunState.FAILED if error else RunState.DONE, finished_at=now, error=error)
    )


def fetch_outcomes(connection: Connection, run_id: str, *, after: int, limit: int) -> OutcomePage:
    """Outcomes behind position `after`, at most `limit`, in the order they came."""
    rows = connection.execute(
        select(run_outcomes)
        .join(runs, runs.c.number == run_outcomes.c.run_number)
        .where(runs.c.id == run_id, run_outcomes.c.position > after)
        .order_by(run_outcomes.c.position)
        .limit(limit + 1)
    ).all()
    page = rows[:limit]
    return OutcomePage(
        outcomes=tuple(_outcome(row) for row in page),
        next_after=page[-1].position if len(rows) > limit else None,
    )


def settled_paths(
    connection: Connection, run_id: str, paths: Sequence[DocumentPath]
) -> set[DocumentPath]:
    """Which of these documents a run has an outcome of."""
    rows = connection.execute(
        select(run_outcomes.c.root, run_outcomes.c.path)
        .join(runs, runs.c.number == run_outcomes.c.run_number)
        .where(runs.c.id == run_id, run_outcomes.c.path.in_([path.path for path in paths]))
    )
    return {DocumentPath(root=row.root, path=row.path) for row in rows}


AnyRow = Row[tuple[Any, ...]]  # Any: columns of many types


def _outcome(row: AnyRow) -> DocumentOutcome:
    return DocumentOutcome(
        path=DocumentPath(root=row.root, path=row.path),
        outcome=Outcome(row.outcome),
        guid=row.guid,
        title=row.title,
        stage=row.stage,
        reason=row.reason,
        resurfaces=row.resurfaces,
    )


def _run(row: AnyRow) -> Run:
    request: Mapping[str, Any] = row.request
    return Run(
        id=row.id,
        trigger=Trigger(row.trigger),
        requested_by=row.requested_by,
        request=RunRequest(**{**request, "paths": tuple(request["paths"])}),
        state=RunState(row.state),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        total=row.total,
        counts={Outcome(name): count for name, count in row.counts.items()},
        resurfacing=row.resurfacing,
        error=row.error,
    )
