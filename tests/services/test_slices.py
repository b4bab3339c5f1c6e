"""How a sweep goes through what it found: in slices, each document looked up a few times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from feedsvc.ingest.discover import Found, ReadDocument, WatchedRoot
from feedsvc.model.document import DocumentPath, Outcome
from feedsvc.services import batches, sweep
from feedsvc.store import documents
from feedsvc.store.documents import KnownDocument
from feedsvc.store.entries import Versions
from feedsvc.store.publishing import Publishing, publishing
from feedsvc.store.schema import document_entries
from feedsvc.store.schema import documents as document_rows
from tests.service import Service, article

COUNT = 40


@pytest.fixture
def filled(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setattr(sweep, "_CHUNK", 10)
    for number in range(COUNT):
        service.folder.write(f"{number:02}.txt", article(f"Storm number {number} hits the coast"))
    return service


def slices(service: Service, *, is_called: bool) -> list[int]:
    """How many entries there are after each slice of one sweep."""
    ingestion = service.ingestion()
    ingestion.give_way_when(lambda: is_called)
    return [len(service.entries()) for _ in ingestion.settle(ingestion.look(), set())]


def test_a_slice_goes_on_until_something_more_urgent_waits(filled: Service) -> None:
    assert slices(filled, is_called=False)[0] == COUNT


def test_and_ends_at_once_where_it_does(filled: Service) -> None:
    assert slices(filled, is_called=True)[:COUNT] == list(range(1, COUNT + 1))


def test_none_lasts_for_ever(filled: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_SLICE_S", 0)
    assert len(slices(filled, is_called=False)) >= COUNT


def test_what_waits_for_the_end_of_a_slice_is_never_much(
    filled: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than are under way in the workers at once.
    for number in range(400):
        filled.folder.write(f"empty {number:03}.txt", "-" * (number + 1))
    at_once = len(slices(filled, is_called=False))
    for number in range(400):
        filled.folder.write(f"empty {number:03}.txt", "+" * (number + 1))
    monkeypatch.setattr(sweep, "_MAX_KEPT", 10)
    assert len(slices(filled, is_called=False)) > at_once


@pytest.mark.parametrize(("size_bytes", "most"), [(1_000_000, 1), (1_000, 4)])
def test_large_documents_that_wait_count_as_several(
    filled: Service, monkeypatch: pytest.MonkeyPatch, size_bytes: int, most: int
) -> None:
    monkeypatch.setattr(sweep, "_COUNTS_BYTES", size_bytes)
    monkeypatch.setattr(sweep, "_MAX_KEPT", 60)
    for number in range(COUNT):
        filled.folder.write(f"{number:02}.png", b"\x89PNG" + b"%04d" % number * 1_500)
    filled.ingest()
    # Read again by another extractor: whether anybody else has their bytes is asked first.
    ingestion = filled.ingestion()
    now = ingestion._sweeper.versions
    newer = Versions(extractor=now.extractor + 1, policy=now.policy)
    ingestion._sweeper = replace(ingestion._sweeper, versions=newer)
    assert len(list(ingestion.settle(ingestion.look(), set()))) - 1 == most


def test_what_a_forced_run_finds_unchanged_is_not_searched_for_exchanges(
    filled: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.ingest()
    asked: Counter[DocumentPath] = Counter()
    find = documents.find_by_paths

    def counting(
        connection: Connection, paths: Sequence[DocumentPath]
    ) -> dict[DocumentPath, KnownDocument]:
        asked.update(paths)
        return find(connection, paths)

    monkeypatch.setattr(sweep, "find_by_paths", counting)
    assert len(filled.ingest(force=True)) == COUNT
    assert set(asked.values()) == {2}


def test_a_call_in_the_middle_loses_and_doubles_nothing(filled: Service) -> None:
    ingestion = filled.ingestion()
    calls = cycle([False, False, True])
    ingestion.give_way_when(lambda: next(calls))
    for _ in ingestion.settle(ingestion.look(), set()):
        pass
    assert len(filled.entries()) == COUNT
    assert set(filled.ingest().values()) == set()


# Names that other articles took


def prose(about: str) -> str:
    """Padded: all have as many bytes."""
    told = " ".join(f"The {about} and the {about} saw {nth} of them." for nth in range(60))
    return article(f"The {about} that came to the coast", body=told).ljust(4_000, "-")


@pytest.fixture
def reads_in_transactions(monkeypatch: pytest.MonkeyPatch) -> Counter[bool]:
    """How many files were read within a publishing transaction, and how many outside."""
    reads: Counter[bool] = Counter()
    is_open = False
    real = WatchedRoot.read

    @contextmanager
    def noting(*arguments: Any) -> Iterator[Publishing]:
        nonlocal is_open
        with publishing(*arguments) as work:
            is_open = True
            try:
                yield work
            finally:
                is_open = False

    def read(root: WatchedRoot, found: Found) -> ReadDocument:
        reads[is_open] += 1
        return real(root, found)

    monkeypatch.setattr(batches, "publishing", noting)
    monkeypatch.setattr(WatchedRoot, "read", read)
    return reads


def test_where_an_article_moved_to_is_looked_for_before_the_transaction(
    service: Service, reads_in_transactions: Counter[bool]
) -> None:
    for number in range(4):
        service.folder.write(f"{number}.txt", prose(f"storm{number}"))
    service.ingest()
    title = "The storm1 that came to the coast"
    guid = service.entries()[title].guid
    for number in range(4):
        service.folder.write(f"{number}.txt", prose(f"museum{number}") + "!")
    for number in range(20):
        service.folder.write(f"new {number:02}.txt", prose(f"harvest{number}"))
    service.folder.write("new 1 again.txt", prose("storm1"))
    reads_in_transactions.clear()
    service.ingest()
    assert service.entries()[title].guid == guid
    assert len(service.entries()) == 4 + 20 + 1
    assert reads_in_transactions[True] == 0
    # Each once by itself, what is new while it rests too, and once for all the names others took.
    assert reads_in_transactions[False] <= 4 + 3 * 21


# Files that exchanged their bytes


def exchange(service: Service, partner: Callable[[int], int]) -> None:
    texts = [(service.folder.path / f"{n:02}.txt").read_bytes() for n in range(COUNT)]
    for number in range(COUNT):
        service.folder.write(f"{number:02}.txt", texts[partner(number)])


def whose(service: Service) -> dict[bytes, int]:
    """Which entry the document at each path gives."""
    with service.runtime.store.reading() as connection:
        rows = connection.execute(
            select(document_rows.c.path, document_entries.c.entry_id).join(document_entries)
        )
        return {row.path: row.entry_id for row in rows}


def giving_way(service: Service) -> Iterator[None]:
    """One sweep that gives way as often as it can."""
    ingestion = service.ingestion()
    ingestion.give_way_when(lambda: True)
    return ingestion.settle(ingestion.look(), set())


def test_exchanges_are_settled_a_few_at_a_time_and_each_whole(
    filled: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_RINGS_AT_ONCE", 2)
    filled.ingest()
    feeds, before = filled.documents(), whose(filled)
    exchange(filled, lambda number: number ^ 1)
    moved = [len(before.items() - whose(filled).items()) for _ in giving_way(filled)]
    assert sorted(set(moved)) == [*range(0, COUNT + 1, 4)]
    # Files are read one at a time, too.
    assert moved.count(0) >= COUNT
    assert filled.documents() == feeds
    assert filled.ingest() == {}


def test_an_exchange_that_another_has_settled_meanwhile_is_settled_once(filled: Service) -> None:
    filled.ingest()
    feeds = filled.documents()
    exchange(filled, lambda number: number ^ 1)
    steps = giving_way(filled)
    for _ in range(3 * COUNT // 2):  # it has read some of them
        next(steps)
    assert set(filled.ingest().values()) == {Outcome.SWAPPED}
    settled = whose(filled)
    for _ in steps:
        pass
    assert whose(filled) == settled
    assert filled.documents() == feeds


def test_an_exchange_of_many_files_takes_a_few_statements(filled: Service) -> None:
    statements: Counter[str] = Counter()

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.update(w for w in ("UPDATE documents", "FROM entries") if w in statement)

    filled.ingest()
    exchange(filled, lambda number: (number + 1) % COUNT)
    event.listen(filled.runtime.store.engine, "before_cursor_execute", hear)
    assert list(filled.ingest().values()) == [Outcome.SWAPPED] * COUNT
    assert statements == {"UPDATE documents": 2, "FROM entries": 1}
