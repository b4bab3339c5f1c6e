"""What is extracted while files rest counts once they have, if they are as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc.errors import Interrupted, PostponedDocument
from feedsvc.ingest.discover import Found, ReadDocument, WatchedRoot
from feedsvc.ingest.pool import Extracted, ExtractionPool, Job
from feedsvc.model.document import Outcome
from feedsvc.model.run import RunRequest
from feedsvc.services import sweep
from feedsvc.store.schema import tries
from tests.service import Service, article, open_service

RESTS_S = 0.6
COUNT = 40

Extract = Callable[[ExtractionPool, Iterable[Job[Any]]], Iterator[Extracted[Any]]]


@pytest.fixture
def service(database: str, tmp_path: Path, pool: ExtractionPool) -> Iterator[Service]:
    """Files rest for longer than it takes to extract a few, and no longer than a test may take."""
    service = open_service(tmp_path, database, pool, {"ingest": {"settle_s": RESTS_S}})
    yield service
    service.lease.release()
    service.runtime.close()


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The documents that each use of the pool was given; the first is what was read ahead."""
    given: list[list[str]] = []

    def note(jobs: Iterable[Job[Any]], into: list[str]) -> Iterator[Job[Any]]:
        for job in jobs:
            into.append(job.path.decode())
            yield job

    def extract(pool: ExtractionPool, jobs: Iterable[Job[Any]]) -> Iterator[Extracted[Any]]:
        given.append([])
        yield from plain(pool, note(jobs, given[-1]))

    plain: Extract = ExtractionPool.extract
    monkeypatch.setattr(ExtractionPool, "extract", extract)
    return given


def after_the_first(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something once the pool has extracted what was read ahead."""
    plain: Extract = ExtractionPool.extract
    done: list[bool] = []

    def extract(pool: ExtractionPool, jobs: Iterable[Job[Any]]) -> Iterator[Extracted[Any]]:
        yield from plain(pool, jobs)
        if not done:
            done.append(True)
            act()

    monkeypatch.setattr(ExtractionPool, "extract", extract)


def test_what_rests_is_extracted_meanwhile_and_once(
    service: Service, passes: list[list[str]]
) -> None:
    names = [f"{number:02}.txt" for number in range(COUNT)]
    for name in names:
        service.folder.write(name, article(f"Storm number {name[:2]} hits the coast"))
    assert service.ingest() == dict.fromkeys(names, Outcome.NEW)
    ahead, *others = passes
    assert ahead == names
    assert others == [[] for _ in others]
    assert len(service.entries()) == COUNT


def test_nothing_is_published_before_it_has_rested(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.folder.write("a.txt", article())
    seen: list[int] = []
    after_the_first(monkeypatch, lambda: seen.append(len(service.entries())))
    clock = service.runtime.clock
    began = clock.monotonic()
    service.ingest()
    assert seen == [0]
    assert clock.monotonic() - began >= RESTS_S
    assert len(service.entries()) == 1


def test_what_was_written_to_meanwhile_is_extracted_anew(
    service: Service, passes: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.folder.write("b.txt", article("Strike shuts the station"))
    edited = article("Storm spares the harbour")
    after_the_first(monkeypatch, lambda: service.folder.write("a.txt", edited))
    assert service.ingest() == {"a.txt": Outcome.NEW, "b.txt": Outcome.NEW}
    assert set(service.entries()) == {"Storm spares the harbour", "Strike shuts the station"}
    assert [name for names in passes for name in names].count("b.txt") == 1


def test_other_bytes_in_what_looks_the_same_are_extracted_anew(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a program writes through memory, and the file's times follow later."""
    service.folder.write("a.txt", article("Storm spares the harbour"))
    others = [article("Storm shuts the harbour").encode()]
    plain = WatchedRoot.read

    def read(root: WatchedRoot, found: Found) -> ReadDocument:
        read = plain(root, found)
        raw = others.pop() if others else read.raw
        sha256 = hashlib.sha256(raw).digest()
        return replace(read, raw=raw, source=replace(read.source, sha256=sha256))

    monkeypatch.setattr(WatchedRoot, "read", read)
    service.ingest()
    assert not others
    assert service.entry().title == "Storm spares the harbour"


def test_what_went_away_meanwhile_is_not_published(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.folder.write("a.txt", article())
    after_the_first(monkeypatch, lambda: service.folder.remove("a.txt"))
    assert service.ingest() == {}
    assert service.entries() == {}


def test_what_is_refused_is_told_once(service: Service, passes: list[list[str]]) -> None:
    service.folder.write("a.txt", "-" * 40)
    service.folder.write("b.txt", article())
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED, "b.txt": Outcome.NEW}
    assert [outcome.path.path for outcome in service.outcomes].count(b"a.txt") == 1
    assert passes[0] == ["a.txt", "b.txt"]
    assert not any(passes[1:])


def test_what_the_machine_kept_from_it_counts_as_one_try(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extract(_pool: ExtractionPool, jobs: Iterable[Job[Any]]) -> Iterator[Extracted[Any]]:
        for job in jobs:
            yield Extracted(key=job.key, outcome=PostponedDocument("its process was killed"))

    monkeypatch.setattr(ExtractionPool, "extract", extract)
    service.folder.write("a.txt", article())
    service.ingest()
    with service.runtime.store.reading() as connection:
        assert connection.scalars(select(tries.c.times)).all() == [1]


def test_copies_among_what_was_extracted_ahead_are_one_entry(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.folder.write("b.txt", article())
    service.ingest()
    assert len(service.entries()) == 1


def test_no_more_is_kept_than_there_is_room_for(
    service: Service, passes: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "_MAX_KEPT", 4)
    for number in range(COUNT):
        service.folder.write(f"{number:02}.txt", article(f"Storm number {number} hits the coast"))
    service.ingest()
    assert len(passes[0]) == 4
    assert len(service.entries()) == COUNT


def test_nothing_is_read_ahead_while_something_more_urgent_waits(
    service: Service, passes: list[list[str]]
) -> None:
    service.folder.write("a.txt", article())
    ingestion = service.ingestion()
    ingestion.give_way_when(lambda: True)
    ingestion.run(RunRequest())
    assert passes[0] == []
    assert len(service.entries()) == 1


def test_who_asks_to_stop_does_not_wait_for_files_to_rest(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.folder.write("a.txt", article())
    ingestion = service.ingestion()
    after_the_first(monkeypatch, ingestion._stop.set)
    clock = service.runtime.clock
    began = clock.monotonic()
    with pytest.raises(Interrupted):
        ingestion.run(RunRequest())
    assert clock.monotonic() - began < RESTS_S
    assert service.entries() == {}
