"""Surveys: what a look finds to differ, and nothing else."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from feedsvc.ingest.pool import ExtractionPool
from feedsvc.ingest.walk import Name, Walk
from feedsvc.model.document import DocumentPath, Outcome
from feedsvc.model.run import RunRequest
from feedsvc.services import survey as surveys
from feedsvc.services.ingestion import watched_roots
from feedsvc.services.survey import Survey, Surveyor, Troubles
from feedsvc.store.differences import Kind
from feedsvc.store.entries import Versions
from tests.service import Service, article, open_service

# Names whose order in whole paths is not their order in folders.
NAMES = ("a-b.txt", "a.txt/c.txt", "a/d.txt", "a/e/f.txt", "a0.txt", "z.txt")
CLOSED = (
    "cannot be looked through (Permission denied); "
    "mend that, or name it in the .feedsvcignore of a folder above"
)


@contextmanager
def look(
    service: Service,
    *paths: str,
    versions: Versions | None = None,
    force: bool = False,
    when_read: Callable[[], None] | None = None,
) -> Iterator[Survey]:
    surveyor = Surveyor(
        store=service.runtime.store,
        clock=service.runtime.clock,
        roots=watched_roots(service.runtime.settings, service.runtime.store),
        versions=versions or service.ingestion()._sweeper.versions,
        withdraw_after_s=None,
        troubles=Troubles(),
    )
    named = {DocumentPath(root="seeds", path=os.fsencode(path)) for path in paths} or None
    survey = surveyor.look(RunRequest(force=force), named, when_read)
    try:
        yield survey
    finally:
        survey.close()


def found(survey: Survey) -> dict[str, Kind]:
    return {
        os.fsdecode(difference.path.path): kind
        for kind in Kind
        for difference in survey.differences.of_kind(kind)
    }


def fill(service: Service) -> None:
    for name in NAMES:
        service.folder.write(name, article(f"Storm shuts the harbour of {name}"))


def close_folder_a(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Walk._enter

    def enter(walk: Walk, name: bytes) -> OSError | None:
        closed = PermissionError(errno.EACCES, "Permission denied")
        return closed if name == b"a" else real(walk, name)

    monkeypatch.setattr(Walk, "_enter", enter)


@pytest.fixture(params=[1, 2, 5_000])
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is gone through in pages of so many documents."""
    monkeypatch.setattr(surveys, "_STATES_AT_ONCE", request.param)


def test_what_is_new_differs_and_has_to_rest(service: Service) -> None:
    fill(service)
    with look(service) as survey:
        assert found(survey) == {"a.txt": Kind.REFUSED, **dict.fromkeys(NAMES, Kind.NEW)}
        assert survey.unrested
        assert survey.wanted == 7


@pytest.mark.usefixtures("page")
def test_what_is_as_it_was_does_not_differ(service: Service) -> None:
    fill(service)
    service.ingest()
    with look(service) as survey:
        assert found(survey) == {}
        assert not survey.unrested
        assert [(look.known, look.gone) for look in survey.roots] == [(7, 0)]


@pytest.mark.usefixtures("page")
def test_each_change_is_found_among_what_did_not_change(service: Service) -> None:
    fill(service)
    service.ingest()
    service.folder.remove("a/d.txt")
    service.folder.write("a0.txt", article("Another storm"))
    service.folder.write("a/e/g.txt", article("A third storm"))
    service.folder.write("0.txt", article("A fourth storm"))
    with look(service) as survey:
        assert found(survey) == {
            "a/d.txt": Kind.GONE,
            "a0.txt": Kind.CHANGED,
            "a/e/g.txt": Kind.NEW,
            "0.txt": Kind.NEW,
        }
        assert [(look.known, look.gone) for look in survey.roots] == [(7, 1)]


def test_forced_all_is_wanted_and_need_not_rest(service: Service) -> None:
    fill(service)
    service.ingest()
    with look(service, force=True) as survey:
        assert found(survey) == {"a.txt": Kind.REFUSED, **dict.fromkeys(NAMES, Kind.KEPT)}
        assert not survey.unrested


def test_what_is_to_be_read_is_told_while_the_look_goes_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveys, "_NOTED_AT_ONCE", 2)
    told: list[str] = []
    fill(service)
    real = Walk.names

    def names(walk: Walk, below: bytes) -> Iterator[Name]:
        for name in real(walk, below):
            told.append("a name")
            yield name

    monkeypatch.setattr(Walk, "names", names)
    with look(service, when_read=lambda: told.append("to be read")):
        assert told.index("to be read") < 5
    service.ingest()
    service.folder.remove("z.txt")
    told.clear()
    with look(service, when_read=lambda: told.append("to be read")):
        assert "to be read" not in told
    with look(service, when_read=lambda: told.append("to be read"), force=True):
        assert "to be read" in told


@pytest.mark.parametrize(
    ("named", "kinds"),
    [
        ("a", {"a/d.txt": Kind.CHANGED, "a/e/g.txt": Kind.NEW}),
        ("a/d.txt", {"a/d.txt": Kind.CHANGED}),
        ("a/e", {"a/e/g.txt": Kind.NEW}),
        ("z.txt", {}),
        ("nowhere/at/all.txt", {}),
        (".hidden", {}),
        ("a0.txt", {}),
    ],
)
def test_a_look_at_one_path_finds_what_is_there_and_below(
    service: Service, named: str, kinds: dict[str, Kind]
) -> None:
    fill(service)
    service.ingest()
    service.folder.write("a/d.txt", article("Another storm"))
    service.folder.write("a/e/g.txt", article("A third storm"))
    service.folder.write("y.txt", article("Not asked for"))
    service.folder.write(".hidden", article("Not asked for"))
    service.folder.remove("a0.txt")  # what is gone is told by a look at everything alone
    with look(service, named) as survey:
        assert found(survey) == kinds
        assert survey.roots == []


def test_what_an_older_version_refused_is_wanted_again(service: Service) -> None:
    service.folder.write("empty.txt", "")
    service.ingest()
    now = service.ingestion()._sweeper.versions
    with look(service) as survey:
        assert found(survey) == {}
    newer = Versions(extractor=now.extractor + 1, policy=now.policy)
    with look(service, versions=newer) as survey:
        assert found(survey) == {"empty.txt": Kind.KEPT}


def test_a_file_too_large_is_told_once_while_it_grows(service: Service) -> None:
    path = service.folder.write("a.txt", "")
    for size_bytes, told in ((10_000_001, {"a.txt": Kind.REFUSED}), (10_000_002, {})):
        os.truncate(path, size_bytes)
        with look(service) as survey:
            assert found(survey) == told
        service.ingest()
    with look(service, force=True) as survey:
        assert found(survey) == {"a.txt": Kind.REFUSED}
    service.folder.write("a.txt", article())
    with look(service) as survey:
        assert found(survey) == {"a.txt": Kind.CHANGED}


def test_a_file_too_large_is_wanted_again_under_another_limit(
    tmp_path: Path, database: str, pool: ExtractionPool
) -> None:
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text("x" * 100)
    for limit, kind in ((50, Kind.REFUSED), (60, Kind.REFUSED), (100, Kind.KEPT)):
        limits = {"limits": {"max_document_bytes": limit}}
        service = open_service(tmp_path, database, pool, limits)
        with look(service) as survey:
            assert found(survey) == {"a.txt": kind}
        service.ingest()
        service.lease.release()
        service.runtime.close()


def test_of_what_is_closed_nobody_knows_that_it_is_gone(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(service)
    service.ingest()
    with monkeypatch.context() as closing:
        close_folder_a(closing)
        with look(service) as survey:
            assert found(survey) == {}
            assert [(look.known, look.gone) for look in survey.roots] == [(7, 0)]


def test_a_folder_closed_to_us_is_told_once_while_it_stays_so(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill(service)
    ingestion = service.ingestion()
    for looks in (2, 0, 1):
        with monkeypatch.context() as closing:
            if looks:
                close_folder_a(closing)
            for _ in range(max(looks, 1)):
                ingestion.look().close()
    told = [vars(r) for r in caplog.records if r.message == "folder unreadable"]
    assert [(r["folder"], r["reason"]) for r in told] == 2 * [("seeds/a/", CLOSED)]


def test_many_names_that_cannot_be_looked_at_are_told_as_their_folder(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(100):
        service.folder.write(f"sub/{n}.txt", "x")
    real = os.stat

    def fail(path: Any, **options: Any) -> os.stat_result:
        if isinstance(path, bytes) and path.endswith(b".txt"):
            raise OSError(errno.EIO, "Input/output error")
        return real(path, **options)

    monkeypatch.setattr(os, "stat", fail)
    with look(service):
        pass
    (told,) = caplog.records
    assert vars(told)["folder"] == "seeds/sub/"
    assert vars(told)["reason"] == (
        "cannot be looked through just now (Input/output error); try again"
    )


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("seeds/a/d.txt", f"seeds/a/ {CLOSED}"),
        ("a/e/*.txt", f"seeds/a/ {CLOSED}"),
        ("a", f"seeds/a/ {CLOSED}"),
        ("b.txt", "no document matches b.txt"),
    ],
)
def test_what_was_asked_for_in_a_closed_folder_fails_with_the_true_reason(
    service: Service, monkeypatch: pytest.MonkeyPatch, asked: str, reason: str
) -> None:
    fill(service)
    close_folder_a(monkeypatch)
    service.ingest(paths=(asked, "a0.txt"))
    refused = [o.reason for o in service.outcomes if o.outcome is Outcome.FAILED]
    assert refused == [reason]


def test_a_path_too_long_to_be_kept_is_told_once_and_noticed_when_gone(service: Service) -> None:
    deep = "/".join(f"{n}" * 240 for n in range(9))
    service.folder.write(f"{deep}/a.txt", article())
    service.folder.write("0" * 100 + ".txt", article("Another storm"))
    with look(service) as survey:
        assert sorted(found(survey).values()) == [Kind.NEW, Kind.REFUSED]
    service.ingest()
    with look(service) as survey:
        assert found(survey) == {}
        assert [(look.known, look.gone) for look in survey.roots] == [(2, 0)]
    service.folder.remove(f"{deep}/a.txt")
    with look(service) as survey:
        assert list(found(survey).values()) == [Kind.GONE]
        assert [(look.known, look.gone) for look in survey.roots] == [(2, 1)]
