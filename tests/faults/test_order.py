"""Numbers come to light in order, though the transactions that give them overlap.

A reader that asks for what came after the last number it saw would miss for ever whatever comes to
light below it. The counterpart shows that a sequence of PostgreSQL's alone does not keep this.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import select, text

from feedsvc.clock import Clock
from feedsvc.model.ids import mint_guid
from feedsvc.store.engine import Store, open_store
from feedsvc.store.entries import add_entry
from feedsvc.store.leases import Lease, take_lease
from feedsvc.store.publishing import publishing
from feedsvc.store.schema import entries
from tests.databases import PostgresqlServer
from tests.store.desk import VERSIONS, make_draft

# A transaction that gives one number; it commits when the context ends.
Giving = Callable[[], AbstractContextManager[None]]
Looking = Callable[[], list[int]]
Schedule = Callable[[Giving, Looking], list[list[int]]]

WRITERS = 4
EACH = 15
# For so long the slow one is in no hurry to commit; the quick one is done by then, if it can be.
SLOW_S = 0.5


@pytest.fixture
def store(postgresql: PostgresqlServer) -> Iterator[Store]:
    url = postgresql.make_database()
    store = open_store(url, busy_timeout_s=2)
    yield store
    store.close()
    postgresql.drop_database(url)


@pytest.fixture
def lease(store: Store) -> Iterator[Lease]:
    lease = take_lease(store)
    assert lease is not None
    yield lease
    lease.release()


@pytest.fixture
def ours(store: Store, lease: Lease) -> tuple[Giving, Looking]:
    @contextmanager
    def give() -> Iterator[None]:
        with publishing(store, lease, Clock()) as work:
            add_entry(work, make_draft(), guid=mint_guid(), versions=VERSIONS)
            yield

    def look() -> list[int]:
        with store.reading() as connection:
            return list(connection.scalars(select(entries.c.sequence)))

    return give, look


@pytest.fixture
def naive(store: Store) -> Iterator[tuple[Giving, Looking]]:
    """A table whose numbers the database gives."""
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE naive (number BIGSERIAL PRIMARY KEY)"))

    @contextmanager
    def give() -> Iterator[None]:
        with store.writing() as connection:
            connection.execute(text("INSERT INTO naive DEFAULT VALUES"))
            yield

    def look() -> list[int]:
        with store.reading() as connection:
            return list(connection.scalars(text("SELECT number FROM naive")))

    yield give, look
    with store.writing() as connection:
        connection.execute(text("DROP TABLE naive"))


def late_numbers(looks: list[list[int]]) -> set[int]:
    """Numbers that came to light after a larger one."""
    seen: set[int] = set()
    late: set[int] = set()
    for look in looks:
        last = max(seen, default=0)
        late |= {number for number in look if number not in seen and number < last}
        seen |= set(look)
    return late


def slow_and_quick(give: Giving, look: Looking) -> list[list[int]]:
    """Of two that overlap, the one that began first commits last, if nothing keeps it from that."""
    has_begun, is_done, was_looked_at = threading.Event(), threading.Event(), threading.Event()

    def be_slow() -> None:
        with give():
            has_begun.set()
            was_looked_at.wait()

    def be_quick() -> None:
        has_begun.wait()
        with give():
            pass
        is_done.set()

    with ThreadPoolExecutor(2) as threads:
        slow, quick = threads.submit(be_slow), threads.submit(be_quick)
        is_done.wait(SLOW_S)
        looks = [look()]
        was_looked_at.set()
        slow.result()
        quick.result()
    return [*looks, look()]


def crowded(give: Giving, look: Looking) -> list[list[int]]:
    """Many writers, each in no hurry to commit, and looks all the while."""

    def write(number: int) -> None:
        chance = random.Random(number)
        for _ in range(EACH):
            with give():
                time.sleep(chance.uniform(0, 0.004))

    looks = [look()]
    with ThreadPoolExecutor(WRITERS) as threads:
        writing = [threads.submit(write, number) for number in range(WRITERS)]
        while not all(writer.done() for writer in writing):
            looks.append(look())
        for writer in writing:
            writer.result()
    return [*looks, look()]


@pytest.mark.parametrize("schedule", [slow_and_quick, crowded])
def test_no_number_comes_to_light_after_a_larger_one(
    ours: tuple[Giving, Looking], schedule: Schedule
) -> None:
    looks = schedule(*ours)
    assert late_numbers(looks) == set()
    count = 2 if schedule is slow_and_quick else WRITERS * EACH
    assert sorted(looks[-1]) == list(range(1, count + 1))


@pytest.mark.parametrize("schedule", [slow_and_quick, crowded])
def test_a_sequence_of_the_database_alone_would_break_this(
    naive: tuple[Giving, Looking], schedule: Schedule
) -> None:
    assert late_numbers(schedule(*naive)) != set()
