"""Whose fault it is: the machine's and the store's trouble quarantine no document, its own does."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import OperationalError

from feedsvc.errors import PostponedDocument, StoreError, StoreFull
from feedsvc.ingest.pool import Extracted, ExtractionPool, Job
from feedsvc.ingest.versions import EXTRACTOR_VERSION
from feedsvc.ingest.worker import draft_document
from feedsvc.model.document import DocumentPath, Outcome, RootDefaults
from feedsvc.model.entry import EntryDraft
from feedsvc.model.run import RunRequest
from feedsvc.services import bulk, settling
from feedsvc.services.ingestion import Ingestion
from feedsvc.settings import LimitSettings
from feedsvc.store import entries
from feedsvc.store.documents import KnownDocument, find_by_paths
from feedsvc.store.schema import document_entries, documents, runs
from tests.service import Service, article

SPOILT = DocumentPath(root="seeds", path=b"b.txt")
STAT = os.stat


def sweep(ingestion: Ingestion) -> None:
    """One look at everything and what comes of it, as the scheduler does."""
    for _ in ingestion.settle(ingestion.look(), set()):
        pass


def stages(service: Service) -> dict[bytes, str | None]:
    with service.runtime.store.reading() as connection:
        rows = connection.execute(select(documents.c.path, documents.c.stage)).all()
    return {row.path: row.stage for row in rows}


def known_at(service: Service, path: bytes) -> KnownDocument:
    with service.runtime.store.reading() as connection:
        (known,) = find_by_paths(connection, [DocumentPath(root="seeds", path=path)]).values()
        return known


def write_three(service: Service) -> None:
    for name in "abc":
        service.folder.write(f"{name}.txt", article(f"The storm of {name * 3}", body=None))


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Let one document be unreadable with an error number, or readable again."""
    real = os.open
    number: int | None = None

    def open_spoilt(name: object, *given: object, **options: object) -> int:
        if name == SPOILT.path and number is not None:
            raise OSError(number, os.strerror(number))
        return real(name, *given, **options)  # type: ignore[arg-type]

    def set_number(given: int | None) -> None:
        nonlocal number
        number = given

    monkeypatch.setattr(os, "open", open_spoilt)
    return set_number


@pytest.mark.parametrize(
    "number",
    [
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.ESTALE,
        errno.EAGAIN,
    ],
    ids=errno.errorcode.__getitem__,
)
def test_what_cannot_be_read_just_now_is_left_told_once_and_read_later(
    service: Service,
    spoil: Callable[[int | None], None],
    caplog: pytest.LogCaptureFixture,
    number: int,
) -> None:
    write_three(service)
    ingestion = service.ingestion()
    spoil(number)
    for _ in range(3):
        sweep(ingestion)
    assert stages(service) == {b"a.txt": None, b"c.txt": None}
    told = [r for r in caplog.records if r.message == "documents left for later"]
    assert [vars(r)["document"] for r in told] == ["seeds/b.txt"]
    spoil(None)
    sweep(ingestion)
    assert stages(service) == {b"a.txt": None, b"b.txt": None, b"c.txt": None}
    spoil(number)
    service.folder.write("b.txt", article("The storm of bbb came back"))
    sweep(ingestion)
    told = [r for r in caplog.records if r.message == "documents left for later"]
    assert len(told) == 2  # new trouble, after a time without
    assert len(service.entries()) == 3


def test_whoever_asked_hears_that_a_document_was_left(
    service: Service, spoil: Callable[[int | None], None]
) -> None:
    write_three(service)
    spoil(errno.EIO)
    assert service.ingest() == {
        "a.txt": Outcome.NEW,
        "b.txt": Outcome.FAILED,
        "c.txt": Outcome.NEW,
    }
    (left,) = [o for o in service.outcomes if o.outcome is Outcome.FAILED]
    assert (left.stage, left.reason) == (
        "discover",
        "cannot be read just now (Input/output error); try again",
    )


def test_what_is_closed_to_us_is_quarantined_and_tried_at_each_look(
    service: Service, spoil: Callable[[int | None], None]
) -> None:
    write_three(service)
    ingestion = service.ingestion()
    spoil(errno.EACCES)
    sweep(ingestion)
    assert stages(service)[b"b.txt"] == "discover"
    sweep(ingestion)
    with service.runtime.store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(runs)) == 1  # told once
    spoil(None)
    sweep(ingestion)
    assert stages(service)[b"b.txt"] is None


def test_what_was_closed_to_us_for_a_while_keeps_its_entry_under_another_name(
    service: Service, spoil: Callable[[int | None], None]
) -> None:
    # So few words that it is known by its bytes alone.
    service.folder.write("b.txt", article("The storm of bbb", body="The gates are closed."))
    service.ingest()
    before = service.entry()
    ingestion = service.ingestion()
    spoil(errno.EACCES)
    (service.folder.path / "b.txt").touch()
    sweep(ingestion)
    assert stages(service) == {b"b.txt": "discover"}
    service.folder.move("b.txt", to="elsewhere.txt")
    for _ in range(2):
        sweep(ingestion)
        assert service.entry() == before
    assert stages(service) == {b"elsewhere.txt": None}


def test_a_move_is_not_decided_while_a_file_cannot_be_read(
    service: Service, spoil: Callable[[int | None], None]
) -> None:
    service.folder.write("a.txt", article("The storm of aaa"))
    service.ingest()
    before = service.entry()
    service.folder.move("a.txt", "b.txt")
    service.folder.write(
        "a.txt", article("Quite another thing", body="Wholly other words of length. " * 20)
    )
    ingestion = service.ingestion()
    spoil(errno.EIO)
    sweep(ingestion)
    assert service.entry() == before
    spoil(None)
    sweep(ingestion)
    assert service.entries()["The storm of aaa"].guid == before.guid
    assert len(service.entries()) == 2


class _KillingPool:
    """Answers as a pool does whose workers are killed at one document."""

    def __init__(self, pool: ExtractionPool) -> None:
        self._pool = pool
        self.kills = 0
        self.begin = pool.begin

    def extract(self, jobs: Iterator[Job[object]]) -> Iterator[Extracted[object]]:
        for extracted in self._pool.extract(jobs):
            if getattr(extracted.outcome, "title", "") == "The storm of bbb" and self.kills:
                self.kills -= 1
                killed = PostponedDocument("its process was killed")
                killed.stage = "extract"
                extracted = replace(extracted, outcome=killed)
            yield extracted


@pytest.mark.parametrize(("kills", "stage"), [(2, None), (3, "extract")])
def test_a_document_whose_process_is_killed_is_tried_three_times(
    service: Service, kills: int, stage: str | None
) -> None:
    write_three(service)
    pool = _KillingPool(service.pool)
    pool.kills = kills
    ingestion = replace(service, pool=pool).ingestion()  # type: ignore[arg-type]
    for _ in range(3):
        assert stages(service).get(b"b.txt") is None
        sweep(ingestion)
    assert stages(service) == {b"a.txt": None, b"b.txt": stage, b"c.txt": None}
    known = known_at(service, b"b.txt")
    assert known.reason == ("its process was killed, 3 times" if stage else None)


def dangerous(
    path: bytes, raw: bytes, limits: LimitSettings, excerpt_bytes: int, defaults: RootDefaults
) -> EntryDraft:
    """Extract a document; one that is to hang or be killed notes that it was run, before."""
    deed, _, log = raw.partition(b" ")
    if deed == b"fail":
        raise ValueError("what nobody thought of\0")
    if deed in (b"hang", b"die"):
        with open(log, "ab") as runs:  # noqa: PTH123
            runs.write(b"run\n")
        if deed == b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(600)
    return draft_document(path, raw, limits, excerpt_bytes, defaults)


@pytest.fixture
def endangered(service: Service) -> Iterator[Service]:
    """A service that documents can hang, or kill a process of."""
    limits = service.runtime.settings.limits.model_copy(update={"document_timeout_s": 0.5})
    with ExtractionPool(1, limits, 131_072, draft=dangerous) as pool:
        yield replace(service, pool=pool)


@pytest.mark.parametrize("deed", ["hang", "die"])
def test_a_deadly_document_is_run_five_times_at_most_whoever_ingests(
    endangered: Service, tmp_path: Path, deed: str
) -> None:
    runs = tmp_path / "runs"
    write_three(endangered)
    endangered.folder.write("b.txt", f"{deed} {runs}")
    found = [endangered.ingest() for _ in range(5)]  # each as a process of its own would do it
    assert found == [
        {"a.txt": Outcome.NEW, "b.txt": Outcome.FAILED, "c.txt": Outcome.NEW},
        {"b.txt": Outcome.FAILED},
        {"b.txt": Outcome.QUARANTINED},
        {},
        {},
    ]
    assert 3 <= len(runs.read_text().splitlines()) <= 5
    assert stages(endangered)[b"b.txt"] == "extract"


def test_the_traceback_of_a_bug_is_kept_as_evidence(endangered: Service) -> None:
    endangered.folder.write("b.txt", "fail")
    assert endangered.ingest() == {"b.txt": Outcome.QUARANTINED}
    (quarantined,) = endangered.runtime.quarantine.page().documents
    assert (quarantined.path, quarantined.stage) == (SPOILT, "extract")
    assert quarantined.reason == "could not be extracted (ValueError)"
    assert quarantined.evidence is not None
    assert quarantined.evidence.startswith("Traceback")
    assert quarantined.evidence.endswith("ValueError: what nobody thought of\\0\n")
    assert endangered.runtime.quarantine.counts() == {"extract": 1}


def test_other_bytes_are_tried_as_often_again(endangered: Service, tmp_path: Path) -> None:
    outcomes = []
    for log in "one", "two":
        endangered.folder.write("b.txt", f"die {tmp_path / log}")
        outcomes += [endangered.ingest()["b.txt"] for _ in range(2)]
    assert outcomes == [Outcome.FAILED] * 4


def test_what_comes_to_an_end_at_last_was_never_tried_in_vain(service: Service) -> None:
    write_three(service)
    pool = _KillingPool(service.pool)
    killed = replace(service, pool=pool)  # type: ignore[arg-type]
    for last in Outcome.NEW, Outcome.UNCHANGED:
        pool.kills = 2
        outcomes = [killed.ingest(paths=["b.txt"], force=True)["b.txt"] for _ in range(3)]
        assert outcomes == [Outcome.FAILED, Outcome.FAILED, last]


def make_outdated(service: Service) -> None:
    """As if another extractor had made every fingerprint."""
    with service.runtime.store.writing() as connection:
        connection.execute(
            update(document_entries).values(extractor_version=0, fingerprint=b"other")
        )


def fingerprints(service: Service) -> dict[bytes, tuple[int, bytes | None]]:
    """Version and fingerprint by path."""
    with service.runtime.store.reading() as connection:
        rows = connection.execute(
            select(documents.c.path, document_entries).join(
                document_entries, document_entries.c.document_id == documents.c.id
            )
        ).all()
    return {row.path: (row.extractor_version, row.fingerprint) for row in rows}


def test_a_fingerprint_that_cannot_be_made_just_now_is_made_before_the_next_sweep(
    service: Service,
) -> None:
    write_three(service)
    service.ingest()
    before = fingerprints(service)
    make_outdated(service)
    pool = _KillingPool(service.pool)
    pool.kills = 1
    ingestion = replace(service, pool=pool).ingestion()  # type: ignore[arg-type]
    ingestion.refresh_fingerprints()
    assert fingerprints(service) == before | {b"b.txt": (0, b"other")}
    sweep(ingestion)
    assert fingerprints(service) == before


@pytest.mark.parametrize("kills", [3, 99])
def test_a_document_whose_process_is_always_killed_ends_without_a_fingerprint(
    service: Service, kills: int
) -> None:
    write_three(service)
    service.ingest()
    make_outdated(service)
    pool = _KillingPool(service.pool)
    pool.kills = kills
    ingestion = replace(service, pool=pool).ingestion()  # type: ignore[arg-type]
    for _ in range(3):
        ingestion.refresh_fingerprints()
    assert fingerprints(service)[b"b.txt"] == (EXTRACTOR_VERSION, None)


def test_a_document_that_was_never_read_ends_without_a_fingerprint(service: Service) -> None:
    write_three(service)
    service.ingest()
    make_outdated(service)
    with service.runtime.store.writing() as connection:
        connection.execute(
            update(documents).where(documents.c.path == SPOILT.path).values(sha256=None)
        )
    service.ingestion().refresh_fingerprints()
    assert fingerprints(service)[b"b.txt"] == (EXTRACTOR_VERSION, None)
    assert fingerprints(service)[b"a.txt"][1] not in (None, b"other")


def exchange(service: Service, *names: str) -> None:
    """Let each of these files take what the next one holds, and the last what the first does."""
    service.folder.move(f"{names[0]}.txt", "x.tmp")
    for name, following in pairwise(names):
        service.folder.move(f"{following}.txt", f"{name}.txt")
    service.folder.move("x.tmp", f"{names[-1]}.txt")


def let_no_look_at_spoilt(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: Any, **named: Any) -> os.stat_result:
        if name == SPOILT.path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return STAT(name, **named)

    monkeypatch.setattr(os, "stat", fail)


def settled(ingestion: Ingestion, paths: Collection[DocumentPath] | None = None) -> set[bytes]:
    """Settle one look; answers what is to be looked at again."""
    restless: set[DocumentPath] = set()
    for _ in ingestion.settle(ingestion.look(paths), restless):
        pass
    return {path.path for path in restless}


def test_an_exchange_of_which_one_file_was_seen_alone_is_no_edit(service: Service) -> None:
    write_three(service)
    service.ingest()
    before, documents_before = service.entries(), service.documents()
    exchange(service, "a", "b")
    ingestion = service.ingestion()
    assert settled(ingestion, [replace(SPOILT, path=b"a.txt")]) == {b"a.txt", b"b.txt"}
    assert service.entries() == before
    assert settled(ingestion) == set()
    assert service.entries() == before
    assert service.documents() == documents_before


@pytest.mark.parametrize("names", ["ab", "abc", "cba", "dcba"])
@pytest.mark.parametrize("grows", [False, True], ids=["equal", "longer"])
def test_an_exchange_of_which_one_file_cannot_be_looked_at_is_no_edit(
    names: str, grows: bool, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedsvc.services.sweep._MAX_HOLDS", 3)
    for at, name in enumerate("abcd"):
        title = f"The storm of {name * (3 + grows * at)}"
        service.folder.write(f"{name}.txt", article(title, body=None))
    service.ingest()
    before, documents_before = service.entries(), service.documents()
    exchange(service, *names)
    let_no_look_at_spoilt(monkeypatch)
    ingestion = service.ingestion()
    for _ in range(3):
        assert settled(ingestion) == {f"{name}.txt".encode() for name in names}
        assert service.entries() == before
    with monkeypatch.context() as mended:
        mended.setattr(os, "stat", STAT)
        other = service.ingestion()
        assert settled(other) == set()
        assert service.entries() == before
        assert service.documents() == documents_before
    assert settled(ingestion) == set()
    exchange(service, *names)
    for _ in range(3):
        assert len(settled(other)) == len(names)
    assert settled(other) == set()
    assert service.entries() != before  # after so many looks, it is what the others say


def test_files_that_may_have_been_exchanged_do_not_wait_for_ever_for_one_of_them(
    service: Service, spoil: Callable[[int | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedsvc.services.sweep._MAX_HOLDS", 3)
    write_three(service)
    service.ingest()
    before = service.entries()
    exchange(service, "a", "b")
    spoil(errno.EIO)
    ingestion = service.ingestion()
    for _ in range(3):
        assert settled(ingestion) == {b"a.txt", b"b.txt"}
        assert service.entries() == before
    assert settled(ingestion) == set()
    assert known_at(service, b"a.txt").sha256 == known_at(service, b"b.txt").sha256


def fail_at(
    monkeypatch: pytest.MonkeyPatch, title: str, failure: Callable[[Connection], None]
) -> None:
    """Let the store fail whenever an entry of this title is added, alone or with others."""

    def failing(real: Callable[..., object], module: object, name: str) -> None:
        def add(work: object, draft: object, **rest: object) -> object:
            drafts = draft.values() if isinstance(draft, dict) else [draft]
            if any(getattr(d, "title", None) == title for d in drafts):
                failure(work.connection)  # type: ignore[attr-defined]
            return real(work, draft, **rest)

        monkeypatch.setattr(module, name, add)

    failing(entries.add_entry, settling, "add_entry")
    failing(entries.add_entries, bulk, "add_entries")


def test_a_document_that_the_store_cannot_take_is_taken_out_in_the_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_three(service)

    def fail(_connection: Connection) -> None:
        raise OperationalError("INSERT", {}, Exception("index row size exceeds the maximum"))

    fail_at(monkeypatch, "The storm of bbb", fail)
    ingestion = service.ingestion()
    for _ in range(2):
        with pytest.raises(StoreError):
            sweep(ingestion)
        assert stages(service).get(b"b.txt") is None
    sweep(ingestion)
    assert stages(service) == {b"a.txt": None, b"b.txt": "store", b"c.txt": None}


def test_a_full_disk_refuses_no_document(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    write_three(service)

    class Full(Exception):
        sqlite_errorcode = 13
        sqlstate = None

    def fail(_connection: Connection) -> None:
        raise OperationalError("INSERT", {}, Full("database or disk is full"))

    ingestion = service.ingestion()
    with monkeypatch.context() as patch:
        fail_at(patch, "The storm of bbb", fail)
        for _ in range(6):
            with pytest.raises(StoreFull):
                sweep(ingestion)
    sweep(ingestion)
    assert stages(service) == {b"a.txt": None, b"b.txt": None, b"c.txt": None}


def test_a_run_that_the_store_interrupts_goes_on_when_it_can(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_three(service)
    run = service.runtime.runs.request(RunRequest(), requested_by="test")
    ingestion = service.ingestion()

    class Busy(Exception):
        sqlite_errorcode = 5

    def fail(_connection: Connection) -> None:
        raise OperationalError("INSERT", {}, Busy("database is locked"))

    with monkeypatch.context() as patch:
        fail_at(patch, "The storm of bbb", fail)
        with pytest.raises(StoreError):
            for _ in ingestion.work_on_next_run():
                pass
    assert service.runtime.runs.get(run.id).state == "running"
    for _ in ingestion.work_on_next_run():
        pass
    done = service.runtime.runs.get(run.id)
    assert (done.state, dict(done.counts)) == ("done", {"new": 3})
