"""Stable before read: what two looks, far enough apart, saw unchanged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedsvc.ingest.discover import Found
from feedsvc.ingest.looks import Looks
from feedsvc.model.document import DocumentPath, FileState


class Monotonic:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Monotonic:
    return Monotonic()


@pytest.fixture
def looks(time: Monotonic) -> Looks:
    return Looks(1.0, time)


def found(name: bytes = b"a.txt", *, size_bytes: int = 1) -> Found:
    state = FileState(device=1, inode=1, size_bytes=size_bytes, mtime_ns=1, ctime_ns=1)
    return Found(path=DocumentPath(root="seeds", path=name), state=state)


def test_one_look_is_not_enough(looks: Looks) -> None:
    assert looks.at_rest([found()]) == []


def test_a_second_look_too_soon_is_not_enough(looks: Looks, time: Monotonic) -> None:
    looks.at_rest([found()])
    time.now += 0.99
    assert looks.at_rest([found()]) == []


def test_a_file_unchanged_for_long_enough_is_at_rest(looks: Looks, time: Monotonic) -> None:
    looks.at_rest([found()])
    time.now += 1.0
    assert looks.at_rest([found()]) == [found()]


@pytest.mark.parametrize("field", ["device", "inode", "size_bytes", "mtime_ns", "ctime_ns"])
def test_any_change_begins_the_wait_anew(looks: Looks, time: Monotonic, field: str) -> None:
    looks.at_rest([found()])
    time.now += 5.0
    changed = replace(found(), state=replace(found().state, **{field: 2}))
    assert looks.at_rest([changed]) == []
    time.now += 1.0
    assert looks.at_rest([changed]) == [changed]


def test_a_file_that_was_away_begins_anew(looks: Looks, time: Monotonic) -> None:
    looks.at_rest([found()])
    looks.at_rest([])
    time.now += 5.0
    assert looks.at_rest([found()]) == []


def test_each_file_waits_for_itself(looks: Looks, time: Monotonic) -> None:
    first, second = found(b"a.txt"), found(b"b.txt")
    looks.at_rest([first])
    time.now += 0.5
    looks.at_rest([first, second])
    time.now += 0.5
    assert looks.at_rest([first, second]) == [first]


def test_the_same_name_in_two_roots_is_two_files(looks: Looks, time: Monotonic) -> None:
    other = replace(found(), path=DocumentPath(root="wire", path=b"a.txt"))
    looks.at_rest([found()])
    time.now += 1.0
    assert looks.at_rest([found(), other]) == [found()]


def test_a_file_that_changed_while_it_was_read_begins_anew(looks: Looks, time: Monotonic) -> None:
    looks.at_rest([found()])
    time.now += 1.0
    assert looks.at_rest([found()]) == [found()]
    looks.begin_anew(found())
    assert looks.waiting() == [found().path]
    time.now += 0.5
    assert looks.at_rest([found()]) == []
    time.now += 0.5
    assert looks.at_rest([found()]) == [found()]


def test_a_file_at_rest_waits_no_more(looks: Looks, time: Monotonic) -> None:
    looks.at_rest([found()])
    time.now += 1.0
    looks.at_rest([found()])
    assert looks.waiting() == []
    assert looks.next_in_s() is None


def test_nothing_waits_where_nothing_was_seen(looks: Looks) -> None:
    assert looks.next_in_s() is None


def test_the_first_that_may_be_at_rest_says_when_to_look_again(
    looks: Looks, time: Monotonic
) -> None:
    looks.at_rest([found(b"a.txt")])
    time.now += 0.25
    looks.at_rest([found(b"a.txt"), found(b"b.txt")])
    assert looks.next_in_s() == pytest.approx(0.75)
    time.now += 9.0
    assert looks.next_in_s() == 0.0
