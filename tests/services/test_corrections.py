"""Corrections in feeds and on pages: each significant edit, once, for as long as it is shown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from sqlalchemy import func, select

from feedsvc.errors import EntryGone, NotFound
from feedsvc.feeds.check.document import check_document
from feedsvc.feeds.check.findings import Severity
from feedsvc.model.archive import ArchiveRange
from feedsvc.model.entry import EntryState
from feedsvc.model.feed import FeedDocument
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.publication import Publication
from feedsvc.store.entries import withdraw_entry
from feedsvc.store.schema import revisions
from feedsvc.store.upkeep import prune_revisions
from tests.service import open_publication
from tests.store.desk import Desk, by, make_draft

CORRECTIONS = Selection(kind=SelectionKind.CORRECTIONS)
URL = "https://news.example.org/feeds/corrections"


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


def corrected(desk: Desk, *counts: int) -> int:
    """An entry corrected so many times at once, on each of so many days."""
    number = desk.add(make_draft("Storm 0"))
    edits = 0
    for count in counts:
        desk.stopped.move(days=1)
        for _ in range(count):
            edits += 1
            desk.edit(number, make_draft(f"Storm {edits}"))
    return number


def told(document: FeedDocument) -> list[int]:
    """Which edits of `corrected` a JSON document tells of."""
    return [int(item["title"].split()[-1]) for item in json.loads(document.body)["items"]]


def archive_of(publication: Publication) -> list[FeedDocument]:
    """The archive documents in JSON, from the newest back."""
    document = publication.feed(CORRECTIONS, FeedFormat.JSON)
    found = []
    while older := document.history.previous:
        document = publication.archive(CORRECTIONS, older, FeedFormat.JSON)
        assert document.history.own == older
        found.append(document)
    return found


def test_the_window_is_that_of_every_feed(desk: Desk, publication: Publication) -> None:
    corrected(desk, *[1] * 55, 100)
    shown = told(publication.feed(CORRECTIONS, FeedFormat.JSON))
    # All at once, and one of the days before: the second was two days and some microseconds ago.
    # And whatever no archive document holds.
    assert shown == sorted(shown, reverse=True)
    archived = told(archive_of(publication)[0])
    assert set(shown) == {*range(55, 156), *range(archived[0] + 1, 156)}


def test_what_no_archive_document_holds_is_shown_however_large(
    desk: Desk, publication: Publication
) -> None:
    numbers = [desk.add(make_draft(f"Storm {n}")) for n in range(12)]
    for number in numbers:
        html = "".join(f"<p>{number} said {word}</p>" for word in range(9000))
        desk.edit(number, make_draft(f"Storm {number}", html=html))
    assert len(titles(publication)) == 12
    assert all(len(item["content_html"].encode()) <= 131_072 for item in items(publication))


def test_every_correction_lies_in_one_document_or_in_the_feed(
    desk: Desk, publication: Publication
) -> None:
    assert archive_of(publication) == []
    corrected(desk, *[3] * 20, 70)
    shown = told(publication.feed(CORRECTIONS, FeedFormat.JSON))
    documents = [told(document) for document in archive_of(publication)]
    archived = [edit for document in documents for edit in document]
    assert archived == sorted(set(archived), reverse=True)
    assert {*shown, *archived} == set(range(1, 131))
    assert all(0 < len(document) <= 64 for document in documents)


def test_an_archive_document_of_corrections_is_valid_and_stays_as_it_is(
    desk: Desk, publication: Publication
) -> None:
    corrected(desk, *[10] * 9)
    ranges = [document.history.own for document in archive_of(publication)]

    def documents() -> list[FeedDocument]:
        """All but the newest, which another one follows later."""
        return [
            publication.archive(CORRECTIONS, own, format)
            for own in ranges[1:]
            if own
            for format in FeedFormat
        ]

    before = documents()
    assert before
    for number, document in enumerate(before):
        format = list(FeedFormat)[number % len(FeedFormat)]
        url = f"{URL}/{document.history.own}.{format}"
        found = check_document(document.body, media_type=document.media_type, url=url)
        assert [f for f in found if f.severity is Severity.ERROR] == []
    corrected(desk, *[10] * 4)
    assert [d.body for d in documents()] == [d.body for d in before]


def test_a_withdrawal_is_gone_from_the_archive_and_moves_its_date(
    desk: Desk, publication: Publication
) -> None:
    number = corrected(desk, *[10] * 7)
    first = archive_of(publication)[-1].history.own
    assert first
    before = publication.archive(CORRECTIONS, first, FeedFormat.ATOM)
    desk.stopped.move(hours=1)
    desk.withdraw(number)
    after = publication.archive(CORRECTIONS, first, FeedFormat.ATOM)
    assert b"<entry" in before.body
    assert b"<entry" not in after.body
    departed = desk.feed(SelectionKind.CORRECTIONS).updated.isoformat().replace("+00:00", "Z")
    assert f"<updated>{departed}</updated>".encode() in after.body


def test_what_may_still_be_corrected_is_in_no_archive_document(
    desk: Desk, publication: Publication
) -> None:
    corrected(desk, 70)
    newest = archive_of(publication)[0].history.own
    assert newest
    # The second: further than any instant, and than any database can count.
    for last in (newest.last + newest.size * 1024, 9_223_372_036_854_775_808 + 1024):
        later = ArchiveRange(first=last - 63, last=last)
        with pytest.raises(NotFound):
            publication.archive(CORRECTIONS, later, FeedFormat.ATOM)


def test_a_walk_of_corrections_ends_well_once_old_ones_were_removed(
    desk: Desk, publication: Publication
) -> None:
    corrected(desk, *[10] * 12)
    before = desk.stopped.instant + timedelta(days=1)
    prune_revisions(desk.store, desk.clock, before=before, keep=90, goes_on=lambda: True)
    shown = told(publication.feed(CORRECTIONS, FeedFormat.JSON))
    archived = [edit for document in archive_of(publication) for edit in told(document)]
    assert {*shown, *archived} == set(range(31, 121))
    assert len(archived) == len(set(archived))


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
