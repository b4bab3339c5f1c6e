"""Withdrawals that are held: much of a folder went at once, and a mount may be lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from feedsvc.errors import NotFound
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.services.absences import Absences
from feedsvc.services.holds import Held
from feedsvc.services.settling import Settling
from feedsvc.store.documents import KnownDocument
from feedsvc.store.roots import note_root_device
from feedsvc.store.schema import audit_events
from tests.service import Service, article, open_service

HELD = "withdrawals held: a mount may be lost"


@pytest.fixture
def service(tmp_path: Path, database: str, pool: ExtractionPool) -> Iterator[Service]:
    """One that withdraws what is gone."""
    service = open_service(tmp_path, database, pool, {"ingest": {"removal": "withdraw"}})
    yield service
    service.lease.release()
    service.runtime.close()


def write(service: Service, names: Sequence[str]) -> None:
    for name in names:
        service.folder.write(f"{name}.txt", article(f"Storm {name} shuts the harbour"))


def remove(service: Service, names: Sequence[str]) -> None:
    for name in names:
        service.folder.remove(f"{name}.txt")


def settle(service: Service) -> list[Outcome]:
    """Look until whatever may be withdrawn is; answers what became of documents meanwhile."""
    outcomes: list[Outcome] = []
    for minutes in (0, 1, 20):
        service.stopped.move(minutes=minutes)
        outcomes += service.ingest().values()
    return outcomes


def named(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:02}" for number in range(count)]


def test_a_folder_of_which_a_third_is_replaced_each_day_is_no_lost_mount(service: Service) -> None:
    there = named("day 0 ", 30)
    write(service, there)
    settle(service)
    for day in range(1, 6):
        came = named(f"day {day} ", 10)
        remove(service, there[:10])
        write(service, came)
        there = there[10:] + came
        assert settle(service).count(Outcome.WITHDRAWN) == 10
        assert len(service.entries()) == 30
        service.stopped.move(days=1)


def test_what_was_withdrawn_is_not_gone_through_at_every_look(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[DocumentPath] = []
    withdraw = Settling.withdraw

    def counting(settling: Settling, gone: KnownDocument) -> list[DocumentOutcome]:
        asked.append(gone.path)
        return withdraw(settling, gone)

    monkeypatch.setattr(Settling, "withdraw", counting)
    write(service, named("", 5))
    settle(service)
    remove(service, named("", 3))
    settle(service)
    settle(service)
    assert len(asked) == 3


def test_what_arrives_ends_no_hold_and_files_that_come_back_do(service: Service) -> None:
    mount, others = named("mount ", 25), named("other ", 10)
    write(service, mount + others)
    settle(service)
    remove(service, mount)
    settle(service)
    write(service, named("arrived ", 40))
    for _ in range(2):
        assert Outcome.WITHDRAWN not in settle(service)
    assert len(service.entries()) == 75
    # Of 35 that were there, 22 are more than half; one of them was really deleted.
    write(service, mount[:4])
    remove(service, others[:1])
    assert Outcome.WITHDRAWN not in settle(service)
    write(service, mount[4:])
    assert settle(service).count(Outcome.WITHDRAWN) == 1
    assert len(service.entries()) == 74


def test_a_folder_that_is_emptied_slowly_is_held_as_well(service: Service) -> None:
    names = named("", 40)
    write(service, names)
    settle(service)
    while names:
        remove(service, names[:5])
        names = names[5:]
        service.ingest()  # a minute later
    assert Outcome.WITHDRAWN not in settle(service)
    assert len(service.entries()) == 40


def test_a_folder_that_is_renamed_is_no_lost_mount(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    write(service, named("before/", 25))
    settle(service)
    (service.folder.path / "before").rename(service.folder.path / "after")
    assert settle(service) == [Outcome.MOVED] * 25
    assert HELD not in [record.message for record in caplog.records]


def test_what_has_been_gone_for_long_makes_no_lost_mount_of_another_disk(service: Service) -> None:
    write(service, ["a", "b", "c"])
    settle(service)
    remove(service, ["a"])
    settle(service)
    with service.runtime.store.writing() as connection:
        note_root_device(connection, "seeds", 12345)
    settle(service)
    remove(service, ["b"])
    assert settle(service) == [Outcome.REMOVED, Outcome.WITHDRAWN]


def test_a_person_who_withdraws_what_is_gone_ends_a_hold(service: Service) -> None:
    names = named("", 30)
    write(service, names)
    settle(service)
    remove(service, names[:25])
    settle(service)
    gone = [service.entries()[f"Storm {name} shuts the harbour"].guid for name in names[:10]]
    service.runtime.withdrawals.withdraw(gone)
    assert settle(service) == [Outcome.WITHDRAWN] * 15


def test_a_lost_mount_is_known_after_a_crash_and_a_long_pause(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(service, named("", 30))
    settle(service)
    remove(service, named("", 25))
    note = Absences._note_missing

    def crash(absences: Absences, fresh: Sequence[KnownDocument]) -> None:
        note(absences, fresh)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Absences, "_note_missing", crash)
        with pytest.raises(KeyboardInterrupt):
            service.ingest()
    service.stopped.move(days=1)
    assert Outcome.WITHDRAWN not in settle(service)
    assert len(service.entries()) == 30


def test_refused_files_that_are_cleaned_up_are_no_lost_mount(service: Service) -> None:
    write(service, named("", 15))
    for name in named("", 25):
        service.folder.write(f"{name}.html", b"")
    settle(service)
    for name in named("", 25):
        service.folder.remove(f"{name}.html")
    remove(service, named("", 1))
    assert settle(service).count(Outcome.WITHDRAWN) == 1
    assert service.runtime.quarantine.page(after=0, limit=50).documents == ()


def test_refused_files_hide_no_lost_mount(service: Service) -> None:
    write(service, named("", 40))
    for name in named("", 60):
        service.folder.write(f"{name}.html", b"")
    settle(service)
    remove(service, named("", 25))
    assert Outcome.WITHDRAWN not in settle(service)


def test_copies_that_are_cleaned_up_are_no_lost_mount(service: Service) -> None:
    names = named("", 15)
    for folder in ("a", "b", "c"):
        for name in names:
            service.folder.write(f"{folder}/{name}.txt", article(f"Storm {name} shuts the harbour"))
    settle(service)
    for folder in ("a", "c"):  # what gives the entries first is among them
        remove(service, [f"{folder}/{name}" for name in names])
    assert Outcome.WITHDRAWN not in settle(service)
    service.stopped.move(minutes=20)
    remove(service, [f"b/{names[0]}"])
    assert settle(service).count(Outcome.WITHDRAWN) == 1
    assert len(service.entries()) == 14


def test_the_alarm_stands_until_the_files_are_back_whatever_becomes_of_them(
    tmp_path: Path, database: str, pool: ExtractionPool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "feedsvc")
    service = open_service(tmp_path, database, pool, {"ingest": {"removal": "keep"}})
    ingestion = service.ingestion()

    def look() -> list[str]:
        caplog.clear()
        service.stopped.move(minutes=20)
        for _ in ingestion.settle(ingestion.look(), set()):
            pass
        told = {HELD, "trouble over"}
        return [record.message for record in caplog.records if record.message in told]

    write(service, named("", 30))
    assert look() == []
    remove(service, named("", 25))
    assert [look() for _ in range(4)] == [[HELD], [], [], []]
    write(service, named("", 25))
    assert [look(), look()] == [["trouble over"], []]
    service.lease.release()
    service.runtime.close()


def test_refused_files_that_arrive_meanwhile_make_no_lost_mount(service: Service) -> None:
    write(service, named("", 60))
    settle(service)
    remove(service, named("", 20))
    for name in named("", 60):
        service.folder.write(f"{name}.html", b"")
    assert settle(service).count(Outcome.WITHDRAWN) == 20


# Clocks that were ahead


def lose_by_a_clock_ahead(service: Service, **ahead: float) -> list[str]:
    """Of 30 documents 25 go while the clock is ahead; answers their names, once it is set right."""
    names = named("", 30)
    write(service, names)
    settle(service)
    service.stopped.move(**ahead)
    remove(service, names[:25])
    settle(service)
    service.stopped.move(**{unit: -by for unit, by in ahead.items()})
    return names[:25]


def test_a_hold_that_began_by_a_clock_that_was_ahead_ends_and_the_next_is_kept(
    service: Service,
) -> None:
    lost = lose_by_a_clock_ahead(service, hours=2)
    write(service, lost)
    assert Outcome.WITHDRAWN not in settle(service)
    with pytest.raises(NotFound, match="nothing is held"):
        accept(service)
    remove(service, lost)
    assert Outcome.WITHDRAWN not in settle(service)
    assert len(service.entries()) == 30


def test_what_was_missed_by_a_clock_that_was_ahead_is_accepted_once(service: Service) -> None:
    lose_by_a_clock_ahead(service, days=365)
    assert Outcome.WITHDRAWN not in settle(service)
    held = accept(service)
    assert (held.lost, held.documents) == (25, 30)
    assert settle(service).count(Outcome.WITHDRAWN) == 25


def test_what_was_missed_by_a_clock_that_was_ahead_is_withdrawn_by_the_one_that_is_right(
    service: Service,
) -> None:
    write(service, ["a", "b"])
    settle(service)
    service.stopped.move(days=365)
    remove(service, ["a"])
    service.ingest()
    service.ingest()
    service.stopped.move(days=-365)
    assert settle(service) == [Outcome.WITHDRAWN]


# A person says that all was meant to go


def accept(service: Service) -> Held:
    held = service.runtime.holds.find("seeds")
    service.runtime.holds.accept(held)
    return held


def audited(service: Service) -> list[tuple[str, str, str]]:
    with service.runtime.store.reading() as connection:
        rows = connection.execute(select(audit_events).order_by(audit_events.c.id))
        return [(row.action, row.object, row.result) for row in rows]


def test_what_a_person_says_was_meant_to_go_is_withdrawn(service: Service) -> None:
    write(service, named("", 30))
    settle(service)
    remove(service, named("", 25))
    settle(service)
    held = accept(service)
    assert (held.lost, held.documents) == (25, 30)
    assert audited(service) == [("root.accept", "seeds", "25 of 30 gone")]
    assert settle(service) == [Outcome.WITHDRAWN] * 25
    with pytest.raises(NotFound, match="nothing is held"):
        accept(service)


def test_and_may_be_told_as_soon_as_it_is_held(service: Service) -> None:
    write(service, named("", 30))
    settle(service)
    remove(service, named("", 25))
    service.ingest()
    accept(service)
    assert settle(service) == [Outcome.REMOVED] * 25 + [Outcome.WITHDRAWN] * 25


def test_even_while_a_look_is_settled(service: Service) -> None:
    write(service, named("", 30))
    settle(service)
    remove(service, named("", 25))
    settle(service)
    ingestion = service.ingestion()
    survey = ingestion.look()
    accept(service)
    for _ in ingestion.settle(survey, set()):
        pass
    assert settle(service) == [Outcome.WITHDRAWN] * 25


def test_what_goes_after_a_person_was_asked_is_held_by_itself(service: Service) -> None:
    write(service, named("", 60))
    settle(service)
    remove(service, named("", 60)[:40])
    settle(service)
    held = service.runtime.holds.find("seeds")
    remove(service, named("", 60)[40:])
    service.ingest()
    service.runtime.holds.accept(held)
    assert Outcome.WITHDRAWN not in settle(service)
    held = accept(service)
    assert (held.lost, held.documents) == (20, 20)
    assert settle(service).count(Outcome.WITHDRAWN) == 60


def test_a_folder_that_was_moved_to_another_disk_without_some_files(service: Service) -> None:
    write(service, named("", 5))
    settle(service)
    with service.runtime.store.writing() as connection:
        note_root_device(connection, "seeds", 12345)
    remove(service, named("", 2))
    assert Outcome.WITHDRAWN not in settle(service)
    accept(service)
    assert settle(service) == [Outcome.WITHDRAWN] * 2
    remove(service, named("", 3)[2:])
    assert settle(service) == [Outcome.REMOVED, Outcome.WITHDRAWN]


def test_where_entries_are_kept_it_ends_the_alarm(
    tmp_path: Path, database: str, pool: ExtractionPool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "feedsvc")
    service = open_service(tmp_path, database, pool, {"ingest": {"removal": "keep"}})
    write(service, named("", 30))
    settle(service)
    remove(service, named("", 25))
    ingestion = service.ingestion()
    for told in ([HELD], [], ["trouble over"], [], []):
        caplog.clear()
        if told == ["trouble over"]:
            accept(service)
        service.stopped.move(minutes=4)
        for _ in ingestion.settle(ingestion.look(), set()):
            pass
        heard = [record for record in caplog.records if record.message in (HELD, "trouble over")]
        assert [record.message for record in heard] == told
        if told == [HELD]:
            assert vars(heard[0])["if_meant"] == "feedsvc roots accept seeds"
    assert len(service.entries()) == 30
    service.lease.release()
    service.runtime.close()
