"""Atom: what feedgen would get wrong, and what readers need."""

from __future__ import annotations

import locale
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from feedsvc.feeds import atom
from feedsvc.model.entry import Category, Enclosure, Person
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind

from .samples import FEED_GUID, NEW_YEAR, make_entry, make_feed, make_site, render

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parsed(*entries: Any, **feed: Any) -> Any:  # Any: lxml has no types
    return etree.fromstring(render(FeedFormat.ATOM, entries, make_feed(**feed)))


def texts(parent: Any, path: str) -> list[str]:
    return [found.text for found in parent.findall(path.replace("/", f"/{ATOM}"))]


def test_a_feed_document_has_its_type_and_the_instant_it_was_rendered_for() -> None:
    document = atom.render(make_site(), make_feed(), [make_entry()], NEW_YEAR)
    assert document.media_type == "application/atom+xml; charset=utf-8"
    assert document.last_modified == NEW_YEAR
    assert document.body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<feed ")


def test_entries_stay_in_the_order_they_come_in() -> None:
    feed = parsed(make_entry(3), make_entry(1), make_entry(2))
    assert [i[-1] for i in texts(feed, "./entry/id")] == ["3", "1", "2"]


def test_dates_come_from_the_store_and_never_from_the_clock() -> None:
    updated = datetime(2020, 2, 3, 4, 5, 6, tzinfo=UTC)
    feed = parsed(make_entry(updated=updated), updated=updated)
    assert texts(feed, "./updated") == ["2020-02-03T04:05:06Z"]
    assert texts(feed, "./entry/updated") == ["2020-02-03T04:05:06Z"]
    assert texts(feed, "./entry/published") == ["2024-01-01T12:00:00Z"]


def test_a_fraction_of_a_second_is_written_only_in_updated_and_only_where_there_is_one() -> None:
    precise = datetime(2026, 1, 1, 12, 0, 0, 40, tzinfo=UTC)
    feed = parsed(make_entry(2, updated=precise, published=precise, arrived_at=precise))
    assert texts(feed, "./entry/updated") == ["2026-01-01T12:00:00.000040Z"]
    assert texts(feed, "./entry/published") == ["2026-01-01T12:00:00Z"]


def test_the_links_of_an_entry_keep_relation_type_and_length() -> None:
    recordings = tuple(
        Enclosure(href=f"https://a.example/{n}", media_type="audio/ogg", size_bytes=n)
        for n in (0, 7)
    )
    entry = parsed(make_entry(enclosures=recordings)).find(f"{ATOM}entry")
    permalink = "https://news.example.org/articles/0000000001/the-river-rises-part-1"
    assert [dict(link.attrib) for link in entry.findall(f"{ATOM}link")] == [
        {"rel": "alternate", "type": "text/html", "href": permalink},
        {"rel": "via", "href": "https://example.com/articles/1"},
        {"rel": "enclosure", "type": "audio/ogg", "href": "https://a.example/0"},
        {"rel": "enclosure", "type": "audio/ogg", "href": "https://a.example/7", "length": "7"},
    ]


def test_the_feed_says_where_it_is_and_where_its_site_is() -> None:
    tag = Selection(kind=SelectionKind.TAG, slug="köln")
    feed = parsed(selection=tag, name="Köln")
    assert texts(feed, "./title") == ["Example News: Köln"]
    assert texts(feed, "./id") == [FEED_GUID]
    assert [(x.get("rel"), x.get("type"), x.get("href")) for x in feed.findall(f"{ATOM}link")] == [
        ("self", "application/atom+xml", "https://news.example.org/feeds/tag/k%C3%B6ln.atom"),
        ("alternate", "text/html", "https://news.example.org/"),
    ]


def test_titles_and_summaries_are_plain_text_and_bodies_are_escaped_html() -> None:
    body = "<p>1 &lt; 2</p>"
    entry = parsed(make_entry(title="a <3 & c", summary="x < y", html=body)).find(f"{ATOM}entry")
    for name, text in (("title", "a <3 & c"), ("summary", "x < y")):
        assert entry.find(f"{ATOM}{name}").text == text
        assert not entry.find(f"{ATOM}{name}").attrib
    assert entry.find(f"{ATOM}content").text == body
    assert dict(entry.find(f"{ATOM}content").attrib) == {"type": "html"}


def test_a_summary_that_is_the_whole_body_is_left_out() -> None:
    feed = parsed(make_entry(summary="All & more.", html="<p>All\n&amp; <b>more.</b></p>"))
    assert texts(feed, "./entry/summary") == []


def test_a_summary_is_kept_beside_a_body_that_says_more() -> None:
    feed = parsed(make_entry(summary="In short.", html=f"<p>{'At length. ' * 200}</p>"))
    assert texts(feed, "./entry/summary") == ["In short."]


def test_an_entry_without_author_has_the_feeds_which_is_the_site() -> None:
    feed = parsed(make_entry(authors=(Person(name=" "),)))
    assert texts(feed, "./author/name") == ["Example News"]
    assert texts(feed, "./entry/author/name") == []


def test_people_are_named_without_an_address() -> None:
    assert texts(parsed(make_entry()), "./entry/author/name") == ["Ada Lovelace", "Grace Hopper"]


def test_a_category_has_a_term_and_a_label_without_comma() -> None:
    category = Category(term="washington-dc", label="Washington, D.C.")
    found = parsed(make_entry(categories=(category,))).find(f"{ATOM}entry/{ATOM}category")
    assert dict(found.attrib) == {"term": "washington-dc", "label": "Washington D.C."}


def test_each_entry_says_its_own_language() -> None:
    feed = parsed(make_entry(2, language="ur"), make_entry(1, language=None), language="de")
    assert feed.get(XML_LANG) == "de"
    assert [e.get(XML_LANG) for e in feed.findall(f"{ATOM}entry")] == ["ur", None]


def test_text_that_runs_from_right_to_left_says_so_in_the_body() -> None:
    feed = parsed(make_entry(language="ur", html="<p>خبر</p>"))
    assert texts(feed, "./entry/content") == ['<div dir="rtl" lang="ur"><p>خبر</p></div>']


def test_a_cut_body_ends_with_a_link_to_the_rest() -> None:
    entry = make_entry(title="A & B", html="<p>One.</p><p>Two.</p>", excerpt_end=11)
    assert texts(parsed(entry), "./entry/content") == [
        "<p>One.</p>"
        '<p><a href="https://news.example.org/articles/0000000001/a-b">Continue reading: A &amp; B'
        "</a></p>"
    ]


def test_an_entry_without_a_body_shows_its_summary() -> None:
    cut = make_entry(2, html="<p>Two.</p>", excerpt_end=0, summary="x < y")
    (shown,) = texts(parsed(cut), "./entry/content")
    assert shown.startswith("<p>x &lt; y</p><p><a href=")
    assert texts(parsed(make_entry(html="", summary="x < y")), "./entry/content") == [
        "<p>x &lt; y</p>"
    ]


def test_elements_carry_no_prefix_and_entries_come_last() -> None:
    feed = parsed(make_entry())
    own = [element for element in feed.iter() if element.tag.startswith(ATOM)]
    assert {element.prefix for element in own} == {None}
    assert [child.tag for child in feed][-1] == f"{ATOM}entry"


def test_what_xml_cannot_hold_is_dropped_and_an_empty_title_filled() -> None:
    feed = parsed(make_entry(title="\x00\ud800"), make_entry(title="a\x01b\ufffe"))
    assert texts(feed, "./entry/title") == ["Untitled", "ab"]


def test_the_generator_has_no_version_since_an_upgrade_must_change_no_byte() -> None:
    generator = parsed().find(f"{ATOM}generator")
    assert (generator.text, dict(generator.attrib)) == ("feedsvc", {})


def test_the_publisher_is_named() -> None:
    path = f"{ATOM}entry/{{http://purl.org/dc/elements/1.1/}}publisher"
    assert parsed(make_entry()).find(path).text == "AFP"


def test_the_locale_is_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("setlocale changes every thread")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert b"<entry" in render(FeedFormat.ATOM, [make_entry()])
