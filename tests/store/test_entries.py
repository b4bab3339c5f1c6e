"""Entries: what goes in comes out, edits keep a revision, what was withdrawn can come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from feedsvc.errors import EntryGone, NotFound
from feedsvc.model.entry import (
    EARLIEST_SERVED,
    Category,
    Enclosure,
    EntryState,
    Evidence,
    Person,
    PersonKind,
    Precision,
    Source,
)
from feedsvc.model.ids import short_id
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.store.entries import (
    Versions,
    edit_entry,
    fetch_article,
    fetch_entries,
    find_by_canonical_url,
    find_by_short_id,
    note_evidence,
    return_entry,
    select_candidates,
)
from feedsvc.store.feeds import fetch_feed
from feedsvc.store.schema import revisions
from tests.store.desk import Desk, by, make_draft

FULL = make_draft(
    "طوفان نے بندرگاہ بند کر دی 🌊",
    authors=(
        Person(name="Ada Lovelace"),
        Person(name="AFP", kind=PersonKind.ORGANIZATION),
    ),
    published=datetime(2022, 11, 13, 8, 30, 0, 123_456, tzinfo=UTC),
    precision=Precision.INSTANT,
    language="ur",
    summary="Water & more < water >.",
    html="<p>می\u200cرسد 👩\u200d👩\u200d👧 <b>&amp;</b> \U0001f30a</p><p>The rest.</p>",
    excerpt_end=10,
    source="The Courier",
    tags=("Storms", "बंदरगाह"),
    enclosures=(
        Enclosure(
            href="https://example.com/a.mp3", media_type="audio/mpeg", size_bytes=9_000_000_000
        ),
    ),
    canonical_url="https://example.com/storm?a=1&b=2",
    evidence=(
        Evidence(field="title", value="طوفان", rule="first line", confidence=0.5, lines=(1, 2)),
    ),
)


def test_an_entry_comes_out_as_its_draft_went_in(desk: Desk) -> None:
    stored = desk.stored(desk.add(FULL))
    entry = stored.entry
    assert entry.title == FULL.title
    assert entry.authors == (
        Person(name="Ada Lovelace", slug="ada-lovelace"),
        Person(name="AFP", kind=PersonKind.ORGANIZATION, slug="afp"),
    )
    assert entry.published == FULL.published
    assert entry.precision is Precision.INSTANT
    assert entry.language == "ur"
    assert entry.summary == FULL.summary
    assert entry.html == FULL.html
    assert entry.excerpt_end == 10
    assert entry.source == Source(name="The Courier", slug="the-courier")
    assert entry.categories == (
        Category(term="storms", label="Storms"),
        Category(term="बंदरगाह", label="बंदरगाह"),
    )
    assert entry.enclosures == FULL.enclosures
    assert entry.canonical_url == FULL.canonical_url
    assert stored.evidence == FULL.evidence


def test_an_entry_is_given_its_names_and_numbers_once(desk: Desk) -> None:
    stored = desk.stored(desk.add(FULL))
    assert stored.state is EntryState.LIVE
    assert stored.entry.guid.startswith("urn:uuid:")
    assert stored.entry.short_id == short_id(stored.entry.guid)
    assert stored.entry.sequence == 1
    assert stored.entry.arrived_at == stored.entry.updated == desk.stopped.instant


def test_an_entry_without_a_date_is_published_when_it_arrives(desk: Desk) -> None:
    entry = desk.entry(desk.add(make_draft()))
    assert entry.published == entry.arrived_at
    assert entry.precision is Precision.ARRIVAL


@pytest.mark.parametrize(
    "published",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1582, 10, 15, 12, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2262, 4, 12, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
    ids=lambda instant: f"year-{instant.year}",
)
def test_every_date_is_kept_to_the_microsecond(desk: Desk, published: datetime) -> None:
    entry = desk.entry(desk.add(make_draft(published=published, precision=Precision.INSTANT)))
    assert entry.published == published
    assert EARLIEST_SERVED <= entry.served_published <= entry.arrived_at


def test_an_entry_may_have_three_hundred_authors(desk: Desk) -> None:
    names = [f"Author {n:03}" for n in reversed(range(300))]
    entry = desk.entry(desk.add(make_draft(authors=by(*names))))
    assert [person.name for person in entry.authors] == names


def test_a_name_given_twice_is_one_author(desk: Desk) -> None:
    entry = desk.entry(desk.add(make_draft(authors=by("Jane Doe", "AFP", "JANE  DOE"))))
    assert [person.name for person in entry.authors] == ["Jane Doe", "AFP"]


def test_text_of_a_megabyte_is_kept(desk: Desk) -> None:
    html = "<p>" + "🌊 storm " * 100_000 + "</p>"
    assert desk.entry(desk.add(make_draft(html=html))).html == html


# Edits


def test_an_edit_keeps_the_guid_the_place_and_the_arrival(desk: Desk) -> None:
    number = desk.add()
    before = desk.entry(number)
    desk.stopped.move(hours=1)
    desk.edit(number, FULL)
    after = desk.entry(number)
    assert (after.guid, after.short_id, after.sequence, after.arrived_at) == (
        before.guid,
        before.short_id,
        before.sequence,
        before.arrived_at,
    )
    assert after.title == FULL.title


def test_an_edit_that_matters_moves_updated(desk: Desk) -> None:
    number = desk.add()
    desk.stopped.move(hours=1)
    desk.edit(number, FULL, moves_updated=True)
    assert desk.entry(number).updated == desk.stopped.instant


def test_an_edit_that_does_not_matter_leaves_updated(desk: Desk) -> None:
    number = desk.add()
    before = desk.entry(number).updated
    desk.stopped.move(hours=1)
    desk.edit(number, FULL, moves_updated=False)
    assert desk.entry(number).updated == before


def test_an_edit_keeps_what_the_entry_said_before(desk: Desk) -> None:
    number = desk.add(FULL)
    desk.stopped.move(hours=1)
    desk.edit(number, make_draft("Another title"), moves_updated=False)
    desk.edit(number, make_draft("A third title"))
    with desk.store.reading() as connection:
        first, second = connection.execute(select(revisions).order_by(revisions.c.number)).all()
    assert (first.number, first.significant, first.html) == (1, False, FULL.html)
    assert first.replaced_at == desk.stopped.instant
    assert first.fields["title"] == FULL.title
    assert first.fields["authors"] == ["Ada Lovelace", "AFP"]
    assert (second.number, second.significant) == (2, True)


def test_authors_that_change_places_are_shown_in_their_new_order(desk: Desk) -> None:
    number = desk.add(make_draft(authors=by("Ada", "Grace", "Joan")))
    desk.edit(number, make_draft(authors=by("Joan", "Ada", "Grace")))
    assert [person.name for person in desk.entry(number).authors] == ["Joan", "Ada", "Grace"]


def test_newer_evidence_is_kept_without_moving_the_version(desk: Desk) -> None:
    number = desk.add(FULL)
    version = desk.version()
    newer = (Evidence(field="title", value="x", rule="heading", confidence=1.0),)
    stored = desk.stored(number)
    with desk.publishing() as work:
        note_evidence(work, {stored.id: newer}, Versions(extractor=2, policy=3))
    assert desk.version() == version
    assert desk.stored(number) == replace(
        stored, evidence=newer, versions=Versions(extractor=2, policy=3)
    )


# Departures


def test_a_withdrawn_entry_leaves_its_tombstone(desk: Desk) -> None:
    number = desk.add()
    wanted = desk.entry(number).short_id
    desk.withdraw(number)
    with desk.store.reading() as connection, pytest.raises(EntryGone):
        fetch_article(connection, wanted)
    assert desk.stored(number).state is EntryState.WITHDRAWN


def test_a_withdrawn_entry_is_in_no_feed(desk: Desk) -> None:
    desk.withdraw(desk.add(make_draft(source="AFP")))
    kept = desk.add(make_draft(source="AFP"))
    with desk.store.reading() as connection:
        afp, _ = fetch_feed(connection, Selection(kind=SelectionKind.SOURCE, slug="afp"))
        for kind, feed_id in ((SelectionKind.ALL, 1), (SelectionKind.SOURCE, afp)):
            candidates = list(select_candidates(connection, feed_id, kind, 10))
            assert [c.entry_id for c in candidates] == [kept]


def test_an_entry_that_returns_is_as_it_was(desk: Desk) -> None:
    number = desk.add(FULL)
    before = desk.stored(number)
    desk.withdraw(number)
    desk.stopped.move(days=1)
    desk.bring_back(number)
    assert desk.stored(number) == before


def test_departure_and_return_move_the_version(desk: Desk) -> None:
    number = desk.add()
    before = desk.version().number
    desk.withdraw(number)
    desk.bring_back(number)
    assert desk.version().number == before + 2


def test_a_withdrawn_entry_can_be_edited_and_stays_withdrawn(desk: Desk) -> None:
    number = desk.add()
    desk.withdraw(number)
    desk.edit(number, FULL)
    assert desk.stored(number).state is EntryState.WITHDRAWN
    assert desk.stored(number).entry.title == FULL.title


# Looking up


def test_an_article_never_seen_is_not_found(desk: Desk) -> None:
    with desk.store.reading() as connection, pytest.raises(NotFound) as missing:
        fetch_article(connection, "0000000000")
    assert not isinstance(missing.value, EntryGone)


def test_an_article_is_found_by_its_short_id(desk: Desk) -> None:
    entry = desk.entry(desk.add(FULL))
    with desk.store.reading() as connection:
        assert fetch_article(connection, entry.short_id) == entry
        (stored,) = find_by_short_id(connection, entry.short_id)
    assert stored.evidence == FULL.evidence


def test_entries_are_found_by_their_address_the_oldest_first(desk: Desk) -> None:
    numbers = [desk.add(FULL), desk.add(FULL)]
    desk.add()
    with desk.store.reading() as connection:
        found = find_by_canonical_url(connection, "https://example.com/storm?a=1&b=2")
    assert [stored.id for stored in found] == numbers


def test_entries_come_newest_first_whatever_their_dates(desk: Desk) -> None:
    dates = [datetime(2030, 1, 1, tzinfo=UTC) - timedelta(days=d) for d in (0, 900, 30)]
    numbers = [desk.add(make_draft(published=date, precision=Precision.INSTANT)) for date in dates]
    with desk.store.reading() as connection:
        entries = fetch_entries(connection, numbers)
        candidates = list(select_candidates(connection, 1, SelectionKind.ALL, 2))
    assert [entry.sequence for entry in entries] == [3, 2, 1]
    assert [c.entry_id for c in candidates] == [numbers[2], numbers[1]]


def test_a_candidate_counts_the_bytes_that_feeds_carry(desk: Desk) -> None:
    desk.add(make_draft(html="<p>🌊</p><p>rest</p>", excerpt_end=len("<p>🌊</p>")))
    with desk.store.reading() as connection:
        (candidate,) = select_candidates(connection, 1, SelectionKind.ALL, 1)
    assert candidate.body_bytes == len("<p>🌊</p>".encode())


def test_entries_of_more_tags_than_a_statement_may_name_are_fetched(desk: Desk) -> None:
    for number in range(3):
        desk.add(make_draft(str(number), tags=tuple(f"{number} {n}" for n in range(500))))
    sent: list[int] = []

    def count(*told: Any) -> None:  # Any: whatever the event tells
        sent.append(len(told[3]))

    event.listen(desk.store.engine, "before_cursor_execute", count)
    with desk.store.reading() as connection:
        shown = fetch_entries(connection, [1, 2, 3])
    event.remove(desk.store.engine, "before_cursor_execute", count)
    assert [len(entry.categories) for entry in shown] == [500] * 3
    assert max(sent) <= 500


def test_no_entries_are_fetched_for_no_numbers(desk: Desk) -> None:
    with desk.store.reading() as connection:
        assert fetch_entries(connection, []) == ()


def test_an_edit_in_the_transaction_of_its_return_counts_the_entry_as_live(desk: Desk) -> None:
    number = desk.add(make_draft(tags=("storms",)))
    desk.withdraw(number)
    stale = desk.stored(number)
    with desk.publishing() as work:
        return_entry(work, stale)
        edit_entry(
            work,
            stale,
            make_draft(tags=("rain",)),
            versions=stale.versions,
            moves_updated=True,
        )
    assert desk.feed(SelectionKind.TAG, "storms").entry_count == 0
    assert desk.feed(SelectionKind.TAG, "rain").entry_count == 1
    assert desk.feed(SelectionKind.TAG, "rain").updated == desk.entry(number).updated
