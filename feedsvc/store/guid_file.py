"""`guids.jsonl` beside a SQLite database: every guid, on disk before the entry that has it.

A line for each entry as it is published, and again whenever other bytes give that entry: guid,
root, path, SHA-256 and key, its sequence and arrival. A line for each feed, whose guid and slug
readers hold as well, again when it is renamed, and one for each name it had before; the feed of all
entries comes first and tells one store from another. A line for each entry that a person withdrew,
hid or brought back.

All that is written before its transaction commits. Marks tell what came of it: after the commit,
up to which byte everything was committed; after a commit that failed, which bytes never were.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any

from feedsvc.store.engine import Store
from feedsvc.store.failures import told_of_file

log = logging.getLogger(__name__)

Line = Mapping[str, Any]  # Any: JSON

_NAME = "guids.jsonl"
_LINES_AT_ONCE = 2000
# What a line of each kind holds, at least.
FEED_FIELDS = ("kind", "key", "slug", "name", "person_kind")
_KINDS = (
    {"guid", "root", "path", "sha256", "key", "sequence", "arrived_at"},
    {"feed", *FEED_FIELDS, "updated"},
    {"former", "kind", "slug", "of"},
    {"departed", "state", "by", "reason"},
)
_PUBLIC, _VOID = "public", "void"


class GuidFile:
    """The file of one store. Its errors are told as the store's: StoreError and its kinds."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, store: Store) -> GuidFile | None:
        """Where a store's guids are recorded; None on PostgreSQL."""
        return cls(store.sqlite_path.with_name(_NAME)) if store.sqlite_path else None

    def size_bytes(self) -> int:
        """0 where there is no file."""
        with self._told():
            try:
                return self.path.stat().st_size
            except FileNotFoundError:
                return 0

    def first_guid(self) -> str | None:
        """The guid of the feed that comes first, which tells one store from another."""
        with self._told(), self.path.open("rb") as file:
            first = _parsed(file.readline()) or {}
        return first.get("feed")

    def guids(self) -> Iterator[str]:
        """The guid of each line that has one, in the order recorded."""
        with self._told(), self.path.open("rb") as file:
            for line in map(_parsed, file):
                if line is not None and "guid" in line:
                    yield line["guid"]

    def ends_at(self, offset: int) -> bool:
        """Whether nothing but marks lies behind a byte."""
        return not any(read.lines or read.unread for read in self.lines_from(offset))

    def lines_from(self, offset: int, end: int | None = None) -> Iterator[Reading]:
        """Its lines from one byte to another, some at a time, without the marks."""
        with self._told(), self.path.open("rb") as file:
            file.seek(offset)
            raw = iter(lambda: file.readline() if end is None or file.tell() < end else b"", b"")
            while chunk := list(islice(raw, _LINES_AT_ONCE)):
                told = [line for line in chunk if _parsed_mark(line) is None]
                lines = [line for line in map(_parsed, told) if line is not None]
                yield Reading(lines=lines, unread=len(told) - len(lines))

    def stretches_from(self, offset: int, *, is_lost: bool) -> list[Stretch]:
        """What lies behind a byte, whole lines, by what the marks there say of it.

        is_lost: whether what no mark speaks of may be public, since nothing else tells of it.
        """
        size = self.size_bytes()
        with self._told(), self.path.open("rb") as file:
            file.seek(offset)
            marks = [mark for mark in map(_parsed_mark, file) if mark is not None]
        told = max((mark[_PUBLIC] for mark in marks if _PUBLIC in mark), default=0)
        voids = [mark[_VOID] for mark in marks if _VOID in mark]
        return list(_stretches(offset, size, size if is_lost else told, voids))

    def append(self, lines: Iterable[Line]) -> int:
        """Append, and wait for the disk; answers the size of the file."""
        return self._append(b"".join(map(_packed, lines)))

    def end_last_line(self) -> None:
        """Let what is appended begin on a line of its own, whatever a crash left of the last."""
        with self._told(), self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            is_torn = file.read(1) != b"\n"
        if is_torn:
            self._append(b"\n")

    def mark_public(self, end: int) -> None:
        """Note that everything before a byte was committed; the disk is not waited for."""
        with self._told(), self.path.open("ab") as file:
            file.write(_packed({_PUBLIC: end}))

    def mark_void(self, start: int, end: int) -> None:
        """Note that what lies between two bytes never was."""
        self._append(_packed({_VOID: [start, end]}))

    def write_anew(self, lines: Iterable[Line]) -> int:
        """Let it hold these lines and no others, whole or not at all; answers its size."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        with self._told():
            with fresh.open("wb") as file:
                file.writelines(map(_packed, lines))
                file.write(_packed({_PUBLIC: file.tell()}))
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            fresh.replace(self.path)
            _sync_folder(self.path.parent)
        return size

    def set_aside(self, now: datetime) -> None:
        """Rename a file that is another store's."""
        aside = self.path.with_name(f"{self.path.name}.replaced-{now:%Y%m%dT%H%M%S.%fZ}")
        with self._told():
            self.path.rename(aside)
        log.warning("guids.jsonl was not this store's; set aside", extra={"file": str(aside)})

    def _append(self, raw: bytes) -> int:
        with self._told(), self.path.open("ab") as file:
            file.write(raw)
            # Unbuffered, a disk that fills up could take a part of it without an error.
            file.flush()
            os.fsync(file.fileno())
            return file.tell()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise told_of_file(error, self.path) from error


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Some lines. unread: how many more no line of ours."""

    lines: list[Line]
    unread: int


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Bytes from `start` to `end`. is_public: whether readers may have seen what they tell."""

    start: int
    end: int
    is_public: bool


def _stretches(
    start: int, end: int, public_until: int, voids: Sequence[tuple[int, int]]
) -> Iterator[Stretch]:
    cuts = {start, end, *(n for n in (public_until, *chain(*voids)) if start < n < end)}
    for first, last in pairwise(sorted(cuts)):
        is_void = any(begin <= first < stop for begin, stop in voids)
        yield Stretch(start=first, end=last, is_public=first < public_until and not is_void)


def _packed(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _parsed(line: bytes) -> Line | None:
    """One line; None for what a crash left of one, or what is none of ours."""
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    is_whole = isinstance(parsed, dict) and any(parsed.keys() >= kind for kind in _KINDS)
    return parsed if is_whole else None


def _parsed_mark(line: bytes) -> Line | None:
    if not line.startswith((b'{"public":', b'{"void":')):
        return None
    try:
        mark: Line = json.loads(line)
    except ValueError:
        return None
    return mark


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
