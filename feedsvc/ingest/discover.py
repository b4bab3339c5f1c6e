"""Discover: what lies in a watched folder, and its bytes once they are at rest.

Names are bytes. Nothing is followed: not a link, not a mount of another kind of file; every open
is relative to the folder's own descriptor.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from feedsvc.errors import DocumentError, UnreadableDocument
from feedsvc.ingest.readers import SUFFIXES, suffix_of
from feedsvc.model.document import DocumentPath, FileState, SourceDocument

_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
# The root itself was named by the operator, and may be a link.
_ROOT_FLAGS = _OPEN_FLAGS & ~os.O_NOFOLLOW | os.O_DIRECTORY
# PostgreSQL finds documents by an index whose keys hold 2,704 bytes, the root's name among them;
# what is longer is named by its beginning and a hash.
_MAX_PATH_BYTES = 2_048
# Names under which editors, browsers and copying tools keep what is not finished.
_UNFINISHED = (b"~", b".tmp", b".temp", b".swp", b".swx", b".part", b".partial", b".crdownload")


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
    """A watched folder. excluded: absolute paths in it that are never documents."""

    name: str
    directory: Path
    max_document_bytes: int
    excluded: frozenset[bytes] = frozenset()

    def device(self) -> int:
        """The device the folder lies on. Raises RootUnreadable."""
        return _signed(self._stat().st_dev)

    def _stat(self) -> os.stat_result:
        try:
            return self.directory.stat()
        except OSError as error:
            raise _unreadable_root(self, error) from error

    def scan(self) -> Iterator[Found]:
        """Everything in the folder that is, or looks like, a document; in the order of names.

        Hidden and unfinished files are passed over. Raises RootUnreadable.
        """
        if not stat.S_ISDIR(self._stat().st_mode):
            raise RootUnreadable(f"{self.directory} is not a folder; name one with --seeds DIR")
        top = os.fsencode(self.directory.resolve())

        def fail(error: OSError) -> None:
            # A folder deeper down that vanished or is closed to us hides its own files alone.
            if os.fsencode(error.filename or b"") == top:
                raise _unreadable_root(self, error) from error

        try:
            for folder, subfolders, files, descriptor in os.fwalk(top, onerror=fail):
                below = os.path.relpath(folder, top) if folder != top else b""
                subfolders[:] = sorted(n for n in subfolders if self._is_wanted(folder, n))
                for name in sorted(subfolders + [n for n in files if self._is_wanted(folder, n)]):
                    found = self._look_at(os.path.join(below, name), name, descriptor)
                    if found is not None:
                        yield found
        except OSError as error:
            # A listing that broke off says nothing of what it did not come to.
            raise _unreadable_root(self, error) from error

    def _is_wanted(self, folder: bytes, name: bytes) -> bool:
        return not _is_passed_over(name) and os.path.join(folder, name) not in self.excluded

    def find(self, path: bytes) -> Found | None:
        """One name in the folder, or None if there is none."""
        try:
            descriptor = os.open(self.directory, _ROOT_FLAGS)
        except OSError as error:
            raise _unreadable_root(self, error) from error
        try:
            return self._look_at(path, path, descriptor)
        finally:
            os.close(descriptor)

    def _look_at(self, path: bytes, name: bytes, descriptor: int) -> Found | None:
        try:
            seen = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
        except OSError:
            return None  # it went between the listing and the look, or its folder is closed to us
        refusal = self._refusal(seen, name)
        if stat.S_ISDIR(seen.st_mode) and refusal is None:
            return None
        if len(path) > _MAX_PATH_BYTES:
            path = path[: _MAX_PATH_BYTES - 65] + b"~" + hashlib.sha256(path).hexdigest().encode()
            refusal = UnreadableDocument(
                f"lies too deep: its path is longer than {_MAX_PATH_BYTES:,} bytes; move it up"
            )
        return Found(
            path=DocumentPath(root=self.name, path=path), state=_state(seen), refusal=refusal
        )

    def _refusal(self, seen: os.stat_result, name: bytes) -> DocumentError | None:
        mode = seen.st_mode
        if stat.S_ISREG(mode):
            if seen.st_size <= self.max_document_bytes:
                return None
            return UnreadableDocument(
                f"is {seen.st_size:,} bytes, more than limits.max_document_bytes "
                f"({self.max_document_bytes:,})"
            )
        if stat.S_ISDIR(mode):
            if suffix_of(name) not in SUFFIXES:
                return None
            return UnreadableDocument("is a folder named like a document; rename it")
        if stat.S_ISLNK(mode):
            return UnreadableDocument("is a symbolic link, and none is followed; copy the file")
        return UnreadableDocument("is no regular file (a pipe, socket or device); remove it")

    def read(self, found: Found) -> ReadDocument:
        """The bytes of a file that is still as it was found, before and after reading.

        Raises NotAtRest if it is not, UnreadableDocument if it cannot be read.
        """
        try:
            with os.fdopen(self._open(found.path.path), "rb", buffering=0) as file:
                before = _state(os.fstat(file.fileno()))
                raw = _read_all(file.fileno(), found.state.size_bytes)
                after = _state(os.fstat(file.fileno()))
        except FileNotFoundError as error:
            raise NotAtRest("it went away") from error
        except OSError as error:
            raise UnreadableDocument(f"cannot be read ({error.strerror})") from error
        if not (before == after == found.state) or len(raw) != found.state.size_bytes:
            raise NotAtRest("it is still being written")
        sha256 = hashlib.sha256(raw).digest()
        return ReadDocument(
            source=SourceDocument(path=found.path, state=after, sha256=sha256), raw=raw
        )

    def _open(self, path: bytes) -> int:
        *folders, name = path.split(b"/")
        descriptor = os.open(self.directory, _ROOT_FLAGS)
        try:
            for folder in folders:
                inner = os.open(folder, _OPEN_FLAGS | os.O_DIRECTORY, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            return os.open(name, _OPEN_FLAGS, dir_fd=descriptor)
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


def _is_passed_over(name: bytes) -> bool:
    lowered = name.lower()
    return name.startswith((b".", b"#", b"~$")) or lowered.endswith(_UNFINISHED)


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
