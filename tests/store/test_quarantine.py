"""Quarantine: each document that was refused is listed with its stage, reason and evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from feedsvc.errors import DocumentError, RefusedDocument, UndecodableDocument
from feedsvc.model.document import DocumentPath, FileState, Quarantined, SourceDocument
from feedsvc.store.documents import quarantine_document, save_document
from feedsvc.store.engine import Store
from feedsvc.store.quarantine import count_quarantined, fetch_quarantine
from tests.service import StoppedClock

NOW = StoppedClock().instant
STATE = FileState(device=1, inode=2, size_bytes=3, mtime_ns=4, ctime_ns=5)


def named(path: bytes) -> DocumentPath:
    return DocumentPath(root="seeds", path=path)


def refuse(connection: Connection, path: bytes, error: DocumentError) -> None:
    quarantine_document(connection, named(path), STATE, None, error, version=1, now=NOW)


def listed(store: Store, *, after: int = 0, limit: int = 99) -> list[Quarantined]:
    with store.reading() as connection:
        return list(fetch_quarantine(connection, after=after, limit=limit).documents)


def test_documents_are_listed_with_stage_reason_and_evidence(store: Store) -> None:
    with store.writing() as connection:
        refuse(connection, b"a\xff.txt", RefusedDocument("too deep", evidence="line 1\nline 2"))
    assert listed(store) == [
        Quarantined(
            path=named(b"a\xff.txt"),
            stage="sanitize",
            reason="too deep",
            evidence="line 1\nline 2",
            refused_at=NOW,
        )
    ]


@pytest.mark.parametrize(
    ("evidence", "kept"),
    [
        ("x" * 9_000 + "the error itself", "x" * 3_984 + "the error itself"),
        ("a\0b \ud800 ﷽", "a\\0b \\ud800 ﷽"),
        (None, None),
    ],
    ids=["long", "hostile", "none"],
)
def test_evidence_is_kept_whatever_it_holds(
    store: Store, evidence: str | None, kept: str | None
) -> None:
    with store.writing() as connection:
        refuse(connection, b"a.txt", UndecodableDocument("no text", evidence=evidence))
    (document,) = listed(store)
    assert document.evidence == kept


def test_the_list_has_pages_and_is_counted_by_stage(store: Store) -> None:
    paths = [b"%d.txt" % number for number in range(5)]
    with store.writing() as connection:
        save_document(
            connection, SourceDocument(path=named(b"good"), state=STATE, sha256=b"1" * 32), NOW
        )
        for path in paths:
            refuse(connection, path, UndecodableDocument("no text"))
        refuse(connection, paths[2], RefusedDocument("too deep"))
    found, after = [], 0
    with store.reading() as connection:
        assert count_quarantined(connection) == {"decode": 4, "sanitize": 1}
        for size in 2, 2, 1:
            page = fetch_quarantine(connection, after=after, limit=2)
            assert len(page.documents) == size
            found += [document.path.path for document in page.documents]
            after = page.next_after or 0
    assert after == 0
    assert found == paths


def test_what_is_ingested_after_all_is_listed_no_more(store: Store) -> None:
    source = SourceDocument(path=named(b"a.txt"), state=STATE, sha256=b"1" * 32)
    with store.writing() as connection:
        refuse(connection, b"a.txt", RefusedDocument("too deep", evidence="line 1"))
        save_document(connection, source, NOW + timedelta(days=1))
    assert listed(store) == []
    with store.writing() as connection:
        refuse(connection, b"a.txt", RefusedDocument("too wide"))
    assert [document.evidence for document in listed(store)] == [None]
