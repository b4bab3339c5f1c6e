"""How documents stand to a look at their folder, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from feedsvc.errors import UnreadableDocument
from feedsvc.store.documents import link_entry, note_missing, quarantine_document, save_document
from feedsvc.store.standing import Absence, KnownState, Standing, list_states
from tests.store.written import NOW, STATE, document, link, named

KEEPING = Absence(now=NOW, sweeps=2, since=NOW, withdraw_before=None)
LATER, EARLIER = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)


def states(
    connection: Connection, below: bytes = b"", limit: int = 100, absence: Absence = KEEPING
) -> list[KnownState]:
    """All states of the root, page by page."""
    found: list[KnownState] = []
    while True:
        page = list_states(
            connection,
            "seeds",
            below=below,
            after=found[-1][0] if found else b"",
            limit=limit,
            extractor_version=2,
            policy_version=3,
            absence=absence,
        )
        found += page
        if len(page) < limit:
            return found


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_states_are_listed_in_the_order_of_bytes(connection: Connection, limit: int) -> None:
    paths = [b"a-b", b"a/b", b"a.txt", b"\xff", b"Z", b"a"]
    for path in paths:
        save_document(connection, document(path), NOW)
    assert [state[0] for state in states(connection, limit=limit)] == sorted(paths)


def test_states_below_a_path_are_those_at_it_and_in_it(connection: Connection) -> None:
    for path in (b"a", b"a/b", b"a/b/c", b"a-b", b"a0", b"b"):
        save_document(connection, document(path), NOW)
    assert [state[0] for state in states(connection, b"a")] == [b"a", b"a/b", b"a/b/c"]


def test_a_state_says_the_numbers_of_the_file_and_that_there_is_no_more(
    connection: Connection,
) -> None:
    save_document(connection, document(b"a"), NOW)
    assert states(connection) == [(b"a", *astuple(STATE), 1)]


@pytest.mark.parametrize(
    ("stage", "version", "plain"),
    [
        ("extract", 2, 1),
        ("extract", 1, 0),
        ("sanitize", 3, 1),
        ("sanitize", 2, 0),
        ("discover", 2, 0),
    ],
)
def test_of_what_is_in_quarantine_a_state_says_whether_to_try_it_again(
    connection: Connection, stage: str, version: int, plain: int
) -> None:
    error = UnreadableDocument("is bad")
    error.stage = stage
    quarantine_document(connection, named(b"a"), STATE, None, error, version=version, now=NOW)
    assert states(connection) == [(b"a", *astuple(STATE), plain)]


def withdrawing(before: datetime) -> Absence:
    return replace(KEEPING, withdraw_before=before)


@pytest.mark.parametrize(
    ("sweeps", "absence", "standing"),
    [
        (1, KEEPING, Standing.OPEN),
        (2, KEEPING, Standing.GONE_LATELY),
        (2, replace(KEEPING, since=LATER), Standing.GONE_BEFORE),
        (2, withdrawing(EARLIER), Standing.GONE_LATELY),
        (2, withdrawing(NOW), Standing.OPEN),
    ],
)
def test_of_what_is_gone_a_state_says_whether_there_is_more_to_do(
    connection: Connection, sweeps: int, absence: Absence, standing: Standing
) -> None:
    number = save_document(connection, document(b"a"), NOW)
    link_entry(connection, link(number))
    for _ in range(sweeps):
        note_missing(connection, [number], NOW)
    assert states(connection, absence=absence) == [(b"a", *astuple(STATE), standing)]


@pytest.mark.parametrize(
    ("missed", "is_primary", "standing"),
    [
        ([NOW, NOW], True, Standing.OPEN),
        ([NOW, NOW], False, Standing.GONE_LATELY),
        ([NOW], True, Standing.GONE_LATELY),
        ([LATER, LATER], True, Standing.GONE_LATELY),
        ([], True, Standing.GONE_LATELY),
    ],
)
def test_the_document_that_speaks_for_an_entry_waits_for_all_that_give_it(
    connection: Connection, missed: Sequence[datetime], is_primary: bool, standing: Standing
) -> None:
    first = save_document(connection, document(b"a"), NOW)
    other = save_document(connection, document(b"b"), NOW)
    link_entry(connection, link(first, is_primary=is_primary))
    link_entry(connection, link(other, is_primary=not is_primary))
    for _ in range(2):
        note_missing(connection, [first], NOW)
    for instant in missed:
        note_missing(connection, [other], instant)
    assert states(connection, absence=withdrawing(NOW))[0][-1] == standing
