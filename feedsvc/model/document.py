"""A document: a file in a watched folder, as it was found, and how its ingestion ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# PostgreSQL finds documents by an index whose keys hold 2,704 bytes, the root's name among them;
# what is longer is named by its beginning and a hash, in so many bytes together.
MAX_PATH_BYTES = 2_048


@dataclass(frozen=True, kw_only=True, order=True)
class DocumentPath:
    """Where a document lies, whatever the mount point: its root's name, and bytes below that."""

    root: str
    path: bytes

    def __str__(self) -> str:
        """For people: undecodable bytes and control characters shown as escapes."""
        shown = self.path.decode("utf-8", "backslashreplace")
        return f"{self.root}/" + "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown
        )


@dataclass(frozen=True, kw_only=True)
class FileState:
    """What `fstat` says of a file: while all five stay the same, so do its bytes.

    device and inode are signed 64-bit numbers, as databases keep them.
    """

    device: int
    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, kw_only=True)
class SourceDocument:
    """A file as found: known to be at rest, and its bytes hashed (SHA-256)."""

    path: DocumentPath
    state: FileState
    sha256: bytes


@dataclass(frozen=True, kw_only=True)
class RootDefaults:
    """What a root says of its documents where they say nothing themselves.

    language: BCP 47. time_zone: the IANA name of the zone that clocks without one are read in.
    tags: added to those that a document has.
    """

    source: str | None = None
    language: str | None = None
    time_zone: str | None = None
    tags: tuple[str, ...] = ()


NO_DEFAULTS = RootDefaults()


class Outcome(StrEnum):
    """How the ingestion of one document ended."""

    NEW = "new"
    EDITED = "edited"
    COSMETIC = "cosmetic"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    DUPLICATE = "duplicate"
    RECRAWLED = "recrawled"
    SWAPPED = "swapped"
    UPGRADED = "upgraded"
    RETURNED = "returned"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    QUARANTINED = "quarantined"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class DocumentOutcome:
    """What became of one document in one run, and why; `reason` is one line for people."""

    path: DocumentPath
    outcome: Outcome
    guid: str | None = None
    title: str | None = None
    stage: str | None = None
    reason: str | None = None
    resurfaces: bool = False
    """True where `updated` moves, so that readers show the entry as changed."""


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """A document that could not be published: when that was last tried, and why.

    reason: one line for people. evidence: more to look at, of several lines; None where the reason
    says it all.
    """

    path: DocumentPath
    stage: str
    reason: str
    evidence: str | None
    refused_at: datetime


@dataclass(frozen=True, kw_only=True)
class QuarantinePage:
    """Some documents in quarantine, and where the next page begins (None: end)."""

    documents: tuple[Quarantined, ...]
    next_after: int | None
