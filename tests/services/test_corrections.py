"""Corrections in feeds and on pages: each significant edit, once, for as long as it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from sqlalchemy import func, select

from feedsvc.errors import EntryGone, NotFound
from feedsvc.feeds.check.document import check_document
from feedsvc.feeds.check.findings import Severity
from feedsvc.model.entry import EntryState
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.publication import Publication
from feedsvc.store.engine import Store
from feedsvc.store.entries import withdraw_entry
from feedsvc.store.leases import take_lease
from feedsvc.store.schema import revisions
from feedsvc.store.upkeep import prune_revisions
from tests.service import StoppedClock
from tests.services.test_publication import open_publication
from tests.store.desk import Desk, by, make_draft

CORRECTIONS = Selection(kind=SelectionKind.CORRECTIONS)
URL = "https://news.example.org/feeds/corrections"


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    lease = take_lease(store)
    assert lease is not None
    yield Desk(store=store, lease=lease, stopped=StoppedClock())
    lease.release()


@pytest.fixture
def publication(store: Store) -> Publication:
    return open_publication(store)


def items(publication: Publication) -> list[dict[str, Any]]:  # Any: JSON
    found: list[dict[str, Any]] = json.loads(publication.feed(CORRECTIONS, FeedFormat.JSON).body)[
        "items"
    ]
    return found


def titles(publication: Publication) -> list[str]:
    return [item["title"] for item in items(publication)]


def edited(desk: Desk, *texts: str, **changes: Any) -> int:
    """An entry that said each of these, a day apart."""
    number = desk.add(make_draft("Storm", html=f"<p>{texts[0]}</p>", **changes))
    for text in texts[1:]:
        desk.stopped.move(days=1)
        desk.edit(number, make_draft("Storm", html=f"<p>{text}</p>", **changes))
    return number


@pytest.mark.parametrize("format", list(FeedFormat))
def test_a_feed_without_corrections_is_empty_and_valid(
    publication: Publication, format: FeedFormat
) -> None:
    document = publication.feed(CORRECTIONS, format)
    found = check_document(document.body, media_type=document.media_type, url=f"{URL}.{format}")
    assert [f for f in found if f.severity is Severity.ERROR] == []
    assert titles(publication) == []


@pytest.mark.parametrize("format", list(FeedFormat))
def test_every_significant_edit_is_an_item_and_valid(
    desk: Desk, publication: Publication, format: FeedFormat
) -> None:
    edited(desk, "One gate is shut.", "Two gates are shut.", "All gates are shut.")
    document = publication.feed(CORRECTIONS, format)
    found = check_document(document.body, media_type=document.media_type, url=f"{URL}.{format}")
    assert [f for f in found if f.severity is Severity.ERROR] == []
    if format is not FeedFormat.JSON:
        told = feedparser.parse(document.body)
        assert not told.bozo
        assert len(told.entries) == 2


def test_an_item_says_what_one_edit_changed(desk: Desk, publication: Publication) -> None:
    number = edited(
        desk,
        "One gate is shut.",
        "Two gates are shut.",
        "All gates are shut.",
        authors=by("Ada"),
        language="en",
    )
    second, first = items(publication)
    assert first["title"] == second["title"] == "Corrected: Storm"
    assert "<del>Two</del> <ins>All</ins> gates" in second["content_html"]
    assert "<del>One</del> <ins>Two</ins>" not in second["content_html"]
    assert "<ins>Two" in first["content_html"]
    assert "All" not in first["content_html"]
    entry = desk.entry(number)
    assert second["url"].endswith(f"/articles/{entry.short_id}/storm")
    assert second["authors"] == [{"name": "Ada"}]
    assert second["language"] == "en"
    assert second["date_modified"] == entry.updated.isoformat().replace("+00:00", "Z")
    assert first["id"] != second["id"]
    assert {i["id"][:9] for i in (first, second)} == {"urn:uuid:"}
    assert entry.guid not in (first["id"], second["id"])


def test_an_item_stays_as_it_is_when_the_entry_is_edited_again(
    desk: Desk, publication: Publication
) -> None:
    number = edited(desk, "One gate.", "Two gates.")
    (before,) = items(publication)
    desk.stopped.move(days=1)
    desk.edit(number, make_draft("Storm", html="<p>No gate.</p>", authors=by("Ada"), tags=("x",)))
    assert items(publication)[1] == before
    assert items(open_publication(desk.store))[1] == before


def test_what_is_not_significant_is_no_correction(desk: Desk, publication: Publication) -> None:
    number = desk.add(make_draft("Storm"))
    desk.edit(number, make_draft("Storm", tags=("x",)), moves_updated=False)
    assert titles(publication) == []
    assert publication.corrections(desk.entry(number).short_id)[1] == []


def test_an_insignificant_edit_in_between_is_no_part_of_a_correction(
    desk: Desk, publication: Publication
) -> None:
    number = edited(desk, "One gate.", "Two gates.")
    desk.edit(number, make_draft("Storm", html="<p>Two 'gates'.</p>"), moves_updated=False)
    (item,) = items(publication)
    assert "'gates'" not in item["content_html"]
    assert "Two gates" in item["content_html"].replace("<ins>", "").replace("</ins>", "")


def test_corrections_are_listed_by_their_own_instants(desk: Desk, publication: Publication) -> None:
    numbers = [desk.add(make_draft(name)) for name in "abc"]
    for number in (numbers[2], numbers[0], numbers[1], numbers[0]):
        desk.stopped.move(hours=1)
        desk.edit(number, make_draft(desk.entry(number).title + "!"))
    assert titles(publication) == [f"Corrected: {t}" for t in ("a!!", "b!", "a!", "c!")]


def test_a_correction_keeps_its_id(desk: Desk, publication: Publication) -> None:
    number = edited(desk, "One gate.", "Two gates.")
    (before,) = items(publication)
    desk.withdraw(number)
    desk.bring_back(number)
    assert items(publication) == [before]


@pytest.mark.parametrize("state", [EntryState.WITHDRAWN, EntryState.HIDDEN])
def test_corrections_of_what_has_departed_are_gone_at_once(
    desk: Desk, publication: Publication, state: EntryState
) -> None:
    number = edited(desk, "One gate.", "Two gates.")
    assert len(titles(publication)) == 1
    before = publication.feed(CORRECTIONS, FeedFormat.ATOM)
    dated = desk.feed(SelectionKind.CORRECTIONS).updated
    stored = desk.stored(number)
    desk.stopped.move(hours=1)
    with desk.publishing() as work:
        withdraw_entry(work, stored, by="person", state=state)
    assert titles(publication) == []
    assert publication.feed(CORRECTIONS, FeedFormat.ATOM).etag != before.etag
    assert desk.feed(SelectionKind.CORRECTIONS).updated > dated
    with pytest.raises(EntryGone if state is EntryState.WITHDRAWN else NotFound) as caught:
        publication.corrections(stored.entry.short_id)
    assert isinstance(caught.value, EntryGone) == (state is EntryState.WITHDRAWN)


def test_the_feed_is_dated_by_its_newest_correction(desk: Desk) -> None:
    number = edited(desk, "One gate.", "Two gates.")
    desk.stopped.move(hours=1)
    desk.add(make_draft("Later"))
    assert desk.feed(SelectionKind.CORRECTIONS).updated == desk.entry(number).updated


def test_the_feed_ends_earlier_once_old_revisions_are_removed(
    desk: Desk, publication: Publication
) -> None:
    edited(desk, "One gate.", "Two gates.", "Three gates.")
    newest, _ = items(publication)
    version = desk.version().number
    pruned = {"keep": 1, "goes_on": lambda: True}
    before = desk.stopped.instant + timedelta(days=1)
    assert prune_revisions(desk.store, desk.clock, before=before, **pruned) == 1  # type: ignore[arg-type]
    assert items(publication) == [newest]
    assert desk.version().number == version + 1
    assert prune_revisions(desk.store, desk.clock, before=before, **pruned) == 0  # type: ignore[arg-type]
    assert desk.version().number == version + 1


def test_removing_what_no_reader_sees_moves_no_version(desk: Desk) -> None:
    number = desk.add(make_draft("Storm"))
    for tag in "abc":
        desk.edit(number, make_draft("Storm", tags=(tag,)), moves_updated=False)
    version = desk.version()
    before = desk.stopped.instant + timedelta(days=1)
    assert prune_revisions(desk.store, desk.clock, before=before, keep=1, goes_on=lambda: True) == 2
    assert desk.version() == version


def test_the_window_is_that_of_every_feed(desk: Desk, publication: Publication) -> None:
    number = desk.add(make_draft("Storm 0"))
    for n in range(1, 56):
        desk.stopped.move(days=1)
        desk.edit(number, make_draft(f"Storm {n}"))
    assert len(titles(publication)) == 50
    for n in range(100):
        desk.edit(number, make_draft(f"Storm at once {n}"))
    # Two of the days before: the third was two days and some microseconds ago.
    assert len(titles(publication)) == 102


def test_the_window_carries_a_megabyte_at_most(desk: Desk, publication: Publication) -> None:
    numbers = [desk.add(make_draft(f"Storm {n}")) for n in range(12)]
    for number in numbers:
        html = "".join(f"<p>{number} said {word}</p>" for word in range(9000))
        desk.edit(number, make_draft(f"Storm {number}", html=html))
    assert 6 <= len(titles(publication)) <= 9
    assert all(len(item["content_html"].encode()) <= 131_072 for item in items(publication))


def test_a_renamed_author_is_no_correction(desk: Desk, publication: Publication) -> None:
    from feedsvc.services.feed_register import FeedRegister

    number = edited(desk, "One gate.", "Two gates.", authors=by("Ada"))
    wanted = Selection(kind=SelectionKind.AUTHOR, slug="ada")
    FeedRegister(desk.store, desk.clock).rename(wanted, "Countess Lovelace", merge=False)
    for _ in range(2):
        assert "Ada" not in json.dumps(items(publication))
        assert "Authors" not in items(publication)[-1]["content_html"]
        desk.edit(number, make_draft("Storm", html="<p>No gate.</p>", authors=by("Ada")))


def test_two_processes_render_the_same_bytes(desk: Desk, publication: Publication) -> None:
    edited(desk, "One gate.", "Two gates.", "Three gates.")
    for format in FeedFormat:
        body = publication.feed(CORRECTIONS, format).body
        assert open_publication(desk.store).feed(CORRECTIONS, format).body == body


def test_only_significant_edits_have_an_id(desk: Desk) -> None:
    number = edited(desk, "One gate.", "Two gates.")
    desk.edit(number, make_draft("Storm"), moves_updated=False)
    counted = select(func.count(revisions.c.guid), func.count(revisions.c.corrected_at))
    with desk.store.reading() as connection:
        assert tuple(connection.execute(counted).one()) == (1, 1)
