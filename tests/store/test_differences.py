"""Differences: as many as there are, in order, on disk rather than in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedsvc.errors import StoreError
from feedsvc.model.document import DocumentPath, FileState
from feedsvc.store.differences import Difference, Differences, Kind


@pytest.fixture
def differences() -> Iterator[Differences]:
    differences = Differences()
    yield differences
    differences.close()


def difference(number: int, size_bytes: int = 3, refusal: str | None = None) -> Difference:
    state = FileState(device=-1, inode=number, size_bytes=size_bytes, mtime_ns=4, ctime_ns=5)
    path = DocumentPath(root="seeds", path=b"\xff%d" % number)
    return Difference(path=path, state=state, refusal=refusal)


def gone(number: int) -> Difference:
    return Difference(path=DocumentPath(root="seeds", path=b"%d" % number))


def test_what_is_added_comes_back_by_kind_and_in_order(differences: Differences) -> None:
    new = [difference(n) for n in range(1_234)]
    refused = [difference(n, refusal="is a link") for n in range(3)]
    lost = [gone(n) for n in range(2)]
    differences.add(Kind.NEW, new[:1_000])
    differences.add(Kind.REFUSED, refused)
    differences.add(Kind.NEW, new[1_000:])
    differences.add(Kind.GONE, lost)
    differences.end()
    assert list(differences.of_kind(Kind.NEW)) == new
    assert list(differences.of_kind(Kind.REFUSED)) == refused
    assert list(differences.of_kind(Kind.GONE)) == lost
    assert list(differences.of_kind(Kind.CHANGED)) == []
    assert differences.counts == {
        Kind.CHANGED: 0,
        Kind.KEPT: 0,
        Kind.NEW: 1_234,
        Kind.REFUSED: 3,
        Kind.GONE: 2,
    }


def test_a_pass_is_as_much_work_as_there_is_to_read() -> None:
    def work_of_a_pass(count: int) -> int:
        """In hundreds of SQLite's instructions."""
        differences, work = Differences(), 0

        def count_work() -> int:
            nonlocal work
            work += 1
            return 0

        differences.add(Kind.NEW, [difference(n) for n in range(count)])
        differences.end()
        differences._db.set_progress_handler(count_work, 100)
        assert len(list(differences.of_kind(Kind.NEW))) == count
        differences.close()
        return work

    assert work_of_a_pass(40_000) < 5 * work_of_a_pass(10_000)


def test_the_large_ones_come_last(differences: Differences) -> None:
    sizes = [70_000, 3, 65_536, 65_537] * 400
    found = [difference(n, size) for n, size in enumerate(sizes)]
    differences.add(Kind.NEW, found)
    differences.end()
    small = [d for d in found if d.state and d.state.size_bytes <= 65_536]
    assert list(differences.of_kind(Kind.NEW)) == small + [d for d in found if d not in small]


def test_they_are_found_by_size(differences: Differences) -> None:
    differences.add(Kind.NEW, [difference(1, 7), difference(2, 8), difference(3, 7)])
    differences.add(Kind.CHANGED, [difference(4, 7)])
    differences.end()
    assert list(differences.of_size(Kind.NEW, 7)) == [difference(1, 7), difference(3, 7)]


def test_two_can_be_gone_through_at_once(differences: Differences) -> None:
    differences.add(Kind.NEW, [difference(n) for n in range(900)])
    differences.add(Kind.GONE, [gone(n) for n in range(900)])
    pairs = zip(differences.of_kind(Kind.NEW), differences.of_kind(Kind.GONE), strict=True)
    assert sum(1 for _ in pairs) == 900


def test_trouble_with_the_disk_is_the_store_s(differences: Differences) -> None:
    differences.close()
    with pytest.raises(StoreError, match="cannot be noted"):
        differences.add(Kind.NEW, [difference(1)])
