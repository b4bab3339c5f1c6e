"""RSS: what feedgen would get wrong, and what readers need."""

from __future__ import annotations

import locale
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from feedsvc.feeds import rss
from feedsvc.model.entry import Enclosure
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind

from .samples import NEW_YEAR, make_entry, make_feed, make_site, render

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def parsed(*entries: Any, **feed: Any) -> Any:  # Any: lxml has no types
    """The channel."""
    body = render(FeedFormat.RSS, entries, make_feed(**feed))
    return etree.fromstring(body).find("channel")


def texts(parent: Any, path: str) -> list[str]:
    return [found.text for found in parent.findall(path, NAMESPACES)]


def test_a_feed_document_has_its_type_and_the_instant_it_was_rendered_for() -> None:
    document = rss.render(make_site(), make_feed(), [make_entry()], NEW_YEAR)
    assert document.media_type == "application/rss+xml; charset=utf-8"
    assert document.last_modified == NEW_YEAR


def test_entries_stay_in_the_order_they_come_in() -> None:
    channel = parsed(make_entry(3), make_entry(1), make_entry(2))
    assert [i[-1] for i in texts(channel, "item/guid")] == ["3", "1", "2"]


def test_dates_come_from_the_store_in_whole_seconds() -> None:
    updated = datetime(2020, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
    entry = make_entry(published=datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC))
    channel = parsed(entry, updated=updated)
    assert texts(channel, "lastBuildDate") == ["Mon, 03 Feb 2020 04:05:06 GMT"]
    assert texts(channel, "item/pubDate") == ["Thu, 29 Feb 2024 23:59:59 GMT"]


def test_an_item_says_when_it_was_updated() -> None:
    assert texts(parsed(make_entry()), "item/atom:updated") == ["2026-01-01T12:00:01Z"]


def test_the_locale_is_never_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("setlocale changes every thread")

    monkeypatch.setattr(locale, "setlocale", refuse)
    assert b"lastBuildDate" in render(FeedFormat.RSS, [make_entry()])


def test_the_channel_links_to_the_site_and_every_atom_link_is_kept() -> None:
    channel = parsed(selection=Selection(kind=SelectionKind.SOURCE, slug="afp"), name="AFP")
    assert texts(channel, "link") == ["https://news.example.org/"]
    assert [dict(x.attrib) for x in channel.findall("atom:link", NAMESPACES)] == [
        {
            "rel": "self",
            "type": "application/rss+xml",
            "href": "https://news.example.org/feeds/source/afp.rss",
        },
        {"rel": "alternate", "type": "text/html", "href": "https://news.example.org/"},
    ]


def test_the_image_has_the_channels_title_and_link() -> None:
    channel = parsed(name="AFP")
    for name in ("title", "link"):
        assert texts(channel, f"image/{name}") == texts(channel, name)
    assert texts(channel, "image/url") == ["https://news.example.org/static/icon-192.png"]


def test_the_channel_has_what_the_profile_asks_for() -> None:
    channel = parsed(language="de")
    assert texts(channel, "language") == ["de"]
    assert texts(channel, "ttl") == ["5"]
    assert texts(channel, "docs") == ["https://www.rssboard.org/rss-specification"]
    assert texts(channel, "description") == ["What happened, and where."]


def test_a_ttl_is_at_least_a_minute_and_a_description_never_empty() -> None:
    site = make_site(ttl_s=10, description="")
    channel = etree.fromstring(render(FeedFormat.RSS, [], site=site)).find("channel")
    assert texts(channel, "ttl") == ["1"]
    assert texts(channel, "description") == ["Example News"]


def test_the_guid_is_no_permalink_and_the_link_is_the_article() -> None:
    item = parsed(make_entry()).find("item")
    assert item.find("guid").get("isPermaLink") == "false"
    assert texts(item, "guid") == ["urn:uuid:00000000-0000-4000-8000-000000000001"]
    permalink = "https://news.example.org/articles/0000000001/the-river-rises-part-1"
    assert texts(item, "link") == [permalink]


def test_names_are_dublin_cores_and_there_is_no_author_without_address() -> None:
    item = parsed(make_entry()).find("item")
    assert texts(item, "dc:creator") == ["Ada Lovelace", "Grace Hopper"]
    assert texts(item, "author") == []


def test_where_an_entry_comes_from_is_told() -> None:
    item = parsed(make_entry()).find("item")
    assert texts(item, "dc:publisher") == ["AFP"]
    assert texts(item, "dc:source") == ["https://example.com/articles/1"]


def test_a_description_is_html_so_a_plain_summary_is_escaped_twice() -> None:
    body = render(FeedFormat.RSS, [make_entry(summary="a < b & 'd'")])
    assert b"<description>a &amp;lt; b &amp;amp; 'd'<" in body


def test_the_description_stands_before_the_body() -> None:
    names = [child.tag for child in parsed(make_entry()).find("item")]
    assert names.index("description") + 1 == names.index(f"{{{NAMESPACES['content']}}}encoded")


def test_an_entry_without_summary_has_its_body_as_description() -> None:
    item = parsed(make_entry(summary="", html="<p>All.</p>")).find("item")
    assert texts(item, "description") == ["<p>All.</p>"]
    assert texts(item, "content:encoded") == []


def test_only_the_first_enclosure_is_given() -> None:
    enclosures = tuple(
        Enclosure(href=f"https://a.example/{n}", media_type="audio/ogg", size_bytes=n)
        for n in (0, 7)
    )
    found = parsed(make_entry(enclosures=enclosures)).findall("item/enclosure")
    assert [dict(e.attrib) for e in found] == [
        {"url": "https://a.example/0", "length": "0", "type": "audio/ogg"}
    ]


def test_each_item_says_its_own_language() -> None:
    channel = parsed(make_entry(2, language="ur"), make_entry(1, language=None))
    assert [item.get(XML_LANG) for item in channel.findall("item")] == ["ur", None]


def test_namespaces_are_declared_once_at_the_root() -> None:
    body = render(FeedFormat.RSS, [make_entry(2), make_entry(1)])
    assert body.count(b"xmlns:") == len(NAMESPACES)
