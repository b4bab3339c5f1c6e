"""Discover: what lies in a watched folder, and its bytes once they are at rest.

Names are bytes. Nothing is followed: not a link, not a mount of another kind of file; every open
is relative to the folder's own descriptor.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from feedsvc.errors import DocumentError, PostponedDocument, UnreadableDocument, is_transient
from feedsvc.ingest.walk import OPEN_FLAGS, ROOT_FLAGS, Name, Walk, is_gone, is_too_deep
from feedsvc.model.document import (
    MAX_PATH_BYTES,
    NO_DEFAULTS,
    DocumentPath,
    FileState,
    RootDefaults,
    SourceDocument,
)


class RootUnreadable(UnreadableDocument):
    """A watched folder that is not there, or may not be read."""


class NotAtRest(UnreadableDocument):
    """The file changed while it was looked at; it is read another time."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One name in a watched folder. refusal: why it can be no document, whatever it holds."""

    path: DocumentPath
    state: FileState
    refusal: DocumentError | None = None


@dataclass(frozen=True, kw_only=True)
class ReadDocument:
    """A document and its bytes, read in one piece while the file was at rest."""

    source: SourceDocument
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class WatchedRoot:
    """A watched folder. excluded: absolute paths in it that are never documents.

    defaults: what it says of its documents where they are silent.
    """

    name: str
    directory: Path
    max_document_bytes: int
    excluded: frozenset[bytes] = frozenset()
    defaults: RootDefaults = NO_DEFAULTS

    def device(self) -> int:
        """The device the folder lies on. Raises RootUnreadable."""
        return _signed(self._stat().st_dev)

    def _stat(self) -> os.stat_result:
        try:
            return self.directory.stat()
        except OSError as error:
            raise _unreadable_root(self, error) from error

    def is_excluded(self, path: bytes) -> bool:
        """Whether a path in the folder is never a document, such as the database's."""
        return os.path.join(os.fsencode(self.directory.resolve()), path) in self.excluded

    def look(self, below: bytes = b"") -> Generator[Name]:
        """Every name in the folder that is, or looks like, a document, in the order of the bytes
        of its path; or what there is at one path: a file, or all in a folder.

        Hidden, unfinished and ignored names are passed over. Raises RootUnreadable.
        """
        if not stat.S_ISDIR(self._stat().st_mode):
            raise RootUnreadable(f"{self.directory} is not a folder; name one with --seeds DIR")
        walk = Walk(self.directory, self.excluded)
        try:
            yield from walk.names(below)
        except OSError as error:
            # A listing that broke off says nothing of what it did not come to.
            raise _unreadable_root(self, error) from error
        finally:
            walk.close()

    def folders(self, below: bytes = b"") -> list[bytes]:
        """The folders that a look goes through, at and below one path. Raises RootUnreadable."""
        walk = Walk(self.directory, self.excluded)
        try:
            return list(walk.folders(below))
        except OSError as error:
            raise _unreadable_root(self, error) from error
        finally:
            walk.close()

    def scan(self) -> Iterator[Found]:
        """All that a look finds and that is open to us."""
        return (
            self.found(path, seen) for path, seen in self.look() if not isinstance(seen, OSError)
        )

    def find(self, path: bytes) -> Found | None:
        """What a look finds at one path; None where there is no file, or it is passed over."""
        name, seen = self._first_at(path)
        if name != path or seen is None or isinstance(seen, OSError):
            return None
        return self.found(name, seen)

    def may_hold(self, path: bytes) -> bool:
        """Whether there is a document at a path, or one that nobody can tell of."""
        try:
            name, seen = self._first_at(path)
        except RootUnreadable:
            return True
        if seen is None or isinstance(seen, OSError):
            return seen is not None
        return name == path and self.found(name, seen).refusal is None

    def _first_at(self, path: bytes) -> Name | tuple[None, None]:
        with closing(self.look(path)) as look:
            return next(look, (None, None))

    def found(self, path: bytes, seen: os.stat_result) -> Found:
        """What a look found, as the store knows documents.

        A path too long to be kept is named by its beginning and a hash.
        """
        mode, size_bytes = seen.st_mode, seen.st_size
        is_plain = stat.S_ISREG(mode) and size_bytes <= self.max_document_bytes
        refusal = None if is_plain else self._refusal(path, mode)
        if len(path) > MAX_PATH_BYTES:
            path = path[: MAX_PATH_BYTES - 65] + b"~" + hashlib.sha256(path).hexdigest().encode()
            refusal = UnreadableDocument(
                f"lies too deep: its path is longer than {MAX_PATH_BYTES:,} bytes; move it up"
            )
        return Found(
            path=DocumentPath(root=self.name, path=path), state=_state(seen), refusal=refusal
        )

    def _refusal(self, path: bytes, mode: int) -> DocumentError:
        if stat.S_ISREG(mode):
            # Without its size: while it grows, it would be told anew at every look.
            return UnreadableDocument(
                f"holds more than limits.max_document_bytes ({self.max_document_bytes:,})"
            )
        if stat.S_ISDIR(mode) and is_too_deep(path):
            return UnreadableDocument(
                f"is a folder that lies too deep, within {path.count(b'/'):,} others; move it up"
            )
        if stat.S_ISDIR(mode):
            return UnreadableDocument("is a folder named like a document; rename it")
        if stat.S_ISLNK(mode):
            return UnreadableDocument("is a symbolic link, and none is followed; copy the file")
        return UnreadableDocument("is no regular file (a pipe, socket or device); remove it")

    def read(self, found: Found) -> ReadDocument:
        """The bytes of a file that is still as it was found, before and after reading.

        Raises NotAtRest if it is not, PostponedDocument if it cannot be read just now,
        UnreadableDocument if it cannot be read at all.
        """
        try:
            with os.fdopen(self._open(found.path.path), "rb", buffering=0) as file:
                before = os.fstat(file.fileno())
                if not stat.S_ISREG(before.st_mode) or _state(before) != found.state:
                    raise NotAtRest("it has changed since it was found")
                raw = _read_all(file.fileno(), found.state.size_bytes)
                after = _state(os.fstat(file.fileno()))
        except OSError as error:
            if is_gone(error):
                raise NotAtRest("it went away") from error
            if is_transient(error):
                raise _postponed(error) from error
            raise UnreadableDocument(f"cannot be read ({error.strerror})") from error
        if after != found.state or len(raw) != found.state.size_bytes:
            raise NotAtRest("it is still being written")
        sha256 = hashlib.sha256(raw).digest()
        return ReadDocument(
            source=SourceDocument(path=found.path, state=after, sha256=sha256), raw=raw
        )

    def _open(self, path: bytes) -> int:
        *folders, name = path.split(b"/")
        descriptor = os.open(self.directory, ROOT_FLAGS)
        try:
            for folder in folders:
                inner = os.open(folder, OPEN_FLAGS | os.O_DIRECTORY, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            return os.open(name, OPEN_FLAGS, dir_fd=descriptor)
        finally:
            os.close(descriptor)


def _read_all(descriptor: int, size_bytes: int) -> bytes:
    # One byte more than expected shows a file that grew.
    pieces = []
    left = size_bytes + 1
    while left and (piece := os.read(descriptor, left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _postponed(error: OSError) -> PostponedDocument:
    postponed = PostponedDocument(f"cannot be read just now ({error.strerror}); try again")
    postponed.stage = UnreadableDocument.stage
    return postponed


def why_closed(error: OSError) -> str:
    """What to tell of a folder that a look could not go through."""
    if is_transient(error):
        return f"cannot be looked through just now ({error.strerror}); try again"
    return (
        f"cannot be looked through ({error.strerror}); "
        "mend that, or name it in the .feedsvcignore of a folder above"
    )


def _unreadable_root(root: WatchedRoot, error: OSError) -> RootUnreadable:
    return RootUnreadable(
        f"the folder {root.directory} (root {root.name!r}) cannot be read ({error.strerror}); "
        "check that it exists, is mounted and is open to this user"
    )


def _state(seen: os.stat_result) -> FileState:
    return FileState(
        device=_signed(seen.st_dev),
        inode=_signed(seen.st_ino),
        size_bytes=seen.st_size,
        # A time after the year 2262 does not fit either; only whether it changes matters.
        mtime_ns=_signed(seen.st_mtime_ns),
        ctime_ns=_signed(seen.st_ctime_ns),
    )


def _signed(number: int) -> int:
    """A number as the signed one of 64 bits that has the same lowest bits."""
    number &= (1 << 64) - 1
    return number - (1 << 64) if number >= 1 << 63 else number
