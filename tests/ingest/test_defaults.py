"""What a root says of its documents, where they themselves are silent."""

from __future__ import annotations

import pytest

from feedsvc.ingest.defaults import FOLDER_DEFAULT
from feedsvc.ingest.identity import stated_source
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.model.document import NO_DEFAULTS, RootDefaults
from feedsvc.model.entry import EntryDraft, Precision
from feedsvc.settings import load_settings
from tests.service import article

LIMITS = load_settings().limits
WIRE = RootDefaults(
    source="The Wire", language="en-GB", time_zone="America/New_York", tags=("wire", "News")
)
SHORT = "---\ntitle: Ok\n---\n\nZzz.\n"
BODY = "The harbour of Ilmen was closed on Friday, when the storm had broken its last wall. " * 3


def draft(text: str, name: bytes = b"a.md", defaults: RootDefaults = WIRE) -> EntryDraft:
    return draft_entry(name, text.encode(), LIMITS, 131_072, defaults)


def by_default(found: EntryDraft) -> dict[str, str]:
    return {e.field: e.value for e in found.evidence if e.rule == FOLDER_DEFAULT}


def test_a_silent_document_says_what_its_root_says() -> None:
    found = draft(SHORT)
    assert (found.source, found.language, found.tags) == ("The Wire", "en", ("wire", "News"))
    assert by_default(found) == {"source": "The Wire", "language": "en-GB", "tags": "wire, News"}


def test_what_a_document_says_wins_and_tags_are_added() -> None:
    front = "title: Ok\nsource: The Courier\nlanguage: de\ntags: [NEWS, storms]"
    found = draft(f"---\n{front}\n---\n\nZzz.\n")
    assert (found.source, found.language) == ("The Courier", "de")
    assert found.tags == ("NEWS", "storms", "wire")
    assert by_default(found) == {"tags": "wire"}


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("2022-11-13T21:45:00", "2022-11-14T02:45:00+00:00"),  # EST
        ("2022-07-13 21:45", "2022-07-14T01:45:00+00:00"),  # EDT
        ("'2022-07-13 21:45:10'", "2022-07-14T01:45:10+00:00"),
        ("November 13, 2022 9:45 pm", "2022-11-14T02:45:00+00:00"),
    ],
)
def test_a_clock_without_a_zone_is_of_the_roots(date: str, published: str) -> None:
    found = draft(f"---\ntitle: Ok\ndate: {date}\n---\n\n{BODY}")
    assert found.published is not None
    assert (found.published.isoformat(), found.precision) == (published, Precision.INSTANT)
    assert by_default(found)["published"] == published
    alone = draft(f"---\ntitle: Ok\ndate: {date}\n---\n\n{BODY}", defaults=NO_DEFAULTS)
    assert alone.precision is Precision.DAY


@pytest.mark.parametrize(
    ("date", "precision"),
    [
        ("2022-11-13", Precision.DAY),
        ("2022-11-13T00:00:00", Precision.DAY),  # how systems write a day
        ("2022-11-13T21:45:00Z", Precision.INSTANT),
        ("2022-11-13T21:45:00+05:30", Precision.INSTANT),
        ("November 13, 2022 9:45 pm CST", Precision.DAY),  # a zone, of several places
        ("November 13, 2022 99:45", Precision.DAY),
    ],
)
def test_a_day_stays_a_day_and_a_zone_a_zone(date: str, precision: Precision) -> None:
    text = f"---\ntitle: Ok\ndate: {date}\n---\n\n{BODY}"
    found, alone = draft(text), draft(text, defaults=NO_DEFAULTS)
    assert found.precision is precision
    assert found.published == alone.published
    assert "published" not in by_default(found)


def test_a_dump_and_a_page_show_clocks_too() -> None:
    dump = article(date="November 13, 2022 9:45 pm")
    found = draft(dump, b"a.txt")
    assert (found.precision, str(found.published)) == (
        Precision.INSTANT,
        "2022-11-14 02:45:00+00:00",
    )
    meta = '<meta property="article:published_time" content="2022-11-13T21:45:00">'
    page = f"<html><head><title>Ok then</title>{meta}</head><article><h1>Ok then</h1><p>{BODY}</p>"
    found = draft(page, b"a.html")
    assert (found.precision, str(found.published)) == (
        Precision.INSTANT,
        "2022-11-14 02:45:00+00:00",
    )


@pytest.mark.parametrize("date", ["2022-11-13T21:45:00", "2022-11-13"])
def test_what_tells_articles_apart_does_not_depend_on_it(date: str) -> None:
    text = f"---\ntitle: Ok\ndate: {date}\n---\n\n{BODY}"
    found, alone = draft(text), draft(text, defaults=NO_DEFAULTS)
    assert found.fingerprint is not None
    assert found.fingerprint == alone.fingerprint
    assert stated_source(found.source, found.evidence) == ""
    assert stated_source("AFP", alone.evidence) == "afp"
