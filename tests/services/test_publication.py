"""What feeds show: the window of each, valid when empty, the same bytes from every process."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import EntryGone, NotFound, StoreError
from feedsvc.feeds.window import WindowLimits, take_window
from feedsvc.model.feed import Candidate
from feedsvc.model.ids import mint_guid
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.model.urls import SiteUrls
from feedsvc.services.publication import Publication
from feedsvc.store.entries import add_entry
from tests.service import open_publication
from tests.store.desk import VERSIONS, Desk, by, make_draft

NOW = datetime(2040, 3, 1, tzinfo=UTC)
NEWEST = 10_000
LIMITS = WindowLimits(entries=50, hours=48, max_entries=500, max_bytes=1_048_576)
AFP = Selection(kind=SelectionKind.SOURCE, slug="afp")


def add_many(desk: Desk, titles: list[str], *, html: str | None = None) -> None:
    """At one instant, give or take microseconds."""
    with desk.publishing() as work:
        for title in titles:
            draft = make_draft(title, html=html or f"<p>{title}</p>", source="AFP")
            add_entry(work, draft, guid=mint_guid(), versions=VERSIONS)


def shown(publication: Publication, selection: Selection | None = None) -> list[str]:
    """The titles in a feed, in its order."""
    document = publication.feed(selection or Selection(), FeedFormat.JSON)
    return [item["title"] for item in json.loads(document.body)["items"]]


def candidates(*ages_h: float, body_bytes: int = 100) -> list[Candidate]:
    return [
        Candidate(
            entry_id=n,
            sequence=NEWEST - n,
            arrived_at=NOW - timedelta(hours=age),
            body_bytes=body_bytes,
        )
        for n, age in enumerate(sorted(ages_h))
    ]


def window(*ages_h: float, body_bytes: int = 100, unarchived: int | None = None) -> int:
    """How many of such entries the window holds. unarchived: how many no archive document has."""
    found = candidates(*ages_h, body_bytes=body_bytes)
    cut = None if unarchived is None else NEWEST - unarchived
    taken = take_window(found, LIMITS, cut=cut)
    assert taken == found[: len(taken)]
    return len(taken)


# The window, decided from values alone


def test_an_empty_window_is_empty() -> None:
    assert window() == 0


def test_fifty_entries_are_shown_however_old() -> None:
    assert window(*(100.0 * n for n in range(80))) == 50


def test_all_of_the_last_two_days_are_shown() -> None:
    assert window(*(n * 0.5 for n in range(300))) == 97


def test_what_arrived_just_two_days_before_the_newest_is_shown() -> None:
    beyond = 48 + 1e-6
    assert window(*[0.0] * 60, 48.0) == 61
    assert window(*[0.0] * 60, beyond) == 60


def test_no_more_than_five_hundred_are_shown() -> None:
    assert window(*[0.0] * 501) == 500


def test_no_more_than_a_megabyte_is_shown() -> None:
    assert window(*[0.0] * 60, body_bytes=104_857) == 10
    assert window(*[0.0] * 60, body_bytes=262_144) == 4
    assert window(*[0.0] * 60, body_bytes=262_145) == 3


def test_what_no_archive_document_holds_is_shown_whatever_the_limits() -> None:
    assert window(*(100.0 * n for n in range(80)), unarchived=0) == 50
    assert window(*(100.0 * n for n in range(80)), unarchived=64) == 64
    assert window(*[0.0] * 60, body_bytes=262_144, unarchived=40) == 40
    assert window(*[0.0] * 60, body_bytes=100, unarchived=7) == 60


def test_one_entry_is_shown_however_large() -> None:
    assert window(0.0, 0.0, body_bytes=9_000_000) == 1


@given(
    st.lists(st.floats(0, 500), max_size=600),
    st.integers(1, 400_000),
)
def test_a_window_keeps_its_promises(ages_h: list[float], body_bytes: int) -> None:
    found = candidates(*ages_h, body_bytes=body_bytes)
    size = window(*ages_h, body_bytes=body_bytes)
    assert size <= 500
    assert size <= 1 or size * body_bytes <= LIMITS.max_bytes
    if size < min(len(found), 500) and (size + 1) * body_bytes <= LIMITS.max_bytes:
        # What is left out for its age has 50 newer ones, and is older than two days.
        assert size >= 50
        assert found[size].arrived_at < found[0].arrived_at - timedelta(hours=48)


# The window, through the service


def test_a_feed_shows_its_newest_fifty(desk: Desk, publication: Publication) -> None:
    for n in range(66):
        desk.add(make_draft(f"{n}"))
        desk.stopped.move(days=1)
    assert shown(publication) == [f"{n}" for n in reversed(range(16, 66))]


def test_a_feed_shows_all_that_came_together(desk: Desk, publication: Publication) -> None:
    desk.add(make_draft("old"))
    desk.stopped.move(hours=49)
    add_many(desk, [f"{n}" for n in range(70)])
    assert shown(publication) == [f"{n}" for n in reversed(range(70))]


def test_a_feed_shows_five_hundred_at_most(desk: Desk, publication: Publication) -> None:
    add_many(desk, [f"{n}" for n in range(503)])
    assert shown(publication) == [f"{n}" for n in reversed(range(3, 503))]


def test_a_feed_carries_a_megabyte_at_most(desk: Desk, publication: Publication) -> None:
    html = f"<p>{'storm ' * 20_000}</p>"
    add_many(desk, [f"{n}" for n in range(65)])
    add_many(desk, [f"{n}" for n in range(65, 77)], html=html)
    shows = shown(publication)
    # The thirteen that no archive document holds yet, four of them beyond the limit.
    assert shows == [f"{n}" for n in reversed(range(64, 77))]
    add_many(desk, [f"{n}" for n in range(77, 128)], html=html)
    assert shown(publication) == [f"{n}" for n in reversed(range(120, 128))]


def test_every_format_shows_the_same_entries(desk: Desk, publication: Publication) -> None:
    add_many(desk, [f"Storm {n}" for n in range(60)])
    ids = [
        entry["id"] for entry in json.loads(publication.feed(AFP, FeedFormat.JSON).body)["items"]
    ]
    for format in (FeedFormat.ATOM, FeedFormat.RSS):
        body = publication.feed(AFP, format).body.decode()
        places = [body.index(guid) for guid in ids]
        assert places == sorted(places)


def test_a_feed_does_not_change_by_waiting(desk: Desk, publication: Publication) -> None:
    add_many(desk, [f"{n}" for n in range(60)])
    before = publication.feed(Selection(), FeedFormat.ATOM).body
    desk.stopped.move(days=400)
    assert open_publication(desk.store).feed(Selection(), FeedFormat.ATOM).body == before


# Names


@pytest.mark.parametrize("format", list(FeedFormat))
def test_a_name_never_seen_is_not_found(publication: Publication, format: FeedFormat) -> None:
    with pytest.raises(NotFound):
        publication.feed(AFP, format)


def test_a_site_without_entries_has_its_feed(publication: Publication) -> None:
    assert shown(publication) == []


def test_a_feed_that_lost_its_entries_is_valid_and_empty(
    desk: Desk, publication: Publication
) -> None:
    number = desk.add(make_draft(source="AFP"))
    desk.edit(number, make_draft(source="dpa"))
    assert shown(publication, AFP) == []


def test_a_feed_whose_entries_were_withdrawn_is_valid_and_empty(
    desk: Desk, publication: Publication
) -> None:
    desk.withdraw(desk.add(make_draft(source="AFP")))
    assert shown(publication, AFP) == []


@pytest.mark.parametrize(
    ("draft", "selection"),
    [
        (make_draft(source="AFP"), AFP),
        (make_draft(authors=by("Jane Doe")), Selection(kind=SelectionKind.AUTHOR, slug="jane-doe")),
        (make_draft(tags=("Storms",)), Selection(kind=SelectionKind.TAG, slug="storms")),
        (make_draft(language="ur"), Selection(kind=SelectionKind.LANGUAGE, slug="ur")),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, Selection) else "",
)
def test_each_kind_of_feed_holds_its_own(
    desk: Desk, publication: Publication, draft: object, selection: Selection
) -> None:
    desk.add(make_draft("Another"))
    desk.add(draft)  # type: ignore[arg-type]  # drafts and selections share one list
    assert shown(publication, selection) == ["Storm shuts the harbour"]


def test_a_language_is_called_by_its_own_name(desk: Desk, publication: Publication) -> None:
    desk.add(make_draft(language="ur"))
    assert [feed.name for feed in publication.feeds()] == ["", "Corrections", "اردو"]


def test_feeds_are_listed_by_kind_and_then_by_size(desk: Desk, publication: Publication) -> None:
    desk.add(make_draft(source="AFP", authors=by("Ada", "Grace"), tags=("x",), language="en"))
    desk.add(make_draft(source="AFP", authors=by("Grace")))
    assert [(f.selection.kind.value, f.name) for f in publication.feeds()] == [
        ("all", ""),
        ("corrections", "Corrections"),
        ("source", "AFP"),
        ("author", "Grace"),
        ("author", "Ada"),
        ("tag", "x"),
        ("language", "English"),
    ]


def test_the_list_of_feeds_names_each(desk: Desk, publication: Publication) -> None:
    desk.add(make_draft(source="AFP", tags=("بندرگاہ",)))
    body = publication.opml().body.decode()
    for feed in publication.feeds():
        assert publication.opml().body == body.encode()
        assert (
            SiteUrls(base_url="https://news.example.org").feed(feed.selection, FeedFormat.ATOM)
            in body
        )


# Articles


def test_an_article_is_shown_until_it_is_withdrawn(desk: Desk, publication: Publication) -> None:
    number = desk.add()
    entry = desk.entry(number)
    assert publication.article(entry.short_id) == entry
    desk.withdraw(number)
    with pytest.raises(EntryGone):
        publication.article(entry.short_id)


def test_an_article_never_seen_is_not_found(publication: Publication) -> None:
    with pytest.raises(NotFound) as missing:
        publication.article("0000000000")
    assert not isinstance(missing.value, EntryGone)


def test_the_latest_come_newest_first(desk: Desk, publication: Publication) -> None:
    for title in ("a", "b", "c"):
        desk.add(make_draft(title))
    assert [entry.title for entry in publication.latest(2)] == ["c", "b"]


# The same bytes


@pytest.mark.parametrize("format", list(FeedFormat))
def test_two_processes_on_one_store_give_the_same_bytes(
    desk: Desk, publication: Publication, format: FeedFormat
) -> None:
    number = desk.add(make_draft("A", source="AFP", tags=("x",)))
    desk.add(make_draft("B", source="AFP"))
    other = open_publication(desk.store)
    assert other.feed(AFP, format) == publication.feed(AFP, format)
    desk.edit(number, make_draft("A2", source="AFP"))
    assert other.feed(AFP, format) == publication.feed(AFP, format)
    assert other.opml() == publication.opml()


def test_last_modified_is_the_instant_of_the_version(desk: Desk, publication: Publication) -> None:
    desk.add()
    document = publication.feed(Selection(), FeedFormat.ATOM)
    assert document.last_modified == desk.version().changed_at


def test_a_feed_that_changes_gets_another_etag(desk: Desk, publication: Publication) -> None:
    desk.add(make_draft("A"))
    before = publication.feed(Selection(), FeedFormat.ATOM)
    desk.add(make_draft("B"))
    assert publication.feed(Selection(), FeedFormat.ATOM).etag != before.etag


def test_a_commit_is_seen_by_the_next_request(desk: Desk, publication: Publication) -> None:
    assert shown(publication) == []
    desk.add(make_draft("A"))
    assert shown(publication) == ["A"]


def test_a_store_without_todays_schema_is_not_ready(desk: Desk, publication: Publication) -> None:
    publication.check_ready()
    with desk.store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(StoreError, match="run: feedsvc db upgrade"):
        publication.check_ready()
