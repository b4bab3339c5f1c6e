"""How a sweep goes through what it found: in slices, each document looked up a few times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from feedsvc.model.document import DocumentPath
from feedsvc.services import sweep
from feedsvc.store import documents
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


def test_and_soon_ends_where_it_does(filled: Service) -> None:
    counts = slices(filled, is_called=True)
    grown = [after - before for before, after in zip([0, *counts], counts, strict=False)]
    assert [count for count in grown if count] == [10, 10, 10, 10]


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


def test_what_a_forced_run_finds_unchanged_is_not_searched_for_exchanges(
    filled: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.ingest()
    asked: Counter[DocumentPath] = Counter()
    find = documents.find_by_paths

    def counting(connection: object, paths: list[DocumentPath]) -> object:
        asked.update(paths)
        return find(connection, paths)  # type: ignore[arg-type]

    monkeypatch.setattr(sweep, "find_by_paths", counting)
    assert len(filled.ingest(force=True)) == COUNT
    assert set(asked.values()) == {2}


def test_a_call_in_the_middle_loses_and_doubles_nothing(filled: Service) -> None:
    ingestion = filled.ingestion()
    calls: Iterator[bool] = iter([False, True, False, True, *[False] * COUNT])
    ingestion.give_way_when(lambda: next(calls))
    for _ in ingestion.settle(ingestion.look(), set()):
        pass
    assert len(filled.entries()) == COUNT
    assert set(filled.ingest().values()) == set()
