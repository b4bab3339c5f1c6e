"""Retention: what goes, what stays, and that the store works on as if nothing had been there."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from feedsvc.model.document import (
    DocumentOutcome,
    DocumentPath,
    FileState,
    Outcome,
    SourceDocument,
)
from feedsvc.model.run import RunRequest, Trigger
from feedsvc.store import upkeep
from feedsvc.store.access import add_audit_event
from feedsvc.store.documents import fetch_original, keep_original, save_document
from feedsvc.store.engine import Store
from feedsvc.store.runs import add_outcomes, add_run, end_run, fetch_run
from feedsvc.store.schema import audit_events, entries, originals, revisions, run_outcomes, runs
from feedsvc.store.tries import Tries, fetch_tries, save_tries
from feedsvc.store.upkeep import (
    optimize,
    prune_audit,
    prune_originals,
    prune_revisions,
    prune_runs,
    prune_tries,
    size_bytes,
    vacuum,
)
from tests.store.desk import Desk, make_draft

STATE = FileState(device=1, inode=1, size_bytes=1, mtime_ns=1, ctime_ns=1)
VACUUMED_AT = "SELECT last_vacuum FROM pg_stat_user_tables WHERE relname = 'originals'"


def always() -> bool:
    return True


def numbers(store: Store, entry_id: int) -> list[int]:
    with store.reading() as connection:
        kept = connection.scalars(
            select(revisions.c.number)
            .where(revisions.c.entry_id == entry_id)
            .order_by(revisions.c.number)
        )
        return list(kept)


def edit_daily(desk: Desk, entry_id: int, days: int) -> None:
    for day in range(days):
        desk.stopped.move(days=1)
        desk.edit(entry_id, make_draft(f"As of day {day}"))


@pytest.mark.parametrize(
    ("days", "keep", "left"),
    [
        (100, 0, [1, 2, 3, 4, 5, 6]),
        (2, 0, [4, 5, 6]),
        (2, 4, [3, 4, 5, 6]),
        (0, 1, [6]),
        (-1, 0, []),
        (-1, 99, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_old_revisions_go_but_for_the_newest_of_each_entry(
    desk: Desk, days: int, keep: int, left: list[int]
) -> None:
    entry = desk.add()
    edit_daily(desk, entry, 6)
    before = desk.stopped.instant - timedelta(days=days)
    gone = prune_revisions(desk.store, desk.clock, before=before, keep=keep, goes_on=always)
    assert numbers(desk.store, entry) == left
    assert gone == 6 - len(left)


def test_an_edit_after_that_is_numbered_on(desk: Desk) -> None:
    entry = desk.add()
    edit_daily(desk, entry, 3)
    prune_revisions(desk.store, desk.clock, before=desk.stopped.instant, keep=1, goes_on=always)
    edit_daily(desk, entry, 1)
    assert numbers(desk.store, entry) == [3, 4]


def test_each_entry_keeps_its_own_newest(desk: Desk) -> None:
    made = [desk.add(make_draft(str(n))) for n in range(450)]
    for entry in made[::3]:
        edit_daily(desk, entry, 2)
    desk.stopped.move(days=1)
    gone = prune_revisions(
        desk.store, desk.clock, before=desk.stopped.instant, keep=1, goes_on=always
    )
    assert gone == 150
    assert [numbers(desk.store, entry) for entry in made[:4]] == [[2], [], [], [2]]


def test_pruning_stops_when_asked(desk: Desk) -> None:
    edit_daily(desk, desk.add(), 2)
    before = desk.stopped.instant + timedelta(days=1)
    assert (
        prune_revisions(desk.store, desk.clock, before=before, keep=0, goes_on=lambda: False) == 0
    )
    assert prune_originals(desk.store, goes_on=lambda: False) == 0


def test_what_stays_is_gone_through_a_little_at_a_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_READ_AT_ONCE", 2)
    for number in range(5):
        edit_daily(desk, desk.add(make_draft(str(number))), 1)
        ingest(desk.store, desk, f"{number}.txt", b"%d" % number)
    asked: list[bool] = []

    def goes_on() -> bool:
        asked.append(True)
        return True

    before = desk.stopped.instant - timedelta(days=99)
    assert prune_revisions(desk.store, desk.clock, before=before, keep=1, goes_on=goes_on) == 0
    assert len(asked) == 3
    assert prune_originals(desk.store, goes_on=goes_on) == 0
    assert len(asked) == 6


def test_of_many_revisions_none_is_missed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_READ_AT_ONCE", 2)
    monkeypatch.setattr(upkeep, "_AT_ONCE", 3)
    made = [desk.add(make_draft(str(number))) for number in range(4)]
    for entry, days in zip(made, (1, 5, 2, 3), strict=True):
        edit_daily(desk, entry, days)
    later = desk.stopped.instant + timedelta(days=1)
    assert prune_revisions(desk.store, desk.clock, before=later, keep=1, goes_on=always) == 7
    assert [numbers(desk.store, entry) for entry in made] == [[1], [5], [2], [3]]


def ingest(store: Store, desk: Desk, path: str, raw: bytes) -> bytes:
    sha256 = hashlib.sha256(raw).digest()
    source = SourceDocument(
        path=DocumentPath(root="seeds", path=path.encode()), state=STATE, sha256=sha256
    )
    with store.writing() as connection:
        keep_original(connection, sha256, raw)
        save_document(connection, source, desk.clock.now())
    return sha256


def test_bytes_go_once_no_document_has_them(desk: Desk) -> None:
    store = desk.store
    first = ingest(store, desk, "a.txt", b"first words")
    copy = ingest(store, desk, "b.txt", b"copied words")
    ingest(store, desk, "c.txt", b"copied words")
    second = ingest(store, desk, "a.txt", b"second words")
    ingest(store, desk, "b.txt", b"other words")
    assert prune_originals(store, goes_on=always) == 1
    with store.reading() as connection:
        assert fetch_original(connection, first) is None
        assert fetch_original(connection, copy) == b"copied words"
        assert fetch_original(connection, second) == b"second words"


def test_bytes_stay_that_are_published_again_while_they_are_going(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = ingest(desk.store, desk, "a.txt", b"first words")
    ingest(desk.store, desk, "a.txt", b"second words")

    def publish_first(connection: Connection) -> None:
        source = SourceDocument(
            path=DocumentPath(root="seeds", path=b"b.txt"), state=STATE, sha256=sha256
        )
        save_document(connection, source, desk.clock.now())

    monkeypatch.setattr(upkeep, "_hold_publishing", publish_first)
    assert prune_originals(desk.store, goes_on=always) == 0


def make_run(store: Store, at: datetime, documents: int, *, ended: bool) -> str:
    with store.writing() as connection:
        run = add_run(
            connection, trigger=Trigger.SWEEP, requested_by="a", request=RunRequest(), now=at
        )
        outcomes = [
            DocumentOutcome(path=DocumentPath(root="a", path=b"%d" % n), outcome=Outcome.NEW)
            for n in range(documents)
        ]
        add_outcomes(connection, run.id, outcomes)
        if ended:
            end_run(connection, run.id, at)
    return run.id


def test_runs_go_with_what_they_tell_once_they_ended_long_ago(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "_SHORT_ROWS_AT_ONCE", 2)
    now = desk.stopped.instant
    old = [make_run(desk.store, now - timedelta(days=2), 5, ended=True) for _ in range(2)]
    stay = [
        make_run(desk.store, now - timedelta(days=2), 5, ended=False),
        make_run(desk.store, now, 5, ended=True),
    ]
    assert prune_runs(desk.store, before=now - timedelta(days=1), goes_on=lambda: False) == 0
    assert prune_runs(desk.store, before=now - timedelta(days=1), goes_on=always) == 2
    with desk.store.reading() as connection:
        assert set(connection.scalars(select(runs.c.id))).isdisjoint(old)
        assert connection.scalar(select(func.count()).select_from(run_outcomes)) == 10
        assert [fetch_run(connection, run).counts for run in stay] == [{Outcome.NEW: 5}] * 2


def test_what_was_written_down_long_ago_goes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "_SHORT_ROWS_AT_ONCE", 2)
    now = desk.stopped.instant
    with desk.store.writing() as connection:
        for days in (5, 4, 3, 2, 1, 0):
            add_audit_event(
                connection,
                at=now - timedelta(days=days),
                actor=str(days),
                address=None,
                action="reingest",
                object="",
                result="queued",
            )
    assert prune_audit(desk.store, before=now - timedelta(days=1), goes_on=lambda: False) == 0
    assert prune_audit(desk.store, before=now - timedelta(days=1), goes_on=always) == 4
    with desk.store.reading() as connection:
        assert list(connection.scalars(select(audit_events.c.actor))) == ["1", "0"]


def test_documents_that_nobody_tries_any_more_are_forgotten(desk: Desk) -> None:
    now, tried = desk.stopped.instant, Tries(sha256=b"x" * 32, times=2)
    there, gone = (DocumentPath(root="seeds", path=path) for path in (b"there", b"gone"))
    with desk.store.writing() as connection:
        save_tries(connection, gone, tried, now - timedelta(days=2))
        save_tries(connection, there, tried, now - timedelta(days=2))
        save_tries(connection, there, tried, now)
    prune_tries(desk.store, before=now - timedelta(days=1))
    with desk.store.reading() as connection:
        assert fetch_tries(connection) == {there: tried}


def test_many_bytes_go_in_short_transactions(desk: Desk) -> None:
    for number in range(450):
        ingest(desk.store, desk, "a.txt", b"%d" % number)
    asked: list[bool] = []

    def goes_on() -> bool:
        asked.append(True)
        return True

    assert prune_originals(desk.store, goes_on=goes_on) == 449
    assert len(asked) == 4
    with desk.store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(originals)) == 1


def test_room_is_given_back(desk: Desk, tmp_path: Path) -> None:
    with desk.publishing():
        pass
    for number in range(40):
        # Digits that do not compress away.
        raw = b"".join(hashlib.sha512(b"%d-%d" % (number, n)).digest() for n in range(1000))
        ingest(desk.store, desk, "a.txt", raw)
    entry = desk.add()
    prune_originals(desk.store, goes_on=always)
    optimize(desk.store)
    before = size_bytes(desk.store)
    vacuum(desk.store)
    if desk.store.is_sqlite:
        assert size_bytes(desk.store) < before / 3
        log = tmp_path / "feedsvc.db-wal"
        assert not log.exists() or log.stat().st_size == 0
    else:
        # The room is for new rows; the files keep their size.
        with desk.store.reading() as connection:
            assert connection.scalar(text(VACUUMED_AT)) is not None
    with desk.store.reading() as connection:
        assert connection.scalar(select(entries.c.id)) == entry
