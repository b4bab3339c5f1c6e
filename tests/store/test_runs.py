"""Runs: queued in order, worked on one at a time, counted, and read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from feedsvc.errors import NotFound
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.model.run import Run, RunRequest, RunState, Trigger
from feedsvc.store.engine import Store
from feedsvc.store.runs import (
    add_outcomes,
    add_run,
    end_run,
    fetch_outcomes,
    fetch_run,
    next_run,
    note_total,
    start_run,
)
from tests.service import StoppedClock

NOW = StoppedClock().instant


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.writing() as connection:
        yield connection


def ask(connection: Connection, request: RunRequest | None = None) -> Run:
    return add_run(
        connection,
        trigger=Trigger.ADMIN,
        requested_by="laptop",
        request=request or RunRequest(),
        now=NOW,
    )


def outcome(
    path: bytes = b"a.txt", what: Outcome = Outcome.NEW, *, resurfaces: bool = False
) -> DocumentOutcome:
    return DocumentOutcome(
        path=DocumentPath(root="seeds", path=path), outcome=what, resurfaces=resurfaces
    )


def test_a_run_asked_for_waits(connection: Connection) -> None:
    request = RunRequest(paths=("seeds/a*.txt", "b/**"), force=True, move_updated=True)
    run = ask(connection, request)
    assert fetch_run(connection, run.id) == run
    assert run == Run(
        id=run.id,
        trigger=Trigger.ADMIN,
        requested_by="laptop",
        request=request,
        state=RunState.QUEUED,
        created_at=NOW,
    )


def test_ids_of_runs_tell_nothing(connection: Connection) -> None:
    ids = {ask(connection).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(run_id) == 16 for run_id in ids)


def test_a_run_never_asked_for_is_not_found(connection: Connection) -> None:
    with pytest.raises(NotFound):
        fetch_run(connection, "nothing")


def test_the_oldest_run_comes_first(connection: Connection) -> None:
    assert next_run(connection) is None
    first, second = ask(connection), ask(connection)
    assert next_run(connection) == first
    start_run(connection, first.id, NOW)
    end_run(connection, first.id, NOW)
    assert next_run(connection) == second


def test_a_run_that_somebody_died_over_comes_before_what_waits(connection: Connection) -> None:
    ask(connection)
    second = ask(connection)
    start_run(connection, second.id, NOW)
    left = next_run(connection)
    assert left is not None
    assert (left.id, left.state) == (second.id, RunState.RUNNING)


def test_a_run_that_is_over_says_so(connection: Connection) -> None:
    run = ask(connection)
    start_run(connection, run.id, NOW)
    end_run(connection, run.id, NOW)
    ended = fetch_run(connection, run.id)
    assert (ended.state, ended.started_at, ended.finished_at, ended.error) == (
        RunState.DONE,
        NOW,
        NOW,
        None,
    )


def test_a_run_that_failed_says_why(connection: Connection) -> None:
    run = ask(connection)
    end_run(connection, run.id, NOW, error="the store is locked")
    failed = fetch_run(connection, run.id)
    assert (failed.state, failed.error) == (RunState.FAILED, "the store is locked")


def test_outcomes_are_counted_as_they_come(connection: Connection) -> None:
    run = ask(connection)
    note_total(connection, run.id, 4)
    add_outcomes(connection, run.id, [outcome(b"a", resurfaces=True), outcome(b"b")])
    add_outcomes(connection, run.id, [])
    add_outcomes(
        connection, run.id, [outcome(b"c", Outcome.QUARANTINED), outcome(b"d", resurfaces=True)]
    )
    counted = fetch_run(connection, run.id)
    assert counted.counts == {Outcome.NEW: 3, Outcome.QUARANTINED: 1}
    assert (counted.total, counted.resurfacing) == (4, 2)


def test_an_outcome_is_kept_whole(connection: Connection) -> None:
    run = ask(connection)
    whole = DocumentOutcome(
        path=DocumentPath(root="seeds", path=b"\xff\n.txt"),
        outcome=Outcome.QUARANTINED,
        guid="urn:uuid:11111111-1111-4111-8111-111111111111",
        title="طوفان 🌊",
        stage="decode",
        reason="no charset fits",
        resurfaces=True,
    )
    add_outcomes(connection, run.id, [whole])
    assert fetch_outcomes(connection, run.id, after=0, limit=1).outcomes == (whole,)


def test_outcomes_are_read_page_by_page_in_their_order(connection: Connection) -> None:
    run, other = ask(connection), ask(connection)
    written = [outcome(f"{n}.txt".encode()) for n in range(7)]
    add_outcomes(connection, run.id, written[:3])
    add_outcomes(connection, other.id, [outcome(b"other")])
    add_outcomes(connection, run.id, written[3:])
    read: list[DocumentOutcome] = []
    after: int | None = 0
    sizes = []
    while after is not None:
        page = fetch_outcomes(connection, run.id, after=after, limit=3)
        read += page.outcomes
        sizes.append(len(page.outcomes))
        after = page.next_after
    assert read == written
    assert sizes == [3, 3, 1]


def test_a_page_that_is_just_full_has_none_behind_it(connection: Connection) -> None:
    run = ask(connection)
    add_outcomes(connection, run.id, [outcome(b"a"), outcome(b"b")])
    assert fetch_outcomes(connection, run.id, after=0, limit=2).next_after is None
    assert fetch_outcomes(connection, run.id, after=2, limit=2).outcomes == ()


def test_a_run_that_somebody_died_over_goes_on_as_it_is(connection: Connection) -> None:
    run = ask(connection)
    start_run(connection, run.id, NOW)
    add_outcomes(connection, run.id, [outcome(resurfaces=True)])
    before = fetch_run(connection, run.id)
    start_run(connection, run.id, NOW + timedelta(hours=1))
    assert fetch_run(connection, run.id) == before
