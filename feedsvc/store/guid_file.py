"""`guids.jsonl` beside a SQLite database: every guid, on disk before the entry that has it.

A line for each entry as it is published, and again whenever other bytes give that entry: guid,
root, path, SHA-256 and key, its sequence and arrival, and the publication version that the
transaction was to make. A line for each feed, whose guid and slug readers hold as well, again when
it is renamed, and one for each name it had before; the feed of all entries comes first and tells
one store from another. A line for each entry that a person withdrew, hid or brought back.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from feedsvc.store.engine import Store
from feedsvc.store.failures import told_of_file

log = logging.getLogger(__name__)

Line = Mapping[str, Any]  # Any: JSON

_NAME = "guids.jsonl"
_LINES_AT_ONCE = 2000
_LAST_LINES_BYTES = 65_536
# What a line of each kind holds, at least.
FEED_FIELDS = ("kind", "key", "slug", "name", "person_kind")
_KINDS = (
    {"guid", "root", "path", "sha256", "key", "sequence", "arrived_at", "version"},
    {"feed", *FEED_FIELDS, "updated"},
    {"former", "kind", "slug", "of"},
    {"departed", "state", "by", "reason", "version"},
)


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

    def last_version(self) -> int:
        """The version in the last line that has one; 0 if there is none."""
        with self._told(), self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - _LAST_LINES_BYTES))
            lines = [line for line in map(_parsed, file) if line is not None]
        return next((line["version"] for line in reversed(lines) if "version" in line), 0)

    def guids(self) -> Iterator[str]:
        """The guid of each line that has one, in the order recorded."""
        with self._told(), self.path.open("rb") as file:
            for line in map(_parsed, file):
                if line is not None and "guid" in line:
                    yield line["guid"]

    def lines_from(self, offset: int) -> Iterator[Reading]:
        """Its lines from a byte on, some at a time."""
        with self._told(), self.path.open("rb") as file:
            file.seek(offset)
            while chunk := list(islice(file, _LINES_AT_ONCE)):
                lines = [line for line in map(_parsed, chunk) if line is not None]
                yield Reading(lines=lines, unread=len(chunk) - len(lines), end=file.tell())

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

    def write_anew(self, lines: Iterable[Line]) -> int:
        """Let it hold these lines and no others, whole or not at all; answers its size."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        with self._told():
            with fresh.open("wb") as file:
                file.writelines(map(_packed, lines))
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
    """Some lines. unread: how many more no line of ours. end: the byte behind them."""

    lines: list[Line]
    unread: int
    end: int


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


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
