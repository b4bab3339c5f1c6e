"""What all formats promise together: the expected bytes, agreement, and the same bytes anywhere."""

from __future__ import annotations

import calendar
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.feeds import opml
from feedsvc.feeds.check import Severity, check_agreement, check_document
from feedsvc.feeds.check.seen import read_entries
from feedsvc.feeds.opml import MEDIA_TYPE as OPML_MEDIA_TYPE
from feedsvc.model.entry import Category, Enclosure, Entry, Person, Source
from feedsvc.model.selection import FeedFormat

from .samples import (
    NEW_YEAR,
    Case,
    cases,
    make_entry,
    make_feed,
    make_site,
    render,
    render_all,
)

XML_FORMATS = (FeedFormat.ATOM, FeedFormat.RSS)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_feed_is_rendered_to_the_expected_bytes(
    case: Case, request: pytest.FixtureRequest
) -> None:
    for name, body in case.renderings().items():
        if request.config.getoption("--accept"):
            (case.folder / name).write_bytes(body)
        assert body == (case.folder / name).read_bytes(), name


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_expected_rendering_passes_the_checks(case: Case) -> None:
    for format, body in render_all(case.entries, case.feed, case.site).items():
        url = case.site.urls.feed(case.feed.selection, format)
        findings = check_document(body, media_type=format.media_type, url=url)
        assert [f for f in findings if f.severity is Severity.ERROR] == []
    body = opml.render(case.site, [case.feed, *case.more_feeds], NEW_YEAR).body
    assert check_document(body, media_type=OPML_MEDIA_TYPE, url=None) == []


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_formats_of_a_case_agree(case: Case) -> None:
    assert check_agreement(render_all(case.entries, case.feed, case.site)) == []


def test_an_ordinary_feed_gives_no_finding_at_all() -> None:
    entries = [make_entry(2), make_entry(1)]
    for format, body in render_all(entries).items():
        url = make_site().urls.feed(make_feed().selection, format)
        assert check_document(body, media_type=format.media_type, url=url) == []


@pytest.mark.parametrize("case", cases(), ids=str)
@pytest.mark.parametrize("format", XML_FORMATS)
def test_feedparser_reads_the_values_that_were_meant(case: Case, format: FeedFormat) -> None:
    body = render(format, case.entries, case.feed, case.site)
    parsed = feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo
    expected = json.loads(render(FeedFormat.JSON, case.entries, case.feed, case.site))
    assert parsed.feed.link == expected["home_page_url"]
    assert len(parsed.entries) == len(expected["items"])
    for entry, item in zip(parsed.entries, expected["items"], strict=True):
        assert entry.id == item["id"]
        assert entry.link == item["url"]
        assert _instant(entry.published_parsed) == _seconds(item["date_published"])
        assert _instant(entry.updated_parsed) == _seconds(item["date_modified"])
        assert [t.get("label") or t.term for t in entry.get("tags", [])] == item.get("tags", [])
        shown = entry.content[0].value if "content" in entry else entry.get("summary", "")
        assert shown == item["content_html"]
        names = [author["name"] for author in item.get("authors", [])]
        assert [author.name for author in entry.get("authors", [])] == names
        wanted = item.get("attachments", [])[: 1 if format is FeedFormat.RSS else None]
        assert [e.href for e in entry.get("enclosures", [])] == [a["url"] for a in wanted]


def test_feedparser_reads_the_titles_and_people_of_both_formats() -> None:
    for format in XML_FORMATS:
        body = render(format, [make_entry(title="Water & 2 < 3")])
        entry = feedparser.parse(BytesIO(body), sanitize_html=False).entries[0]
        assert entry.title == "Water & 2 < 3"
        assert "Ada Lovelace" in str(entry.authors)


# Whatever a document may have left in a field: every code point, controls and lone surrogates
# included, and what breaks escaping.
_ANY_TEXT = st.lists(
    st.text(st.characters(exclude_categories=()))
    | st.sampled_from(["]]>", "<b>", "</p>", "&amp;", "&", "<![CDATA[", "<!--", "\x00", "\ud800"])
).map("".join)
_INSTANTS = st.datetimes(timezones=st.just(UTC))
_ENTRIES = st.builds(
    make_entry,
    st.integers(min_value=1, max_value=3),
    title=_ANY_TEXT,
    slug=_ANY_TEXT,
    published=_INSTANTS,
    authors=st.lists(_ANY_TEXT.map(lambda name: Person(name=name)), max_size=3).map(tuple),
    source=st.none() | _ANY_TEXT.map(lambda name: Source(name=name, slug="s")),
    categories=st.lists(
        st.builds(lambda t, label: Category(term=t, label=label), _ANY_TEXT, _ANY_TEXT), max_size=3
    ).map(tuple),
    language=st.none() | _ANY_TEXT | st.sampled_from(["ur", "de-AT", "az-Arab"]),
    summary=_ANY_TEXT,
    html=_ANY_TEXT,
    excerpt_end=st.none() | st.integers(min_value=0, max_value=9),
    enclosures=st.lists(
        st.builds(
            lambda href, kind, size: Enclosure(href=href, media_type=kind, size_bytes=size),
            _ANY_TEXT.map("https://example.com/".__add__) | _ANY_TEXT,
            _ANY_TEXT,
            st.integers(),
        ),
        max_size=3,
    ).map(tuple),
    canonical_url=st.none() | _ANY_TEXT.map("http://example.com/?".__add__) | _ANY_TEXT,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_ENTRIES, max_size=3, unique_by=lambda e: e.guid), _ANY_TEXT, _ANY_TEXT, _ANY_TEXT)
def test_any_text_in_any_field_leaves_every_format_sound_and_in_agreement(
    entries: list[Entry], title: str, description: str, name: str
) -> None:
    site = make_site(title=title, description=description)
    feed = make_feed(name=name, language=name)
    documents = render_all(entries, feed, site)
    for format, body in documents.items():
        url = site.urls.feed(feed.selection, format)
        findings = check_document(body, media_type=format.media_type, url=url)
        assert [f for f in findings if f.severity is Severity.ERROR] == []
        assert [e.id for e in read_entries(format, body)] == [e.guid for e in entries]
    assert check_agreement(documents) == []
    body = opml.render(site, [feed], NEW_YEAR).body
    assert check_document(body, media_type=OPML_MEDIA_TYPE, url=None) == []


@pytest.mark.parametrize("format", list(FeedFormat))
def test_an_entry_that_cannot_be_rendered_is_left_out_and_logged(
    format: FeedFormat, caplog: pytest.LogCaptureFixture
) -> None:
    broken: Any = None
    entries = [make_entry(3), make_entry(2, updated=broken), make_entry(1)]
    body = render(format, entries)
    assert [e.id for e in read_entries(format, body)] == [entries[0].guid, entries[2].guid]
    assert [r.levelname for r in caplog.records] == ["ERROR", "ERROR"]
    assert vars(caplog.records[1])["guid"] == entries[1].guid


_PRINT_HASHES = """
import hashlib, locale, time
try:
    locale.setlocale(locale.LC_ALL, "")
except locale.Error:
    pass
time.tzset()
from tests.feeds.samples import cases
for case in cases():
    for name, body in case.renderings().items():
        print(case, name, hashlib.sha256(body).hexdigest())
"""


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8"},
    ],
    ids=lambda e: e["TZ"],
)
def test_the_bytes_are_the_same_in_any_process_locale_and_time_zone(
    environment: dict[str, str],
) -> None:
    checkout = str(cases()[0].folder.parents[3])
    told = subprocess.run(
        [sys.executable, "-c", _PRINT_HASHES],
        env={**os.environ, **environment, "PYTHONPATH": checkout, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    expected = [
        f"{case} {name} {hashlib.sha256(body).hexdigest()}"
        for case in cases()
        for name, body in case.renderings().items()
    ]
    assert told.splitlines() == expected


def _instant(parsed: Any) -> datetime:  # Any: time.struct_time, from an untyped library
    return datetime.fromtimestamp(calendar.timegm(parsed), UTC)


def _seconds(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)
