"""Documents: which file was ingested from which bytes, which entry it gives, how that ended."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union,
    update,
)

from feedsvc.errors import DocumentError
from feedsvc.model.document import DocumentPath, FileState, SourceDocument
from feedsvc.store.engine import UPSERTING, take_ids
from feedsvc.store.schema import (
    Instant,
    document_entries,
    documents,
    originals,
)

_MAX_EVIDENCE_CHARS = 4_000

# So many are asked for by their numbers at once.
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class KnownDocument:
    """A document as the store remembers it.

    sha256: of the bytes that gave its entries; None where none did. refused_sha256: of those last
    read, where they were refused. stage, reason, refused_by_version: why it is in quarantine, and
    which version of that stage put it there. missing_*: its path is gone.
    """

    id: int
    path: DocumentPath
    state: FileState
    sha256: bytes | None
    refused_sha256: bytes | None
    stage: str | None
    reason: str | None
    refused_by_version: int | None
    missing_since: datetime | None
    missing_sweeps: int

    @property
    def held_sha256(self) -> bytes | None:
        """Of the bytes last read, whatever became of them; None where none ever were."""
        return self.refused_sha256 or self.sha256


@dataclass(frozen=True, kw_only=True)
class EntryLink:
    """That a document gives an entry. is_primary: the entry says what this document says."""

    document_id: int
    key: str
    entry_id: int
    is_primary: bool
    fingerprint: bytes | None
    extractor_version: int


_BY_PATHS = select(documents).where(
    documents.c.root == bindparam("root"), documents.c.path.in_(bindparam("paths", expanding=True))
)


def find_by_paths(
    connection: Connection, paths: Sequence[DocumentPath]
) -> dict[DocumentPath, KnownDocument]:
    """The documents at some paths."""
    by_root: dict[str, list[bytes]] = defaultdict(list)
    for path in paths:
        by_root[path.root].append(path.path)
    found: dict[DocumentPath, KnownDocument] = {}
    for root, some in by_root.items():
        rows = connection.execute(_BY_PATHS, {"root": root, "paths": some})
        found |= {known.path: known for known in map(_known, rows)}
    return found


_BY_PATH = select(documents).where(
    documents.c.root == bindparam("root"), documents.c.path == bindparam("path")
)


def find_by_path(connection: Connection, path: DocumentPath) -> KnownDocument | None:
    row = connection.execute(_BY_PATH, {"root": path.root, "path": path.path}).one_or_none()
    return _known(row) if row else None


_BY_SHA256 = (
    union(
        *(
            select(
                select(documents)
                .where(sha256 == bindparam("sha256"), documents.c.id > bindparam("after"))
                .order_by(documents.c.id)
                .limit(bindparam("limit"))
                .subquery()
            )
            for sha256 in (documents.c.sha256, documents.c.refused_sha256)
        )
    )
    .order_by("id")
    .limit(bindparam("limit"))
)


def find_by_sha256(
    connection: Connection, sha256: bytes, *, after: int = 0, limit: int
) -> list[KnownDocument]:
    """Documents that hold these bytes, or whose entries come from them, the oldest first.

    after: only those with a larger number.
    """
    rows = connection.execute(_BY_SHA256, {"sha256": sha256, "after": after, "limit": limit})
    return [_known(row) for row in rows]


_FIRST_HOLDER = (
    select(documents.c.id)
    .where(
        documents.c.sha256 == bindparam("sha256"),
        func.coalesce(documents.c.refused_sha256, documents.c.sha256) == documents.c.sha256,
        or_(documents.c.root != bindparam("root"), documents.c.path != bindparam("path")),
    )
    .order_by(documents.c.id)
    .limit(1)
    .scalar_subquery()
)
_LINKS_OF_BYTES = (
    select(document_entries)
    .where(document_entries.c.document_id == _FIRST_HOLDER)
    .order_by(document_entries.c.key)
)


def links_of_bytes(
    connection: Connection, sha256: bytes, *, besides: DocumentPath
) -> list[EntryLink]:
    """What the oldest document gives whose entries come from these bytes, and that holds them.

    besides: a path at which no document counts.
    """
    values = {"sha256": sha256, "root": besides.root, "path": besides.path}
    return [_link(row) for row in connection.execute(_LINKS_OF_BYTES, values)]


# Each once: a folder may hold thousands of copies.
_SEEN = union(
    *(
        select(sha256).where(sha256.in_(bindparam("hashes", expanding=True)))
        for sha256 in (documents.c.sha256, documents.c.refused_sha256)
    )
)


def seen_bytes(connection: Connection, hashes: Sequence[bytes]) -> set[bytes]:
    """Which of these SHA-256 some document had when it was last read, or gave an entry from."""
    found = connection.scalars(_SEEN, {"hashes": hashes})
    return {sha256 for sha256 in found if sha256 is not None}


_BY_FINGERPRINT = (
    select(document_entries)
    .where(
        document_entries.c.fingerprint == bindparam("fingerprint"),
        document_entries.c.extractor_version == bindparam("version"),
        document_entries.c.document_id > bindparam("after"),
    )
    .order_by(document_entries.c.document_id)
    .limit(bindparam("limit"))
)


def find_by_fingerprint(
    connection: Connection,
    fingerprint: bytes,
    extractor_version: int,
    *,
    after: int = 0,
    limit: int,
) -> list[EntryLink]:
    """Links of documents that gave this very article, as this extractor sees it, the oldest first.

    after: only those of documents with a larger number.
    """
    values = {
        "fingerprint": fingerprint,
        "version": extractor_version,
        "after": after,
        "limit": limit,
    }
    return [_link(row) for row in connection.execute(_BY_FINGERPRINT, values)]


_KNOWN_FINGERPRINTS = (
    select(document_entries.c.fingerprint)
    .where(
        document_entries.c.fingerprint.in_(bindparam("fingerprints", expanding=True)),
        document_entries.c.extractor_version == bindparam("version"),
    )
    .distinct()
)


def known_fingerprints(
    connection: Connection, fingerprints: Sequence[bytes], extractor_version: int
) -> set[bytes]:
    """Which of these fingerprints documents have, as this extractor sees them."""
    found = connection.scalars(
        _KNOWN_FINGERPRINTS, {"fingerprints": fingerprints, "version": extractor_version}
    )
    return {fingerprint for fingerprint in found if fingerprint is not None}


def links_of_document(connection: Connection, document_id: int) -> list[EntryLink]:
    rows = connection.execute(
        select(document_entries)
        .where(document_entries.c.document_id == document_id)
        .order_by(document_entries.c.key)
    )
    return [_link(row) for row in rows]


_LINKS_OF_DOCUMENTS = (
    select(document_entries)
    .where(document_entries.c.document_id.in_(bindparam("ids", expanding=True)))
    .order_by(document_entries.c.document_id, document_entries.c.key)
)


def links_of_documents(connection: Connection, ids: Sequence[int]) -> dict[int, list[EntryLink]]:
    """The same of several; those that give nothing are left out."""
    links: dict[int, list[EntryLink]] = {}
    for some in _chunks(ids):
        for link in map(_link, connection.execute(_LINKS_OF_DOCUMENTS, {"ids": some})):
            links.setdefault(link.document_id, []).append(link)
    return links


def links_of_entry(connection: Connection, entry_id: int) -> list[EntryLink]:
    """The documents that give an entry: the primary first, then the alternates by age."""
    rows = connection.execute(
        select(document_entries)
        .where(document_entries.c.entry_id == entry_id)
        .order_by(document_entries.c.is_primary.desc(), document_entries.c.document_id)
    )
    return [_link(row) for row in rows]


def documents_of_entry(connection: Connection, entry_id: int) -> Iterator[KnownDocument]:
    """The documents that give an entry, in no order, as they are asked for."""
    query = (
        select(documents)
        .join(document_entries, document_entries.c.document_id == documents.c.id)
        .where(document_entries.c.entry_id == entry_id)
    )
    with connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        yield from map(_known, rows)


_BY_IDS = select(documents).where(documents.c.id.in_(bindparam("ids", expanding=True)))


def documents_by_id(connection: Connection, ids: Sequence[int]) -> dict[int, KnownDocument]:
    found: dict[int, KnownDocument] = {}
    for some in _chunks(ids):
        rows = connection.execute(_BY_IDS, {"ids": some})
        found |= {row.id: _known(row) for row in rows}
    return found


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]


def save_document(connection: Connection, found: SourceDocument, now: datetime) -> int:
    """Remember a file as just ingested, there and in order; answers its number."""
    return _upsert(connection, found.path, _ingested_values(found, now))


_ADD = insert(documents)


def add_documents(
    connection: Connection, found: Sequence[SourceDocument], now: datetime
) -> Sequence[int]:
    """Remember files as just ingested whose paths are all new; answers their numbers."""
    numbers = take_ids(connection, documents, len(found))
    connection.execute(
        _ADD,
        [
            {
                "id": number,
                "root": source.path.root,
                "path": source.path.path,
                **_ingested_values(source, now),
            }
            for number, source in zip(numbers, found, strict=True)
        ],
    )
    return numbers


_CHANGE = update(documents).where(documents.c.id == bindparam("document_id"))


def save_known_documents(
    connection: Connection, found: Mapping[int, SourceDocument], now: datetime
) -> None:
    """Remember files as just ingested whose documents are known, by their numbers."""
    connection.execute(
        _CHANGE,
        [
            {"document_id": number, **_ingested_values(source, now)}
            for number, source in found.items()
        ],
    )


def _ingested_values(found: SourceDocument, now: datetime) -> dict[str, Any]:
    # Any: column values of several types, checked by the columns.
    return {
        **_state_values(found.state),
        "sha256": found.sha256,
        "refused_sha256": None,
        "ingested_at": now,
        "stage": None,
        "reason": None,
        "evidence": None,
        "refused_by_version": None,
        "missing_since": None,
        "missing_sweeps": 0,
    }


def quarantine_document(
    connection: Connection,
    path: DocumentPath,
    state: FileState,
    sha256: bytes | None,
    error: DocumentError,
    *,
    version: int,
    now: datetime,
) -> int:
    """Remember why a file cannot be published. An entry that it gave before stays as it was.

    sha256: None of a file that could not be read; the bytes last read of it stay known, by which
    it is found again once it was renamed. So do those that gave its entry, in either case.
    """
    return _upsert(
        connection,
        path,
        {
            **_state_values(state),
            "sha256": None,
            "refused_sha256": sha256,
            "ingested_at": now,
            "stage": error.stage,
            "reason": error.reason,
            "evidence": _evidence(error),
            "refused_by_version": version,
            "missing_since": None,
            "missing_sweeps": 0,
        },
    )


def _evidence(error: DocumentError) -> str | None:
    """The end of it, where a traceback says most; what no database holds is escaped."""
    if error.evidence is None:
        return None
    kept = error.evidence[-_MAX_EVIDENCE_CHARS:].replace("\0", "\\0")
    return kept.encode("utf-8", "backslashreplace").decode("utf-8")


def _saving(insert: Callable[..., Any]) -> Any:  # Any: either dialect's Insert
    statement = insert(documents)
    kept = ("id", "root", "path")
    new = {c.name: statement.excluded[c.name] for c in documents.c if c.name not in kept}
    new["sha256"] = func.coalesce(statement.excluded.sha256, documents.c.sha256)
    refused = func.coalesce(statement.excluded.refused_sha256, documents.c.refused_sha256)
    new["refused_sha256"] = case((statement.excluded.stage.is_not(None), refused))
    return statement.on_conflict_do_update(index_elements=["root", "path"], set_=new).returning(
        documents.c.id
    )


_SAVE = {dialect: _saving(insert) for dialect, insert in UPSERTING.items()}


def _upsert(connection: Connection, path: DocumentPath, values: dict[str, Any]) -> int:
    # Any: column values of several types, checked by the columns.
    saved = connection.execute(
        _SAVE[connection.dialect.name], {"root": path.root, "path": path.path, **values}
    )
    document_id: int = saved.scalar_one()
    return document_id


def note_state(connection: Connection, document_id: int, state: FileState) -> None:
    """Remember newer times of a file whose bytes are as they were; it is there (again)."""
    connection.execute(
        update(documents)
        .where(documents.c.id == document_id)
        .values(missing_since=None, missing_sweeps=0, **_state_values(state))
    )


def note_missing(connection: Connection, document_ids: Sequence[int], now: datetime) -> None:
    """Count one more sweep that did not find these documents: since now, or since before."""
    since = documents.c.missing_since
    connection.execute(
        update(documents)
        .where(documents.c.id.in_(document_ids))
        .values(
            missing_since=case((since <= now, since), else_=literal(now, Instant())),
            missing_sweeps=documents.c.missing_sweeps + 1,
        )
    )


def forget_document(connection: Connection, document_id: int) -> None:
    """Forget a path; whatever it gave must have been linked elsewhere before."""
    connection.execute(
        delete(document_entries).where(document_entries.c.document_id == document_id)
    )
    connection.execute(delete(documents).where(documents.c.id == document_id))


def forget_entries(connection: Connection, document_id: int) -> None:
    """Forget what a document gave, and from which bytes; why it was refused stays known."""
    connection.execute(
        delete(document_entries).where(document_entries.c.document_id == document_id)
    )
    connection.execute(update(documents).where(documents.c.id == document_id).values(sha256=None))


def move_document(connection: Connection, document_id: int, to: DocumentPath) -> None:
    """Re-point a document to another path: a rename, seen from its bytes."""
    connection.execute(
        update(documents)
        .where(documents.c.id == document_id)
        .values(root=to.root, path=to.path, missing_since=None, missing_sweeps=0)
    )


def exchange_documents(
    connection: Connection, places: Sequence[tuple[KnownDocument, SourceDocument]]
) -> None:
    """Re-point documents to one another's paths, where their bytes now lie."""
    # Out of the way first: two documents cannot have one path even for a moment.
    parked = [{"document_id": k.id, "path": b"\0" + k.path.path} for k, _ in places]
    connection.execute(_CHANGE, parked)
    connection.execute(
        _CHANGE,
        [
            {
                "document_id": known.id,
                "root": source.path.root,
                "path": source.path.path,
                "missing_since": None,
                "missing_sweeps": 0,
                **_state_values(source.state),
            }
            for known, source in places
        ],
    )


def _linking(insert: Callable[..., Any]) -> Any:  # Any: either dialect's Insert
    statement = insert(document_entries)
    key = ("document_id", "key")
    new = {c.name: statement.excluded[c.name] for c in document_entries.c if c.name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=new)


_LINK = {dialect: _linking(insert) for dialect, insert in UPSERTING.items()}


def link_entry(connection: Connection, link: EntryLink) -> None:
    """Say which entry a document gives, instead of what was said under that key before."""
    link_entries(connection, [link])


def link_entries(connection: Connection, links: Sequence[EntryLink]) -> None:
    """Say of several documents which entries they give."""
    connection.execute(_LINK[connection.dialect.name], [dict(vars(link)) for link in links])


def unlink_entry(connection: Connection, document_id: int, key: str) -> None:
    connection.execute(
        delete(document_entries).where(
            document_entries.c.document_id == document_id, document_entries.c.key == key
        )
    )


def make_primary(connection: Connection, link: EntryLink) -> None:
    """Let an entry say what this document says from now on."""
    same_entry = document_entries.c.entry_id == link.entry_id
    connection.execute(update(document_entries).where(same_entry).values(is_primary=False))
    connection.execute(
        update(document_entries)
        .where(
            document_entries.c.document_id == link.document_id, document_entries.c.key == link.key
        )
        .values(is_primary=True)
    )


_KEEP = {
    dialect: insert(originals).on_conflict_do_nothing(index_elements=["sha256"])
    for dialect, insert in UPSERTING.items()
}


def keep_original(connection: Connection, sha256: bytes, raw: bytes) -> None:
    """Keep the bytes of a document, once, however many files hold them."""
    keep_originals(connection, {sha256: raw})


def keep_originals(connection: Connection, originals_by_sha256: Mapping[bytes, bytes]) -> None:
    """Keep the bytes of several documents, each once."""
    connection.execute(
        _KEEP[connection.dialect.name],
        [
            {"sha256": sha256, "size_bytes": len(raw), "zlib_bytes": zlib.compress(raw, 1)}
            for sha256, raw in originals_by_sha256.items()
        ],
    )


def original_size_bytes(connection: Connection, sha256: bytes) -> int | None:
    return connection.scalar(select(originals.c.size_bytes).where(originals.c.sha256 == sha256))


def fetch_original(connection: Connection, sha256: bytes) -> bytes | None:
    packed = connection.scalar(select(originals.c.zlib_bytes).where(originals.c.sha256 == sha256))
    return None if packed is None else zlib.decompress(packed)


def list_outdated_links(
    connection: Connection, extractor_version: int, *, after: EntryLink | None = None, limit: int
) -> list[EntryLink]:
    """Links whose fingerprint another extractor made, in order, those behind one link."""
    place = tuple_(document_entries.c.document_id, document_entries.c.key)
    behind = [place > (after.document_id, after.key)] if after else []
    rows = connection.execute(
        select(document_entries)
        .where(document_entries.c.extractor_version != extractor_version, *behind)
        .order_by(document_entries.c.document_id, document_entries.c.key)
        .limit(limit)
    )
    return [_link(row) for row in rows]


AnyRow = Row[tuple[Any, ...]]  # Any: columns of many types


def _state_values(state: FileState) -> dict[str, int]:
    return {
        "device": state.device,
        "inode": state.inode,
        "size_bytes": state.size_bytes,
        "mtime_ns": state.mtime_ns,
        "ctime_ns": state.ctime_ns,
    }


def _known(row: AnyRow) -> KnownDocument:
    return KnownDocument(
        id=row.id,
        path=DocumentPath(root=row.root, path=row.path),
        state=FileState(
            device=row.device,
            inode=row.inode,
            size_bytes=row.size_bytes,
            mtime_ns=row.mtime_ns,
            ctime_ns=row.ctime_ns,
        ),
        sha256=row.sha256,
        refused_sha256=row.refused_sha256,
        stage=row.stage,
        reason=row.reason,
        refused_by_version=row.refused_by_version,
        missing_since=row.missing_since,
        missing_sweeps=row.missing_sweeps,
    )


def _link(row: AnyRow) -> EntryLink:
    return EntryLink(
        document_id=row.document_id,
        key=row.key,
        entry_id=row.entry_id,
        is_primary=row.is_primary,
        fingerprint=row.fingerprint,
        extractor_version=row.extractor_version,
    )
