"""What must hold after any fault: promises 1, 2 and 4, looked at in the store and in the feeds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from lxml import etree
from sqlalchemy import func, select
from werkzeug.test import Client

from feedsvc.feeds.check.document import check_document
from feedsvc.feeds.check.findings import Severity
from feedsvc.ingest.suffixes import SUFFIXES
from feedsvc.model.entry import EntryState
from feedsvc.model.selection import FeedFormat
from feedsvc.runtime import open_runtime
from feedsvc.store.engine import Store
from feedsvc.store.schema import (
    document_entries,
    documents,
    entries,
    feeds,
    publication,
    revisions,
)
from feedsvc.store.verify import verify
from feedsvc.web.wsgi import make_application
from tests.e2e.running import Answer
from tests.service import settings_for

_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, kw_only=True)
class ShownEntry:
    """An entry as the store shows it. digest: of what it says."""

    guid: str
    sequence: int
    arrived_at: datetime
    updated: datetime
    state: str
    title: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The store in one moment. entries: by guid; documents: by path, with why each was refused."""

    version: int
    sequence: int
    entries: Mapping[str, ShownEntry]
    documents: Mapping[bytes, str | None]
    links: frozenset[tuple[bytes, str, bool]]
    feeds: frozenset[tuple[str, str, str, int]]
    revisions: Mapping[str, int]

    def newest(self) -> list[str]:
        """The guids of the live entries, the newest first."""
        live = [e for e in self.entries.values() if e.state == EntryState.LIVE]
        return [e.guid for e in sorted(live, key=lambda e: -e.sequence)]


def take_picture(store: Store) -> Picture:
    """Everything that matters, from one read transaction."""
    with store.reading() as connection:
        head = connection.execute(select(publication)).one()
        rows = connection.execute(select(entries)).all()
        links = select(documents.c.path, entries.c.guid, document_entries.c.is_primary).select_from(
            document_entries.join(documents).join(entries)
        )
        edits = (
            select(entries.c.guid, func.count().label("edits"))
            .select_from(revisions.join(entries))
            .group_by(entries.c.guid)
        )
        counts = select(feeds.c.kind, feeds.c.key, feeds.c.slug, feeds.c.entry_count)
        files = select(documents.c.path, documents.c.stage)
        return Picture(
            version=head.version,
            sequence=head.sequence,
            entries={
                row.guid: ShownEntry(
                    guid=row.guid,
                    sequence=row.sequence,
                    arrived_at=row.arrived_at,
                    updated=row.updated,
                    state=row.state,
                    title=row.title,
                    digest=hashlib.sha256(
                        repr((row.html, row.summary, row.published, row.slug)).encode()
                    ).hexdigest(),
                )
                for row in rows
            },
            documents={row.path: row.stage for row in connection.execute(files)},
            links=frozenset((p, guid, primary) for p, guid, primary in connection.execute(links)),
            feeds=frozenset((k, key, s, count) for k, key, s, count in connection.execute(counts)),
            revisions={row.guid: row.edits for row in connection.execute(edits)},
        )


@dataclass
class History:
    """What was ever seen of a store; no later look may take any of it back."""

    version: int = 0
    entries: dict[str, ShownEntry] = field(default_factory=dict)
    guids: dict[str, str] = field(default_factory=dict)

    def add(self, picture: Picture) -> None:
        """Compare another look at the store with all that came before it."""
        assert picture.version >= self.version, "the publication version went back"
        if picture.version == self.version and self.entries:
            assert picture.entries == self.entries, "a change without another version"
        last = max((e.sequence for e in self.entries.values()), default=0)
        for guid, before in self.entries.items():
            now = picture.entries.get(guid)
            assert now is not None, f"{guid} ({before.title}) is lost"
            assert now.sequence == before.sequence, f"{guid} moved"
            assert now.arrived_at == before.arrived_at, f"{guid} arrived again"
            assert now.updated >= before.updated, f"{guid}: `updated` went back"
        for entry in picture.entries.values():
            if entry.guid not in self.entries:
                assert entry.sequence > last, f"{entry.sequence} came to light after {last}"
            assert entry.sequence <= picture.sequence
            known = self.guids.setdefault(entry.title, entry.guid)
            assert known == entry.guid, f"{entry.title!r} is {entry.guid}, and was {known}"
        for name in ("sequence", "updated"):
            values = [getattr(entry, name) for entry in picture.entries.values()]
            assert len(values) == len(set(values)), f"{name} is not unique"
        self.version, self.entries = picture.version, dict(picture.entries)


def check_rules(store: Store) -> None:
    """Every rule of `feedsvc db verify`."""
    broken = {v.rule: v.offenders for v in verify(store) if v.offenders}
    assert broken == {}, broken


def check_folder(picture: Picture, folder: Path) -> None:
    """Each document of a folder is published once, or refused with a reason."""
    linked: dict[bytes, list[str]] = {}
    for path, guid, _ in picture.links:
        linked.setdefault(path, []).append(guid)
    for file in folder.rglob("*"):
        if file.suffix.encode() not in SUFFIXES or file.is_dir():
            continue
        path = bytes(file.relative_to(folder))
        assert path in picture.documents, f"{file} is lost"
        if picture.documents[path] is None:
            assert len(linked.get(path, [])) == 1, f"{file} gives {linked.get(path)}"


def check_served(get: Callable[[str], Answer], picture: Picture) -> None:
    """The feed of all entries: strictly valid in each format, and what the store holds."""
    newest = picture.newest()
    for format in FeedFormat:
        answer = get(f"/feeds/all.{format.value}")
        assert answer.status == 200
        found = check_document(answer.body, media_type=answer.headers["content-type"], url=None)
        assert [f for f in found if f.severity is Severity.ERROR] == []
        served = _guids_of(answer, format)
        assert len(served) >= min(50, len(newest))
        assert served == newest[: len(served)]


def check_store_served(database: str, folder: Path, picture: Picture) -> None:
    """`check_served` of an application in this process, as `feedsvc serve` has it in others."""
    runtime = open_runtime(settings_for(folder, database))
    try:
        client = Client(make_application(runtime))

        def get(path: str) -> Answer:
            answer = client.get(path)
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Answer(status=answer.status_code, headers=headers, body=answer.data)

        check_served(get, picture)
    finally:
        runtime.close()


def _guids_of(answer: Answer, format: FeedFormat) -> list[str]:
    if format is FeedFormat.JSON:
        return [item["id"] for item in answer.json()["items"]]
    root = etree.fromstring(answer.body)
    if format is FeedFormat.ATOM:
        return [str(e.findtext(f"{_ATOM}id")) for e in root.iter(f"{_ATOM}entry")]
    return [str(item.findtext("guid")) for item in root.iter("item")]


def essence(picture: Picture, known: Mapping[str, object], folder: Path) -> dict[str, object]:
    """What must come out the same, whenever and in however many attempts it was ingested.

    known: guids that were public before; others are told by their titles, as each has its own.
    Which of several documents that came together speaks for a new entry may differ, and what is
    remembered of those that are gone.
    """
    names = {e.guid: e.guid if e.guid in known else e.title for e in picture.entries.values()}
    there = {path for path in picture.documents if (folder / os.fsdecode(path)).exists()}
    return {
        "entries": sorted((names[e.guid], e.state, e.digest) for e in picture.entries.values()),
        "documents": {path: picture.documents[path] for path in there},
        "links": {
            (path, names[guid], primary if guid in known else None)
            for path, guid, primary in picture.links
            if path in there
        },
        "feeds": picture.feeds,
        "revisions": {names[guid]: count for guid, count in picture.revisions.items()},
    }
