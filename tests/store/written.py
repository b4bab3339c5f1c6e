"""What tests of documents in the store share: one that was found, and what it gave."""

from __future__ import annotations

from feedsvc.model.document import DocumentPath, FileState, SourceDocument
from feedsvc.store.documents import EntryLink
from tests.service import StoppedClock

NOW = StoppedClock().instant
STATE = FileState(device=1, inode=2, size_bytes=3, mtime_ns=4, ctime_ns=5)


def named(path: bytes = b"a.txt", root: str = "seeds") -> DocumentPath:
    return DocumentPath(root=root, path=path)


def document(
    path: bytes = b"a.txt", *, sha256: bytes = b"\1" * 32, state: FileState = STATE
) -> SourceDocument:
    return SourceDocument(path=named(path), state=state, sha256=sha256)


def link(document_id: int, *, key: str = "", is_primary: bool = True) -> EntryLink:
    return EntryLink(
        document_id=document_id,
        key=key,
        entry_id=1,
        is_primary=is_primary,
        fingerprint=b"\2" * 32,
        extractor_version=1,
    )
