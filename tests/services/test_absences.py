"""Documents whose files are gone for good: what is left to do about them, and what that costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import DocumentPath, Outcome
from feedsvc.services import absences
from feedsvc.store.differences import Kind
from feedsvc.store.verify import verify
from tests.service import Service, article, open_service

Opener = Callable[..., Service]
COUNT = 30


@pytest.fixture
def open_with(tmp_path: Path, database: str, pool: ExtractionPool) -> Iterator[Opener]:
    """Opens the service anew, with other settings of what becomes of removed files."""
    opened: list[Service] = []

    def close() -> None:
        opened[-1].lease.release()
        opened[-1].runtime.close()

    def open_anew(**ingest: object) -> Service:
        if opened:
            close()
        service = open_service(tmp_path, database, pool, {"ingest": ingest})
        if opened:
            service.stopped.instant = opened[-1].stopped.instant
        opened.append(service)
        return service

    yield open_anew
    close()


@pytest.fixture
def withdrawing(open_with: Opener) -> Service:
    return open_with(removal="withdraw")


def fill(service: Service) -> None:
    for number in range(COUNT):
        service.folder.write(f"{number:02}.txt", article(f"Storm number {number} hits the coast"))
    service.ingest()


def remove(service: Service, count: int) -> None:
    for number in range(count):
        service.folder.remove(f"{number:02}.txt")


def pass_by(service: Service, *, minutes: int, looks: int = 3) -> list[Outcome]:
    """Look at the folder now and then; answers what became of documents meanwhile."""
    outcomes: list[Outcome] = []
    for _ in range(looks):
        service.stopped.move(minutes=minutes / looks)
        outcomes += service.ingest().values()
    return outcomes


@contextmanager
def counted(service: Service) -> Iterator[list[str]]:
    """The statements that the store is asked meanwhile."""
    statements: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement != "BEGIN":
            statements.append(statement)

    engine = service.runtime.store.engine
    event.listen(engine, "before_cursor_execute", hear)
    yield statements
    event.remove(engine, "before_cursor_execute", hear)


def statements_of_a_look(service: Service) -> int:
    """How many an automatic look takes, with all that is settled after it."""
    ingestion = service.ingestion()
    with counted(service) as statements:
        for _ in ingestion.settle(ingestion.look(), set()):
            pass
    return len(statements)


# Where nothing is left to do


@pytest.mark.parametrize("removal", ["keep", "withdraw"])
@pytest.mark.parametrize("gone", [10, 25])
def test_a_look_costs_no_more_than_before_once_all_is_done(
    open_with: Opener, removal: str, gone: int
) -> None:
    service = open_with(removal=removal)
    fill(service)
    before = statements_of_a_look(service)
    remove(service, gone)
    pass_by(service, minutes=20)
    with closing(service.ingestion().look()) as survey:
        assert survey.differences.counts[Kind.GONE] == 0
        assert [(look.known, look.gone) for look in survey.roots] == [(COUNT, gone)]
    is_held = gone == 25
    # How much is lost, of how many, is asked anew as long as it is held, in two statements.
    assert statements_of_a_look(service) == before + 2 * is_held


def test_a_folder_that_is_emptied_slowly_is_counted_from_what_is_remembered(
    withdrawing: Service,
) -> None:
    fill(withdrawing)
    for first in range(0, 20, 4):
        for number in range(first, first + 4):
            withdrawing.folder.remove(f"{number:02}.txt")
        withdrawing.ingest()  # a minute later
    assert Outcome.WITHDRAWN not in pass_by(withdrawing, minutes=30)
    assert len(withdrawing.entries()) == COUNT


# Where something is


def test_what_has_been_gone_for_long_is_withdrawn_once_that_is_the_policy(
    open_with: Opener,
) -> None:
    service = open_with(removal="keep")
    fill(service)
    remove(service, 10)
    assert Outcome.WITHDRAWN not in pass_by(service, minutes=60)
    week = timedelta(days=7).total_seconds()
    service = open_with(removal="withdraw", withdraw_after_s=week)
    assert pass_by(service, minutes=60) == []
    service.stopped.move(days=7)
    assert pass_by(service, minutes=1, looks=1) == [Outcome.WITHDRAWN] * 10
    assert pass_by(service, minutes=60) == []


def test_a_file_that_comes_back_is_gone_anew_when_it_goes_again(withdrawing: Service) -> None:
    fill(withdrawing)
    remove(withdrawing, 5)
    assert pass_by(withdrawing, minutes=60).count(Outcome.WITHDRAWN) == 5
    withdrawing.folder.write("00.txt", article("Storm number 0 hits the coast"))
    assert withdrawing.ingest() == {"00.txt": Outcome.RETURNED}
    withdrawing.folder.remove("00.txt")
    assert pass_by(withdrawing, minutes=1) == [Outcome.REMOVED]
    assert pass_by(withdrawing, minutes=60) == [Outcome.WITHDRAWN]


def test_what_a_person_restored_stays_and_is_not_gone_through(withdrawing: Service) -> None:
    fill(withdrawing)
    guid = withdrawing.entries()["Storm number 0 hits the coast"].guid
    remove(withdrawing, 1)
    assert pass_by(withdrawing, minutes=60) == [Outcome.REMOVED, Outcome.WITHDRAWN]
    withdrawing.runtime.withdrawals.restore([guid])
    assert pass_by(withdrawing, minutes=60) == []
    assert len(withdrawing.entries()) == COUNT
    with closing(withdrawing.ingestion().look()) as survey:
        assert survey.differences.counts[Kind.GONE] == 0


# In slices


def test_what_is_gone_is_settled_some_at_a_time(
    withdrawing: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absences, "_SETTLED_AT_ONCE", 2)
    fill(withdrawing)
    remove(withdrawing, 10)
    withdrawing.ingest()
    withdrawing.ingest()
    withdrawing.stopped.move(minutes=20)
    ingestion = withdrawing.ingestion()
    left = [len(withdrawing.entries()) for _ in ingestion.settle(ingestion.look(), set())]
    assert list(dict.fromkeys(left)) == [28, 26, 24, 22, 20]


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_what_is_found_again_between_two_slices_is_not_missed(
    withdrawing: Service, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    """Of ten files that are gone five are back, at their names or others, when it comes to them."""
    monkeypatch.setattr(absences, "_SETTLED_AT_ONCE", 2)
    fill(withdrawing)
    texts = [article(f"Storm number {number} hits the coast") for number in range(10)]
    remove(withdrawing, 10)
    for _ in range(looks - 1):
        withdrawing.ingest()
    withdrawing.stopped.move(minutes=20)
    ingestion = withdrawing.ingestion()
    steps = ingestion.settle(ingestion.look(), set())
    next(steps)
    names = {5: "05.txt", 6: "06.txt", 7: "moved 07.txt", 8: "moved 08.txt", 9: "09.txt"}
    for number, name in names.items():
        withdrawing.folder.write(name, texts[number])
    paths = {DocumentPath(root="seeds", path=name.encode()) for name in names.values()}
    for _ in ingestion.settle(ingestion.look(paths), set()):
        pass
    for _ in steps:
        pass
    pass_by(withdrawing, minutes=60)
    assert sorted(withdrawing.entries()) == sorted(
        f"Storm number {number} hits the coast" for number in range(5, COUNT)
    )
    assert [found for found in verify(withdrawing.runtime.store) if found.offenders] == []


# Where several documents give an entry


def test_a_copy_that_is_missed_for_a_moment_keeps_its_entry(withdrawing: Service) -> None:
    withdrawing.folder.write("a.txt", article())
    withdrawing.ingest()
    withdrawing.folder.write("b.txt", article())
    withdrawing.ingest()
    withdrawing.folder.remove("a.txt")
    pass_by(withdrawing, minutes=60)
    withdrawing.folder.remove("b.txt")
    assert pass_by(withdrawing, minutes=3) == [Outcome.REMOVED]
    withdrawing.folder.write("b.txt", article())
    withdrawing.ingest()
    assert len(withdrawing.entries()) == 1
    withdrawing.folder.remove("b.txt")
    assert pass_by(withdrawing, minutes=60) == [Outcome.REMOVED, Outcome.WITHDRAWN]
