"""Archive documents: where they are cut, what they link to, and that cuts stay."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.feeds.archive import archive_history, newest_within, subscription_history
from feedsvc.model.archive import ArchiveRange, read_range, smallest_range


@dataclass(frozen=True)
class Numbers:
    """Members of a feed, as the store would know them."""

    numbers: list[int] = field(default_factory=list)

    def up_to(self, number: int, limit: int) -> Sequence[int]:
        end = bisect_right(self.numbers, number)
        return self.numbers[max(0, end - limit) : end][::-1]

    def beyond(self, number: int, limit: int) -> Sequence[int]:
        start = bisect_right(self.numbers, number)
        return self.numbers[start : start + limit]

    def within(self, wanted: ArchiveRange) -> list[int]:
        return [n for n in self.numbers if wanted.first <= n <= wanted.last]


def walk(members: Numbers, start: ArchiveRange | None = None) -> Iterator[ArchiveRange]:
    """The archive documents of a feed from the newest, or from `start`, to the oldest."""
    at = start or subscription_history(members).previous
    while at:
        own = newest_within(members, at)
        yield own
        at = archive_history(members, own).previous


def ranges(members: Numbers) -> list[str]:
    return [str(found) for found in walk(members)]


# Feeds of everything, of a fifth, of bursts with long silences between them.
_GAPS = st.one_of(st.just(1), st.integers(1, 10), st.sampled_from([1, 1, 1, 1, 1, 1, 5_000]))
_MEMBERS = st.lists(_GAPS, max_size=400).map(lambda gaps: Numbers(list(accumulate(gaps))))


# Addresses


def test_a_range_is_written_as_it_is_read() -> None:
    for text in ("1-64", "65-128", "129-256", "1-1024"):
        assert str(read_range(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "1", "64", "1-", "-64", "1-64-128", "1..64"),
        *("01-64", "1-064", " 1-64", "1-64\n", "+1-64", "1-6_4", "١-٦٤"),
        *("0-64", "1-32", "1-65", "1-192", "2-65", "33-96", "65-192", "128-65", "64-1", "0-0"),
        "1-" + "9" * 400,
    ],
)
def test_what_no_document_was_ever_named_is_no_range(text: str) -> None:
    assert read_range(text) is None


@given(st.integers(1, 10**12), st.integers(0, 20))
def test_every_number_lies_in_its_ranges(number: int, doublings: int) -> None:
    block = smallest_range(number)
    for _ in range(doublings):
        assert block.wider.first in (block.first, block.first - block.size)
        block = block.wider
    assert block.first <= number <= block.last
    assert read_range(str(block)) == block


# Cuts


def test_a_feed_of_everything_has_64_entries_a_document() -> None:
    members = Numbers(list(range(1, 201)))
    assert ranges(members) == ["129-192", "65-128", "1-64"]


def test_nothing_is_archived_before_more_than_64_entries_came() -> None:
    assert ranges(Numbers()) == []
    assert ranges(Numbers(list(range(1, 65)))) == []
    assert ranges(Numbers(list(range(1, 66)))) == ["1-64"]


def test_a_document_is_closed_by_its_last_number_or_one_beyond() -> None:
    assert ranges(Numbers(list(range(1, 128)))) == ["1-64"]
    assert ranges(Numbers(list(range(1, 129)))) == ["65-128", "1-64"]
    assert ranges(Numbers([*range(1, 120), 300])) == ["65-128", "1-64"]


def test_where_a_feed_has_few_entries_its_documents_are_wide() -> None:
    every_tenth = Numbers(list(range(10, 10_000, 10)))
    assert ranges(every_tenth)[0] == "9217-9728"
    assert ranges(every_tenth)[-1] == "1-512"


def test_stretches_without_entries_have_no_document() -> None:
    members = Numbers([*range(1, 101), *range(100_000, 100_101)])
    assert ranges(members) == ["100033-100096", "99969-100032", "65-128", "1-64"]


@given(_MEMBERS)
def test_a_walk_reaches_everything_once(members: Numbers) -> None:
    cut = next((block.last for block in walk(members)), 0)
    shown = [n for n in members.numbers if n > cut]
    archived = [members.within(block) for block in walk(members)]
    assert len(shown) <= 64
    assert all(1 <= len(found) <= 64 for found in archived)
    assert [*chain(*reversed(archived)), *shown] == members.numbers


@given(_MEMBERS)
def test_links_lead_there_and_back(members: Numbers) -> None:
    documents = list(walk(members))
    for newer, older in pairwise(documents):
        assert newer.first > older.last
        assert archive_history(members, older).following == newer
        assert archive_history(members, newer).previous == older
    if documents:
        assert archive_history(members, documents[0]).following is None


@given(st.lists(st.integers(1, 400), min_size=300, max_size=300))
def test_documents_are_well_filled_however_few_entries_a_feed_has(gaps: list[int]) -> None:
    members = Numbers(list(accumulate(gaps)))
    documents = list(walk(members))
    assert len(documents) <= 16  # 5 at best, were each full


# Cuts stay


@given(_MEMBERS)
def test_no_arrival_ever_changes_a_closed_document(members: Numbers) -> None:
    arrived = Numbers()
    closed: list[ArchiveRange] = []
    for number in members.numbers:
        arrived.numbers.append(number)
        now = list(walk(arrived))[::-1]
        assert now[: len(closed)] == closed
        closed = now


@settings(max_examples=50)
@given(_MEMBERS, st.data())
def test_entries_that_join_late_only_halve_documents(members: Numbers, data: st.DataObject) -> None:
    if not members.numbers:
        return
    newest = members.numbers[-1]
    late = data.draw(st.lists(st.integers(1, newest), min_size=1, max_size=200))
    ever = set(walk(members))
    for number in late:
        if number not in members.numbers:
            insort(members.numbers, number)
    now = set(walk(members))
    for before in ever - now:
        assert len(members.within(before)) > 64
        parts = [block for block in now if before.first <= block.first <= before.last]
        assert all(block.last <= before.last for block in parts)
        assert sum(len(members.within(block)) for block in parts) == len(members.within(before))


@settings(max_examples=50)
@given(_MEMBERS, st.data())
def test_an_address_once_linked_leads_to_all_that_came_before(
    members: Numbers, data: st.DataObject
) -> None:
    documents = list(walk(members))
    if not documents:
        return
    start = data.draw(st.sampled_from(documents))
    for number in data.draw(st.lists(st.integers(1, start.last), max_size=200)):
        if number not in members.numbers:
            insort(members.numbers, number)
    reached = {n for block in walk(members, start) for n in members.within(block)}
    assert reached == {n for n in members.numbers if n <= start.last}
