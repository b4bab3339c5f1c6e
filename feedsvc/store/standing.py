"""What a look at a folder compares it with: the documents of a root, and how each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
)

from feedsvc.model.document import MAX_PATH_BYTES
from feedsvc.model.entry import BY_PERSON, EntryState
from feedsvc.store.schema import document_entries, documents, entries


class Standing(IntEnum):
    """Whether a look has to do with a document that is as the store remembers it.

    OPEN: there is more to say of it: it is in quarantine under another version, or gone and not all
    was done about that. PLAIN: there is not. GONE_BEFORE, GONE_LATELY: it is gone, and as long as
    it is there is nothing to do.
    """

    OPEN = 0
    PLAIN = 1
    GONE_BEFORE = 2
    GONE_LATELY = 3


@dataclass(frozen=True, kw_only=True)
class Absence:
    """When all is done about a document that is gone: once so many sweeps have missed it.

    now: what was missed by a clock that was ahead of it is open. since: what has been gone for
    longer is told apart. withdraw_before: there is more to do once a
    live entry has had no document since then; None if policy withdraws nothing.
    """

    now: datetime
    sweeps: int
    since: datetime
    withdraw_before: datetime | None


# A path and the numbers of its file, as a look at the folder finds them; then its Standing.
KnownState = tuple[bytes, int, int, int, int, int, int]


def list_states(
    connection: Connection,
    root: str,
    *,
    below: bytes,
    after: bytes,
    limit: int,
    extractor_version: int,
    policy_version: int,
    absence: Absence,
) -> Sequence[KnownState]:
    """What is remembered of the documents of a root behind one path, in the order of paths.

    below: only what lies at or below this path. Paths of MAX_PATH_BYTES are hashes, and left out.
    """
    d = documents.c
    refused_anew = or_(
        and_(d.stage == "sanitize", d.refused_by_version != policy_version),
        and_(d.stage != "sanitize", d.refused_by_version != extractor_version),
        d.stage == "discover",
    )
    is_tried_again = and_(d.stage.is_not(None), refused_anew)
    standing = case(
        (d.missing_since.is_(None), case((is_tried_again, Standing.OPEN), else_=Standing.PLAIN)),
        (or_(d.missing_sweeps < absence.sweeps, d.missing_since > absence.now), Standing.OPEN),
        (_is_to_withdraw(absence), Standing.OPEN),
        (d.missing_since < absence.since, Standing.GONE_BEFORE),
        else_=Standing.GONE_LATELY,
    )
    listed = (
        select(
            d.path,
            d.device,
            d.inode,
            d.size_bytes,
            d.mtime_ns,
            d.ctime_ns,
            standing,
        )
        # One lower bound: the database takes any of two, and goes through all behind it.
        .where(d.root == root, d.path > after if after >= below else d.path >= below)
        .where(func.length(d.path) < MAX_PATH_BYTES)
        .order_by(d.path)
        .limit(limit)
    )
    if below:
        listed = listed.where(d.path < below + b"0", or_(d.path == below, d.path >= below + b"/"))
    # The driver's own tuples, and PostgreSQL's in binary: a million are compared at every sweep.
    found = connection.execute(listed, execution_options={"feedsvc_binary": True})
    states: Sequence[KnownState] = found.cursor.fetchall()
    return states


def _is_to_withdraw(absence: Absence) -> ColumnElement[bool]:
    """Whether a document that is gone speaks for a live entry, and no other gave it for as long."""
    before = absence.withdraw_before
    if before is None:
        return false()
    other, link = documents.alias(), document_entries.alias()
    still_given = (
        exists()
        .where(link.c.entry_id == entries.c.id, link.c.document_id != documents.c.id)
        .where(other.c.id == link.c.document_id)
        .where(
            or_(
                other.c.missing_since.is_(None),
                other.c.missing_since > before,
                other.c.missing_sweeps < absence.sweeps,
            )
        )
        .correlate(documents, entries)
    )
    given = (
        exists()
        .where(document_entries.c.document_id == documents.c.id, document_entries.c.is_primary)
        .where(entries.c.id == document_entries.c.entry_id, entries.c.state == EntryState.LIVE)
        # What a person brought back stays.
        .where(entries.c.departed_by.is_distinct_from(BY_PERSON), ~still_given)
    )
    return and_(documents.c.missing_since <= before, given)


def list_hashed_paths(connection: Connection, root: str) -> list[bytes]:
    """The documents of a root whose path was too long to be kept."""
    too_long = func.length(documents.c.path) >= MAX_PATH_BYTES
    found = connection.scalars(select(documents.c.path).where(documents.c.root == root, too_long))
    return list(found)
