"""Runs that people ask for: queued, worked on one at a time, rehearsed, survived."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest
from sqlalchemy import Connection, select

from feedsvc.errors import Interrupted, NotFound, StoreFull
from feedsvc.model.document import DocumentOutcome, Outcome
from feedsvc.model.run import Run, RunRequest, RunState, Trigger
from feedsvc.services import ingestion
from feedsvc.services.absences import Absences
from feedsvc.services.ingestion import Ingestion
from feedsvc.services.sweep import Sweeper
from feedsvc.store import rehearsal
from feedsvc.store.engine import open_store
from feedsvc.store.publishing import fetch_version, publishing
from feedsvc.store.runs import add_outcomes
from feedsvc.store.schema import audit_events
from tests.service import Service, article


def ask(service: Service, **request: object) -> Run:
    wanted = RunRequest(**request)  # type: ignore[arg-type]  # whichever fields a test is about
    return service.runtime.runs.request(wanted, requested_by="laptop", address="192.0.2.1")


def work(service: Service) -> bool:
    service.stopped.move(seconds=60)
    return bool(list(service.ingestion().work_on_next_run()))


def followed(service: Service, run: Run) -> Run:
    return service.runtime.runs.get(run.id)


def outcomes(service: Service, run: Run) -> dict[str, Outcome]:
    page = service.runtime.runs.outcomes(run.id)
    assert page.next_after is None
    assert len({o.path for o in page.outcomes}) == len(page.outcomes)
    return {os.fsdecode(o.path.path): o.outcome for o in page.outcomes}


def version(service: Service) -> int:
    with service.runtime.store.reading() as connection:
        return fetch_version(connection).number


class StopsAfter(threading.Event):
    """Asks to stop once it was looked at so often, as a process does that is told to end."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._left = looks

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


def stopped_ingestion(service: Service, looks: int) -> Ingestion:
    """One whose transactions hold one document each, stopped somewhere in the middle."""
    settings = service.runtime.settings
    ingest = settings.ingest.model_copy(update={"batch_s": 1e-9})
    return Ingestion(
        store=service.runtime.store,
        lease=service.lease,
        settings=settings.model_copy(update={"ingest": ingest}),
        clock=service.runtime.clock,
        pool=service.pool,
        stop=StopsAfter(looks),
    )


def test_a_run_waits_until_it_is_worked_on(service: Service) -> None:
    service.folder.write("a.txt", article())
    run = ask(service)
    assert (run.state, run.trigger, run.requested_by) == (
        RunState.QUEUED,
        Trigger.ADMIN,
        "laptop",
    )
    assert work(service)
    done = followed(service, run)
    assert (done.state, done.total, dict(done.counts)) == (RunState.DONE, 1, {Outcome.NEW: 1})
    assert done.resurfacing == 1
    assert done.finished_at == service.stopped.instant


def test_without_a_run_there_is_nothing_to_do(service: Service) -> None:
    assert not work(service)


def test_runs_are_worked_on_one_after_another(service: Service) -> None:
    service.folder.write("a.txt", article())
    first, second = ask(service), ask(service, force=True)
    assert work(service)
    assert followed(service, second).state is RunState.QUEUED
    assert work(service)
    assert outcomes(service, first) == {"a.txt": Outcome.NEW}
    assert outcomes(service, second) == {"a.txt": Outcome.UNCHANGED}
    assert not work(service)


def test_who_asked_is_written_down(service: Service) -> None:
    run = ask(service)
    rehearsal = ask(service, dry_run=True)
    with service.runtime.store.reading() as connection:
        rows = connection.execute(select(audit_events).order_by(audit_events.c.id)).all()
    assert [(r.actor, r.address, r.action, r.object, r.result) for r in rows] == [
        ("laptop", "192.0.2.1", "reingest", run.id, "queued"),
        ("laptop", "192.0.2.1", "reingest.dry_run", rehearsal.id, "queued"),
    ]


def test_a_run_never_asked_for_is_not_found(service: Service) -> None:
    with pytest.raises(NotFound):
        service.runtime.runs.get("nothing")
    with pytest.raises(NotFound):
        service.runtime.runs.outcomes("nothing")


@pytest.mark.parametrize("path", ["/etc/passwd", "../secrets", "a//b", "", "a/./b"])
def test_a_path_that_can_name_no_document_is_refused_and_nothing_queued(
    service: Service, path: str
) -> None:
    with pytest.raises(ValueError, match="path"):
        ask(service, paths=("a.txt", path))
    assert not work(service)


def test_a_run_looks_at_what_it_names_alone(service: Service) -> None:
    for name in ("news/a.txt", "news/deep/b.txt", "wire/c.txt", "d.txt"):
        service.folder.write(name, article(f"Storm in {name}"))
    run = ask(service, paths=("seeds/news/**", "wire/?.txt"))
    assert work(service)
    assert outcomes(service, run) == {
        "news/a.txt": Outcome.NEW,
        "news/deep/b.txt": Outcome.NEW,
        "wire/c.txt": Outcome.NEW,
    }
    assert len(service.entries()) == 3


def test_a_reingest_of_everything_changes_nothing(service: Service) -> None:
    for n in range(5):
        service.folder.write(f"{n}.txt", article(f"Storm number {n}"))
    service.ingest()
    before = service.documents(), version(service)
    run = ask(service, force=True)
    assert work(service)
    assert Counter(outcomes(service, run).values()) == {Outcome.UNCHANGED: 5}
    assert followed(service, run).resurfacing == 0
    assert (service.documents(), version(service)) == before


def test_a_reingest_beside_a_new_file_looks_at_each_document_once(service: Service) -> None:
    for n in range(5):
        service.folder.write(f"{n}.txt", article(f"Storm number {n}"))
    service.ingest()
    service.folder.write("new.txt", article("Rain at last"))
    run = ask(service, force=True)
    assert work(service)
    assert Counter(outcomes(service, run).values()) == {Outcome.UNCHANGED: 5, Outcome.NEW: 1}
    assert followed(service, run).total == 6


# Rehearsals


def fill(service: Service) -> None:
    """A folder in which much happens at once after `change`."""
    for n in range(6):
        service.folder.write(f"{n}.txt", article(f"Storm number {n} shuts the harbour"))
    service.ingest()


def change(service: Service) -> None:
    first, second = (article(f"Storm number {n} shuts the harbour") for n in (0, 1))
    service.folder.write("0.txt", first.replace("closed both gates", "closed one gate"))
    service.folder.write("1.txt", second.replace("\n", "\r\n"))
    service.folder.move("2.txt", to="moved/2.txt")
    service.folder.copy("3.txt", to="copy of 3.txt")
    service.folder.move("4.txt", to="x.tmp")
    service.folder.move("5.txt", to="4.txt")
    service.folder.move("x.tmp", to="5.txt")
    service.folder.write("new.txt", article("Rain at last"))
    service.folder.write("empty.txt", b"")
    service.folder.write("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(99))


def test_a_dry_run_changes_nothing(service: Service) -> None:
    fill(service)
    change(service)
    before = service.documents(), service.entries(), version(service)
    ask(service, dry_run=True)
    assert work(service)
    assert (service.documents(), service.entries(), version(service)) == before


def test_a_dry_run_holds_up_nobody_and_leaves_nothing_behind(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    fill(service)
    change(service)
    forsaken = tmp_path / ".feedsvc-dry-run-of-one-that-was-killed"
    forsaken.mkdir()
    run = ask(service, dry_run=True)
    before = files_in(tmp_path)
    other = open_store(service.runtime.settings.store.url, busy_timeout_s=0.1)
    steps = 0
    for _ in service.ingestion().work_on_next_run():
        steps += 1
        with publishing(other, service.lease, service.runtime.clock):
            pass  # would raise StoreBusy
    other.close()
    assert steps > 3
    assert files_in(tmp_path) == before - {forsaken}
    assert followed(service, run).state is RunState.DONE


def files_in(folder: Path) -> set[Path]:
    """All but what SQLite has beside a database while it is in use."""
    return {path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm"))}


def test_a_dry_run_records_no_guid(service: Service, tmp_path: Path) -> None:
    service.folder.write("a.txt", article())
    ask(service, dry_run=True)
    assert work(service)
    assert not (tmp_path / "guids.jsonl").exists()


def test_a_dry_run_for_which_there_is_no_room_fails_alone(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.folder.write("a.txt", article())
    monkeypatch.setattr(rehearsal, "MIN_FREE_BYTES", 1 << 62)
    run = ask(service, dry_run=True)
    assert work(service)
    told = followed(service, run)
    assert told.state is RunState.FAILED
    assert "a dry run is done in a copy of the store" in (told.error or "")
    assert not work(service)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "there is no room left in"),
        (StoreFull("database or disk is full"), "there is no room left in"),
        (PermissionError(errno.EACCES, "Permission denied", "guids.jsonl"), "Permission denied"),
    ],
)
def test_a_copy_that_cannot_be_made_fails_the_dry_run_alone(
    service: Service, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fail(*_: object) -> NoReturn:
        raise error

    service.folder.write("a.txt", article())
    monkeypatch.setattr(rehearsal, "copy_into", fail)
    run = ask(service, dry_run=True)
    assert work(service)
    failed = followed(service, run)
    assert failed.state is RunState.FAILED
    assert told in (failed.error or "")
    assert not work(service)


def test_the_room_for_a_dry_run_is_that_of_all_that_is_copied(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not service.runtime.store.is_sqlite:
        pytest.skip("beside PostgreSQL lies no guids.jsonl")
    fill(service)
    os.truncate(tmp_path / "guids.jsonl", 9_000_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=9_000_000_000))
    run = ask(service, dry_run=True, force=True)
    assert work(service)
    assert "it needs 9,06" in (followed(service, run).error or "")


def test_a_dry_run_of_nothing_needs_no_copy(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(service)
    monkeypatch.setattr(rehearsal, "MIN_FREE_BYTES", 1 << 62)
    run = ask(service, dry_run=True)
    assert work(service)
    assert (followed(service, run).total, followed(service, run).counts) == (0, {})


def test_a_dry_run_says_exactly_what_the_run_then_does(service: Service) -> None:
    fill(service)
    change(service)
    rehearsal = ask(service, dry_run=True)
    assert work(service)
    run = ask(service)
    assert work(service)
    told, done = followed(service, rehearsal), followed(service, run)
    assert dict(told.counts) == dict(done.counts)
    assert (told.resurfacing, told.total) == (done.resurfacing, done.total)
    assert outcomes(service, rehearsal) == outcomes(service, run)


def test_what_a_dry_run_is_about_happens(service: Service) -> None:
    fill(service)
    change(service)
    run = ask(service)
    assert work(service)
    assert outcomes(service, run) == {
        "0.txt": Outcome.EDITED,
        "1.txt": Outcome.COSMETIC,
        "moved/2.txt": Outcome.MOVED,
        "copy of 3.txt": Outcome.DUPLICATE,
        "4.txt": Outcome.SWAPPED,
        "5.txt": Outcome.SWAPPED,
        "new.txt": Outcome.NEW,
        "empty.txt": Outcome.QUARANTINED,
        "picture.png": Outcome.QUARANTINED,
    }


# Failures and deaths


def test_a_run_that_fails_by_something_unforeseen_ends_and_the_next_is_worked_on(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("nobody thought of this")

    service.folder.write("a.txt", article())
    run, waiting = ask(service), ask(service)
    with monkeypatch.context() as patch:
        patch.setattr(Sweeper, "settle", fail)
        assert work(service)
    told = followed(service, run)
    assert (told.state, told.finished_at) == (RunState.FAILED, service.stopped.instant)
    assert told.error == "stopped by something unforeseen (RuntimeError); see the log"
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert "nobody thought of this" in (record.exc_text or "")
    assert work(service)
    assert outcomes(service, waiting) == {"a.txt": Outcome.NEW}


def test_a_sweep_that_fails_by_something_unforeseen_leaves_no_run_behind(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise RuntimeError("nobody thought of this")

    service.folder.write("a.txt", article())
    monkeypatch.setattr(Absences, "settle", fail)
    ingestion = service.ingestion()
    with pytest.raises(RuntimeError):
        list(ingestion.settle(ingestion.look(), set()))
    assert len(service.entries()) == 1
    assert not work(service)


@pytest.mark.parametrize("looks", [1, 4, 9, 14])
def test_a_run_that_died_is_continued_and_counts_each_document_once(
    service: Service, looks: int
) -> None:
    for n in range(8):
        service.folder.write(f"{n}.txt", article(f"Storm number {n} shuts the harbour"))
    run = ask(service)
    with pytest.raises(Interrupted):
        list(stopped_ingestion(service, looks).work_on_next_run())
    assert followed(service, run).state is RunState.RUNNING
    assert work(service)
    done = followed(service, run)
    assert (done.state, done.total, dict(done.counts)) == (RunState.DONE, 8, {Outcome.NEW: 8})
    assert set(outcomes(service, run)) == {f"{n}.txt" for n in range(8)}
    assert len(service.entries()) == 8


@pytest.mark.parametrize("looks", [1, 4, 9, 14])
def test_a_reingest_that_died_is_continued_and_counts_each_document_once(
    service: Service, looks: int
) -> None:
    for n in range(8):
        service.folder.write(f"{n}.txt", article(f"Storm number {n} shuts the harbour"))
    service.ingest()
    before = service.documents()
    run = ask(service, force=True)
    with pytest.raises(Interrupted):
        list(stopped_ingestion(service, looks).work_on_next_run())
    assert work(service)
    assert dict(followed(service, run).counts) == {Outcome.UNCHANGED: 8}
    assert service.documents() == before


def test_a_run_that_died_goes_before_those_that_wait(service: Service) -> None:
    service.folder.write("a.txt", article())
    run, waiting = ask(service), ask(service)
    with pytest.raises(Interrupted):
        list(stopped_ingestion(service, 1).work_on_next_run())
    assert work(service)
    assert followed(service, run).state is RunState.DONE
    assert followed(service, waiting).state is RunState.QUEUED


def test_a_dry_run_that_died_is_rehearsed_anew(service: Service) -> None:
    for n in range(4):
        service.folder.write(f"{n}.txt", article(f"Storm number {n} shuts the harbour"))
    run = ask(service, dry_run=True)
    with pytest.raises(Interrupted):
        list(stopped_ingestion(service, 5).work_on_next_run())
    assert work(service)
    assert dict(followed(service, run).counts) == {Outcome.NEW: 4}
    assert service.entries() == {}


def test_what_a_dry_run_came_to_is_written_down_in_short_transactions(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "_OUTCOMES_AT_ONCE", 3)
    written: list[int] = []

    def add(connection: Connection, run_id: str, outcomes: Sequence[DocumentOutcome]) -> None:
        written.append(len(outcomes))
        add_outcomes(connection, run_id, outcomes)

    monkeypatch.setattr(ingestion, "add_outcomes", add)
    for n in range(8):
        service.folder.write(f"{n}.txt", article(f"Storm number {n} shuts the harbour"))
    run = ask(service, dry_run=True)
    assert work(service)
    assert written == [3, 3, 2]
    done = followed(service, run)
    assert (done.state, done.total, dict(done.counts)) == (RunState.DONE, 8, {Outcome.NEW: 8})
    assert set(outcomes(service, run)) == {f"{n}.txt" for n in range(8)}


def test_a_dry_run_that_died_while_it_was_written_down_counts_each_document_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "_OUTCOMES_AT_ONCE", 3)
    for n in range(8):
        service.folder.write(f"{n}.txt", article(f"Storm number {n} shuts the harbour"))
    run = ask(service, dry_run=True)
    for _ in service.ingestion().work_on_next_run():
        if sum(followed(service, run).counts.values()) == 6:
            break  # as one that is killed
    service.folder.remove("0.txt")
    assert work(service)
    assert dict(followed(service, run).counts) == {Outcome.NEW: 7}
    assert followed(service, run).resurfacing == 7
    assert set(outcomes(service, run)) == {f"{n}.txt" for n in range(1, 8)}
