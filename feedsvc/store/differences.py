"""What a look at the folders found to differ from the store, kept on disk until it is settled.

A folder may hold more that is new than memory does: this is a private SQLite database without a
name, which stays in memory while it is small and goes when it is closed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

from feedsvc.errors import StoreError
from feedsvc.model.document import DocumentPath, FileState

_READ_AT_ONCE = 500
_LARGE_BYTES = 65_536
# Shallow, where `astuple` copies every value.
_state = attrgetter("device", "inode", "size_bytes", "mtime_ns", "ctime_ns")
_NO_STATE = (None,) * 5

AnyRow = tuple[Any, ...]  # Any: columns of several types


class Kind(StrEnum):
    """How a path differs: known and changed, not known, refused unread, known and gone.

    KEPT: it does not differ, and is wanted all the same.
    """

    CHANGED = "changed"
    KEPT = "kept"
    NEW = "new"
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One path. state: as it was found, None of what is gone. refusal: why it is no document."""

    path: DocumentPath
    state: FileState | None = None
    refusal: str | None = None


class Differences:
    """Differences by kind, in the order they were found. Raises StoreError when the disk is full.

    Filled by one thread, and read by another afterwards.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        with _told():
            self._db.execute("PRAGMA journal_mode = OFF")
            self._db.execute(
                "CREATE TABLE differences (id INTEGER PRIMARY KEY, kind, is_large, root, path, "
                "device, inode, size_bytes, mtime_ns, ctime_ns, refusal)"
            )
        self.counts = dict.fromkeys(Kind, 0)

    def close(self) -> None:
        self._db.close()

    def add(self, kind: Kind, differences: Sequence[Difference]) -> None:
        """Append some of one kind."""
        rows = [_row(kind, difference) for difference in differences]
        with _told():
            self._db.execute("BEGIN")
            self._db.executemany(
                "INSERT INTO differences VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
            )
            self._db.execute("COMMIT")
        self.counts[kind] += len(rows)

    def end(self) -> None:
        """Say that all is added: what is asked for from now on is found at once."""
        with _told():
            # Both end in the id, in whose order the first is gone through.
            self._db.execute("CREATE INDEX by_kind ON differences (kind, is_large)")
            self._db.execute("CREATE INDEX by_size ON differences (kind, size_bytes)")

    def of_kind(self, kind: Kind) -> Iterator[Difference]:
        """Those of one kind in their order, the large ones last: they hold up nobody."""
        for is_large in (False, True):
            after, rows = 0, None
            while rows is None or len(rows) == _READ_AT_ONCE:
                where = "kind = ? AND is_large = ? AND id > ? ORDER BY id LIMIT ?"
                rows = self._select(where, kind, is_large, after, _READ_AT_ONCE)
                yield from map(_difference, rows)
                after = rows[-1][0] if rows else after

    def of_size(self, kind: Kind, size_bytes: int) -> Iterator[Difference]:
        """Those whose file has so many bytes."""
        for row in self._select("kind = ? AND size_bytes = ? ORDER BY id", kind, size_bytes):
            yield _difference(row)

    def _select(self, where: str, *values: object) -> list[AnyRow]:
        with _told():
            return self._db.execute(f"SELECT * FROM differences WHERE {where}", values).fetchall()  # noqa: S608


def _row(kind: Kind, difference: Difference) -> AnyRow:
    path, state = difference.path, difference.state
    is_large = state is not None and state.size_bytes > _LARGE_BYTES
    told = _state(state) if state else _NO_STATE
    return kind, is_large, path.root, path.path, *told, difference.refusal


def _difference(row: AnyRow) -> Difference:
    _, _, _, root, path, device, inode, size_bytes, mtime_ns, ctime_ns, refusal = row
    state = FileState(
        device=device, inode=inode, size_bytes=size_bytes, mtime_ns=mtime_ns, ctime_ns=ctime_ns
    )
    return Difference(
        path=DocumentPath(root=root, path=path),
        state=None if device is None else state,
        refusal=refusal,
    )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"what a look found cannot be noted: {error}") from error
