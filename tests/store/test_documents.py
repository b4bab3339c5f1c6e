"""Documents: paths of any bytes, what they gave, how that ended, and the bytes themselves."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from feedsvc.errors import UndecodableDocument
from feedsvc.model.document import FileState, SourceDocument
from feedsvc.store.documents import (
    documents_by_id,
    documents_of_entry,
    fetch_original,
    find_by_fingerprint,
    find_by_path,
    find_by_paths,
    find_by_sha256,
    forget_document,
    forget_entries,
    keep_original,
    link_entry,
    links_of_bytes,
    links_of_document,
    links_of_entry,
    list_outdated_links,
    make_primary,
    move_document,
    note_missing,
    note_state,
    quarantine_document,
    save_document,
    seen_bytes,
    unlink_entry,
)
from feedsvc.store.schema import originals
from tests.service import StoppedClock
from tests.store.written import NOW, STATE, document, link, named

LARGEST = FileState(
    device=-(2**63), inode=2**63 - 1, size_bytes=2**40, mtime_ns=-(2**63), ctime_ns=2**63 - 1
)


@pytest.mark.parametrize(
    "path",
    [
        b"a.txt",
        "گاہ/طوفان 🌊.txt".encode(),
        b"\xff\xfe invalid \x80.txt",
        b"new\nline.txt",
        b"<script>alert(1)</script>.txt",
        b"'; DROP TABLE documents; --",
        b"x" * 255,
        b"deep/" * 200 + b"a.txt",
    ],
    ids=lambda path: repr(path[:20]),
)
def test_a_path_is_kept_byte_for_byte(connection: Connection, path: bytes) -> None:
    number = save_document(connection, document(path), NOW)
    found = find_by_path(connection, named(path))
    assert found is not None
    assert (found.id, found.path.path) == (number, path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_can_be_a_path(connection: Connection, path: bytes) -> None:
    number = save_document(connection, document(path), NOW)
    assert documents_by_id(connection, [number])[number].path == named(path)


def test_the_longest_path_in_the_root_of_the_longest_name_is_kept(connection: Connection) -> None:
    # Random, or the database would pack it into less.
    path = named(random.Random(1).randbytes(2_048), root="🌊" * 64)
    found = SourceDocument(path=path, state=STATE, sha256=b"\1" * 32)
    number = save_document(connection, found, NOW)
    assert documents_by_id(connection, [number])[number].path == path


def test_the_largest_numbers_of_a_file_are_kept(connection: Connection) -> None:
    number = save_document(connection, document(state=LARGEST), NOW)
    assert documents_by_id(connection, [number])[number].state == LARGEST


def test_one_path_in_two_roots_is_two_documents(connection: Connection) -> None:
    first = save_document(connection, document(), NOW)
    other = SourceDocument(path=named(root="wire"), state=STATE, sha256=b"\1" * 32)
    assert save_document(connection, other, NOW) != first
    there = find_by_paths(connection, [named(root="wire")])
    assert [known.path.root for known in there.values()] == ["wire"]


def test_a_document_saved_again_is_the_same(connection: Connection) -> None:
    first = save_document(connection, document(), NOW)
    assert save_document(connection, document(sha256=b"\3" * 32), NOW) == first
    assert with_bytes(connection, b"\1" * 32) == []
    assert with_bytes(connection, b"\3" * 32) == [first]


def with_bytes(connection: Connection, sha256: bytes, after: int = 0, limit: int = 9) -> list[int]:
    found = find_by_sha256(connection, sha256, after=after, limit=limit)
    return [known.id for known in found]


def refuse(connection: Connection, path: bytes, sha256: bytes | None) -> int:
    error = UndecodableDocument("no charset fits")
    return quarantine_document(connection, named(path), STATE, sha256, error, version=1, now=NOW)


def test_documents_of_the_same_bytes_are_found_the_oldest_first(connection: Connection) -> None:
    numbers = [save_document(connection, document(path), NOW) for path in (b"b", b"a", b"c")]
    numbers.append(refuse(connection, b"d", b"\1" * 32))
    assert with_bytes(connection, b"\1" * 32) == numbers
    assert with_bytes(connection, b"\1" * 32, after=numbers[0], limit=2) == numbers[1:3]


def test_bytes_are_seen_or_not(connection: Connection) -> None:
    save_document(connection, document(sha256=b"\1" * 32), NOW)
    refuse(connection, b"b", b"\3" * 32)
    hashes = [b"\1" * 32, b"\2" * 32, b"\3" * 32]
    assert seen_bytes(connection, hashes) == {b"\1" * 32, b"\3" * 32}
    assert seen_bytes(connection, []) == set()


def test_what_bytes_give_is_what_a_document_gives_that_holds_them(connection: Connection) -> None:
    def given() -> list[int]:
        links = links_of_bytes(connection, b"\1" * 32, besides=named(b"me"))
        return [link.document_id for link in links]

    numbers = [save_document(connection, document(path), NOW) for path in (b"me", b"a", b"b", b"c")]
    for number in numbers:
        link_entry(connection, link(number, is_primary=False))
    assert given() == [numbers[1]]
    refuse(connection, b"a", b"\3" * 32)
    assert given() == [numbers[2]]
    refuse(connection, b"b", None)  # what could not be read may be as it was
    assert given() == [numbers[2]]
    forget_entries(connection, numbers[2])
    assert given() == [numbers[3]]


def test_bytes_that_were_refused_are_known_beside_those_that_gave_the_entry(
    connection: Connection,
) -> None:
    number = save_document(connection, document(sha256=b"\1" * 32), NOW)
    for sha256 in (b"\3" * 32, None):
        assert refuse(connection, b"a.txt", sha256) == number
        known = documents_by_id(connection, [number])[number]
        assert (known.sha256, known.held_sha256) == (b"\1" * 32, b"\3" * 32)
    save_document(connection, document(sha256=b"\4" * 32), NOW)
    known = documents_by_id(connection, [number])[number]
    assert (known.sha256, known.refused_sha256) == (b"\4" * 32, None)


def test_documents_are_found_by_more_numbers_than_a_database_takes_at_once(
    connection: Connection,
) -> None:
    number = save_document(connection, document(), NOW)
    assert documents_by_id(connection, [*range(number, number + 70_000)]).keys() == {number}


def test_a_path_never_seen_is_unknown(connection: Connection) -> None:
    assert find_by_path(connection, named(b"nowhere")) is None


def test_a_refused_document_says_why_and_by_which_version(connection: Connection) -> None:
    error = UndecodableDocument("no charset fits ﷽")
    number = quarantine_document(connection, named(), STATE, None, error, version=7, now=NOW)
    known = documents_by_id(connection, [number])[number]
    assert (known.stage, known.reason, known.refused_by_version, known.sha256) == (
        "decode",
        "no charset fits ﷽",
        7,
        None,
    )


def test_a_refused_document_keeps_the_entry_it_gave(connection: Connection) -> None:
    number = save_document(connection, document(), NOW)
    link_entry(connection, link(number))
    error = UndecodableDocument("no charset fits")
    quarantine_document(connection, named(), STATE, None, error, version=1, now=NOW)
    assert links_of_document(connection, number) == [link(number)]


def test_a_document_ingested_after_all_is_out_of_quarantine(connection: Connection) -> None:
    error = UndecodableDocument("no charset fits")
    number = quarantine_document(connection, named(), STATE, None, error, version=1, now=NOW)
    assert save_document(connection, document(), NOW) == number
    known = documents_by_id(connection, [number])[number]
    assert (known.stage, known.reason, known.refused_by_version) == (None, None, None)


def test_what_is_missing_is_counted_from_the_first_sweep_that_missed_it(
    connection: Connection,
) -> None:
    stopped = StoppedClock()
    number = save_document(connection, document(), NOW)
    for _ in range(3):
        note_missing(connection, [number], stopped.instant)
        stopped.move(hours=1)
    known = documents_by_id(connection, [number])[number]
    assert (known.missing_since, known.missing_sweeps) == (NOW, 3)


def test_what_is_found_again_is_missing_no_more(connection: Connection) -> None:
    number = save_document(connection, document(), NOW)
    note_missing(connection, [number], NOW)
    note_state(connection, number, LARGEST)
    known = documents_by_id(connection, [number])[number]
    assert (known.state, known.missing_since, known.missing_sweeps) == (LARGEST, None, 0)


def test_a_moved_document_keeps_its_number_and_what_it_gave(connection: Connection) -> None:
    number = save_document(connection, document(), NOW)
    link_entry(connection, link(number))
    note_missing(connection, [number], NOW)
    move_document(connection, number, named(b"b.txt", root="wire"))
    found = find_by_path(connection, named(b"b.txt", root="wire"))
    assert found is not None
    assert (found.id, found.missing_since) == (number, None)
    assert links_of_document(connection, number) == [link(number)]


def test_a_forgotten_document_gives_nothing(connection: Connection) -> None:
    number = save_document(connection, document(), NOW)
    link_entry(connection, link(number))
    forget_document(connection, number)
    assert find_by_path(connection, named()) is None
    assert links_of_entry(connection, 1) == []


def test_a_link_is_said_anew_under_its_key(connection: Connection) -> None:
    number = save_document(connection, document(), NOW)
    link_entry(connection, link(number))
    link_entry(connection, link(number, is_primary=False))
    link_entry(connection, link(number, key="b"))
    assert links_of_document(connection, number) == [
        link(number, is_primary=False),
        link(number, key="b"),
    ]
    unlink_entry(connection, number, "")
    assert links_of_document(connection, number) == [link(number, key="b")]


def test_the_primary_document_of_an_entry_comes_first(connection: Connection) -> None:
    alternate = save_document(connection, document(b"a"), NOW)
    primary = save_document(connection, document(b"b"), NOW)
    link_entry(connection, link(alternate, is_primary=False))
    link_entry(connection, link(primary))
    assert [found.document_id for found in links_of_entry(connection, 1)] == [primary, alternate]


def test_an_entry_has_one_primary_document(connection: Connection) -> None:
    old = save_document(connection, document(b"a"), NOW)
    new = save_document(connection, document(b"b"), NOW)
    link_entry(connection, link(old))
    link_entry(connection, link(new, is_primary=False))
    make_primary(connection, link(new))
    found = links_of_entry(connection, 1)
    assert [(one.document_id, one.is_primary) for one in found] == [(new, True), (old, False)]


def test_fingerprints_are_compared_within_one_version(connection: Connection) -> None:
    number = save_document(connection, document(), NOW)
    link_entry(connection, link(number))
    assert find_by_fingerprint(connection, b"\2" * 32, 1, limit=9) == [link(number)]
    assert find_by_fingerprint(connection, b"\2" * 32, 1, after=number, limit=9) == []
    assert find_by_fingerprint(connection, b"\2" * 32, 2, limit=9) == []


def test_the_documents_of_an_entry_are_found(connection: Connection) -> None:
    numbers = [save_document(connection, document(path), NOW) for path in (b"a", b"b")]
    save_document(connection, document(b"c"), NOW)
    for number in numbers:
        link_entry(connection, link(number, is_primary=False))
    assert sorted(known.id for known in documents_of_entry(connection, 1)) == numbers


def test_links_of_another_extractor_are_outdated(connection: Connection) -> None:
    number = save_document(connection, document(), NOW)
    for key in "abc":
        link_entry(connection, link(number, key=key))
    assert list_outdated_links(connection, 1, limit=10) == []
    first = list_outdated_links(connection, 2, limit=2)
    assert [one.key for one in first] == ["a", "b"]
    rest = list_outdated_links(connection, 2, after=first[-1], limit=9)
    assert [one.key for one in rest] == ["c"]


@pytest.mark.parametrize("raw", [b"", b"\0\xff" * 9, "طوفان".encode() * 50_000])
def test_the_bytes_of_a_document_are_kept(connection: Connection, raw: bytes) -> None:
    keep_original(connection, b"\1" * 32, raw)
    assert fetch_original(connection, b"\1" * 32) == raw


def test_the_same_bytes_are_kept_once(connection: Connection) -> None:
    for _ in range(2):
        keep_original(connection, b"\1" * 32, b"raw")
    assert connection.scalar(select(func.count()).select_from(originals)) == 1


def test_bytes_never_kept_are_not_there(connection: Connection) -> None:
    assert fetch_original(connection, b"\1" * 32) is None
