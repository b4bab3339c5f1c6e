"""The publishing transaction: when the version moves, and which numbers are given out."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from feedsvc.clock import Clock
from feedsvc.errors import LeaseLost
from feedsvc.model.ids import mint_guid
from feedsvc.store.engine import Store
from feedsvc.store.entries import add_entry
from feedsvc.store.publishing import publishing
from feedsvc.store.schema import entries, leases, publication
from tests.store.desk import VERSIONS, Desk, make_draft

MICROSECOND = timedelta(microseconds=1)


def count_entries(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(entries)) or 0


def test_a_transaction_that_publishes_nothing_leaves_the_version(desk: Desk) -> None:
    before = desk.version()
    with desk.publishing():
        desk.stopped.move(hours=1)
    assert desk.version() == before


def test_a_transaction_that_publishes_moves_the_version_by_one(desk: Desk) -> None:
    before = desk.version()
    with desk.publishing() as work:
        for _ in range(3):
            add_entry(work, make_draft(), guid=mint_guid(), versions=VERSIONS)
    assert desk.version().number == before.number + 1
    assert desk.version().changed_at >= desk.stopped.instant


def test_the_instants_of_versions_rise_while_the_clock_stands_still(desk: Desk) -> None:
    instants = []
    for _ in range(3):
        desk.add()
        instants.append(desk.version().changed_at)
    assert instants == sorted(set(instants))


def test_what_fails_publishes_nothing(desk: Desk) -> None:
    before = desk.version()

    def fail_half_way() -> None:
        with desk.publishing() as work:
            add_entry(work, make_draft(), guid=mint_guid(), versions=VERSIONS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert desk.version() == before
    assert count_entries(desk.store) == 0
    assert desk.entry(desk.add()).sequence == 1


def test_instants_in_one_transaction_are_a_microsecond_apart(desk: Desk) -> None:
    with desk.publishing() as work:
        given = [work.next_instant() for _ in range(3)]
    assert given == [desk.stopped.instant + n * MICROSECOND for n in range(3)]


def test_no_two_entries_have_one_instant_though_the_clock_stands_still(desk: Desk) -> None:
    updated = [desk.entry(desk.add()).updated for _ in range(3)]
    assert updated == [desk.stopped.instant + n * MICROSECOND for n in range(3)]


def test_a_clock_that_goes_back_takes_no_instant_back(desk: Desk) -> None:
    first = desk.entry(desk.add())
    version = desk.version()
    desk.stopped.move(days=-30)
    second = desk.entry(desk.add())
    assert second.updated == first.updated + MICROSECOND
    assert second.arrived_at == second.updated
    assert desk.version().changed_at > version.changed_at


def test_publishing_does_not_wait_for_a_clock_that_went_back(desk: Desk) -> None:
    desk.add()
    desk.stopped.move(days=-30)
    waited: list[float] = []
    clock = Clock(now=desk.clock.now, sleep=waited.append)
    with publishing(desk.store, desk.lease, clock) as work:
        add_entry(work, make_draft(), guid=mint_guid(), versions=VERSIONS)
    assert waited == []


def test_no_instant_lies_past_the_commit(desk: Desk) -> None:
    clock = Clock()
    for _ in range(3):
        with publishing(desk.store, desk.lease, clock) as work:
            for _ in range(50):
                work.next_instant()
            work.changed = True
        with desk.store.reading() as connection:
            last = connection.execute(select(publication.c.last_instant)).scalar_one()
        assert last <= datetime.now(UTC)


def test_a_document_that_fails_is_undone_alone(desk: Desk) -> None:
    def fail_among_others() -> None:
        with desk.publishing() as work:
            for title in ("first", "refused", "last"):
                try:
                    with work.part():
                        draft = make_draft(title)
                        add_entry(work, draft, guid=mint_guid(), versions=VERSIONS)
                        if title == "refused":
                            raise ValueError(title)
                except ValueError:
                    pass

    fail_among_others()
    with desk.store.reading() as connection:
        rows = connection.execute(
            select(entries.c.title, entries.c.sequence).order_by(entries.c.sequence)
        )
        assert [tuple(row) for row in rows] == [("first", 1), ("last", 2)]


def test_a_document_that_the_database_refuses_is_undone_alone(desk: Desk) -> None:
    guid = mint_guid()
    refused = 0
    with desk.publishing() as work:
        for _ in range(2):
            try:
                with work.part():
                    add_entry(work, make_draft(), guid=guid, versions=VERSIONS)
            except Exception:
                refused += 1
    assert (refused, count_entries(desk.store), desk.feed().entry_count) == (1, 1, 1)


def test_a_document_that_fails_moves_no_version(desk: Desk) -> None:
    before = desk.version()
    with desk.publishing() as work:
        try:
            with work.part():
                add_entry(work, make_draft(), guid=mint_guid(), versions=VERSIONS)
                raise ValueError
        except ValueError:
            pass
    assert desk.version() == before


def test_a_holder_whose_lease_was_taken_over_publishes_nothing(desk: Desk) -> None:
    with desk.store.writing() as connection:
        connection.execute(update(leases).values(fence=leases.c.fence + 1))
    with pytest.raises(LeaseLost, match="lease 1 was taken over by 2"):
        desk.add()
    assert count_entries(desk.store) == 0


def test_numbers_become_visible_in_their_order(desk: Desk) -> None:
    """However many publish at once, nobody sees a number before those below it."""
    seen: list[list[int]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            with desk.store.reading() as connection:
                seen.append(
                    list(connection.scalars(select(entries.c.sequence).order_by(entries.c.id)))
                )

    def add_some(number: int) -> None:
        for n in range(4):
            with publishing(desk.store, desk.lease, Clock()) as work:
                for _ in range(1 + (number + n) % 3):
                    add_entry(work, make_draft(), guid=mint_guid(), versions=VERSIONS)

    with ThreadPoolExecutor(5) as threads:
        watching = threads.submit(watch)
        list(threads.map(add_some, range(4)))
        done.set()
        watching.result()
    total = count_entries(desk.store)
    assert total >= 16
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in seen)
