"""Several roots on one store, each with what it says of its documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import Outcome
from feedsvc.model.entry import Precision
from tests.service import Service, WatchedFolder, article, open_service

Opener = Callable[..., Service]
CLOCK = "November 13, 2022 9:45 pm"


@pytest.fixture
def open_with(tmp_path: Path, database: str, pool: ExtractionPool) -> Iterator[Opener]:
    """Opens the service anew, with other words for the second root."""
    opened: list[Service] = []

    def close() -> None:
        for service in opened:
            service.lease.release()
            service.runtime.close()
        opened.clear()

    def open_anew(**wire: Any) -> Service:
        close()
        (tmp_path / "wire").mkdir(exist_ok=True)
        roots = {"seeds": tmp_path / "seeds", "wire": {"path": tmp_path / "wire", **wire}}
        service = open_service(tmp_path, database, pool, {"ingest": {"roots": roots}})
        opened.append(service)
        return service

    yield open_anew
    close()


def wire(service: Service) -> WatchedFolder:
    return WatchedFolder(service.folder.path.parent / "wire")


def test_each_root_speaks_for_its_own_documents(open_with: Opener) -> None:
    service = open_with(source="The Wire", time_zone="Asia/Tokyo", tags=["wire"])
    service.folder.write("a.txt", article("The storm of aaa", date=CLOCK))
    wire(service).write("a.txt", article("The storm of bbb", date=CLOCK))
    service.ingest()
    ours, theirs = (service.entries()[f"The storm of {name}"] for name in ("aaa", "bbb"))
    assert (ours.source, ours.precision, ours.categories) == (None, Precision.DAY, ())
    assert theirs.source is not None
    assert theirs.source.name == "The Wire"
    assert theirs.published.isoformat() == "2022-11-13T12:45:00+00:00"
    assert [category.label for category in theirs.categories] == ["wire"]


def test_other_words_of_a_root_are_an_upgrade_when_asked_for(open_with: Opener) -> None:
    service = open_with(source="The Wire")
    wire(service).write("a.txt", article(date=CLOCK))
    service.ingest()
    before, documents = service.entry(), service.documents()
    service = open_with(source="The Wire Service", time_zone="Asia/Tokyo", tags=["wire"])
    assert service.ingest() == {}
    assert service.documents() == documents
    assert service.ingest(force=True) == {"a.txt": Outcome.UPGRADED}
    after = service.entry()
    assert after.source is not None
    assert (after.guid, after.updated) == (before.guid, before.updated)
    assert (after.source.name, after.precision) == ("The Wire Service", Precision.INSTANT)


def test_an_edit_is_told_by_what_the_document_says(open_with: Opener) -> None:
    service = open_with(source="The Wire")
    text = article(date=CLOCK)
    wire(service).write("a.txt", text)
    service.ingest()
    before = service.entry()
    service = open_with(source="The Wire Service", time_zone="Asia/Tokyo")
    wire(service).write("a.txt", text + "\n\n")
    service.ingest()
    after = service.entry()
    assert (after.guid, after.updated, after.published) == (
        before.guid,
        before.updated,
        before.published,
    )


def crawled(more: str) -> str:
    """A dump that names its address, and no source."""
    body = f"{article().partition('2022')[2].strip()} {more}"
    return f"{article(body=body)}\n\nhttps://elsewhere.example.org/2022/11/storm\n"


def test_a_recrawl_is_known_again_whatever_its_root_is_called(open_with: Opener) -> None:
    service = open_with(source="The Wire")
    wire(service).write("a.txt", crawled("The wall was broken, and nobody was there to mend it."))
    service.ingest()
    before = service.entry()
    assert before.canonical_url is not None
    assert before.source is not None
    assert before.source.name == "The Wire"
    service = open_with(source="The Wire Service")
    wire(service).write("b.txt", crawled("The wall was broken, and then it was mended."))
    service.folder.write("c.txt", crawled("The wall was broken, and it was left so for a year."))
    assert service.ingest() == {"b.txt": Outcome.RECRAWLED, "c.txt": Outcome.RECRAWLED}
    assert service.entry() == before


def test_a_document_that_moves_to_another_root_is_the_same_entry(open_with: Opener) -> None:
    service = open_with(source="The Wire", tags=["wire"])
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.entry()
    (service.folder.path / "a.txt").rename(wire(service).path / "a.txt")
    assert service.ingest() == {"a.txt": Outcome.MOVED}
    assert service.entry().guid == before.guid
    assert service.entry().updated == before.updated
