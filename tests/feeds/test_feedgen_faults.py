"""Each fault of feedgen 1.0, mended: a test a fault, and the proof that it fails without its fix.

A fix is taken out of our own source as anybody might take it out, in favour of what feedgen offers
by itself. So a proof that fails tells either that a test holds nothing any more, or that a newer
feedgen has mended the fault and our fix can go.
"""

from __future__ import annotations

import locale
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from feedsvc.feeds import atom, clean, feedgen_adapter, item, rss
from feedsvc.feeds.render import RENDERERS
from feedsvc.model.archive import ArchiveRange, History
from feedsvc.model.entry import Enclosure, Entry, Person
from feedsvc.model.selection import FeedFormat

from .samples import make_entry, make_feed, render

ATOM = "{http://www.w3.org/2005/Atom}"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
HOME = "https://news.example.org/"
BOTH = (FeedFormat.ATOM, FeedFormat.RSS)


def as_atom(*entries: Entry, **feed: Any) -> Any:  # Any: any field; lxml has no types
    """The feed element."""
    return etree.fromstring(render(FeedFormat.ATOM, entries, make_feed(**feed)))


def as_rss(*entries: Entry, **feed: Any) -> Any:
    """The channel element."""
    return etree.fromstring(render(FeedFormat.RSS, entries, make_feed(**feed))).find("channel")


def texts(parent: Any, path: str) -> list[str]:
    return [found.text for found in parent.findall(path)]


def links(parent: Any) -> list[dict[str, str]]:
    return [dict(link.attrib) for link in parent.findall(f"{ATOM}link")]


# --- dates --------------------------------------------------------------------------------------


def test_the_updated_of_an_atom_feed_is_never_the_time_of_rendering() -> None:
    assert texts(as_atom(make_entry()), f"{ATOM}updated") == ["2026-01-02T00:00:00Z"]


def test_the_updated_of_an_atom_entry_is_never_the_time_of_rendering() -> None:
    feed = as_atom(make_entry(1))
    assert texts(feed, f"{ATOM}entry/{ATOM}updated") == ["2026-01-01T12:00:01Z"]


def test_the_build_date_of_a_channel_is_never_the_time_of_rendering() -> None:
    assert texts(as_rss(make_entry()), "lastBuildDate") == ["Fri, 02 Jan 2026 00:00:00 GMT"]


def test_an_item_has_the_date_that_feedgen_would_not_make_of_updated() -> None:
    assert texts(as_rss(make_entry()), "item/pubDate") == ["Mon, 01 Jan 2024 12:00:00 GMT"]


def test_no_date_goes_through_the_locale_which_all_threads_share() -> None:
    set_to = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locale, "setlocale", lambda *to: set_to.append(to))
        for format in BOTH:
            render(format, [make_entry()])
    assert set_to == []


def test_a_year_that_no_reader_can_tell_costs_neither_feed_nor_entry() -> None:
    ages = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    entries = [make_entry(n, published=published) for n, published in enumerate(ages, start=1)]
    told = ["1970-01-01T00:00:00Z", "2026-01-01T12:00:00Z"]
    assert texts(as_atom(*entries), f"{ATOM}entry/{ATOM}published") == told
    assert len(texts(as_rss(*entries), "item/pubDate")) == 2


# --- links --------------------------------------------------------------------------------------


def test_a_link_of_an_entry_keeps_its_relation_type_and_length() -> None:
    recording = Enclosure(href="https://a.example/1", media_type="audio/ogg", size_bytes=7)
    entry = as_atom(make_entry(enclosures=(recording,), canonical_url=None)).find(f"{ATOM}entry")
    permalink = f"{HOME}articles/0000000001/the-river-rises-part-1"
    assert links(entry) == [
        {"rel": "alternate", "type": "text/html", "href": permalink},
        {"rel": "enclosure", "type": "audio/ogg", "length": "7", "href": "https://a.example/1"},
    ]


def test_a_channel_keeps_every_link_and_not_only_the_first() -> None:
    history = History(
        own=ArchiveRange(first=65, last=128),
        previous=ArchiveRange(first=1, last=64),
        following=ArchiveRange(first=129, last=192),
    )
    relations = {link["rel"] for link in links(as_rss(history=history))}
    assert relations == {"self", "alternate", "current", "prev-archive", "next-archive"}


def test_the_link_of_a_channel_is_the_home_page_whatever_else_is_linked() -> None:
    assert texts(as_rss(), "link") == [HOME]


def test_each_format_links_to_itself() -> None:
    for feed, extension in ((as_atom(), "atom"), (as_rss(), "rss")):
        url, media_type = f"{HOME}feeds/all.{extension}", f"application/{extension}+xml"
        own = [link for link in links(feed) if link["rel"] == "self"]
        assert own == [{"rel": "self", "type": media_type, "href": url}]


# --- entries ------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", BOTH)
def test_entries_are_not_turned_around(format: FeedFormat) -> None:
    body = render(format, [make_entry(n, title=f"Number {n}") for n in (3, 1, 2)])
    assert sorted("312", key=lambda n: body.index(f"Number {n}".encode())) == ["3", "1", "2"]


def test_a_guid_is_no_permalink() -> None:
    (guid,) = as_rss(make_entry()).findall("item/guid")
    assert (guid.text, guid.get("isPermaLink")) == (make_entry().guid, "false")


def test_a_name_without_an_address_is_told_in_rss() -> None:
    item = as_rss(make_entry(authors=(Person(name="Ada Lovelace"), Person(name="É. Ü")))).find(
        "item"
    )
    assert texts(item, f"{DUBLIN_CORE}creator") == ["Ada Lovelace", "É. Ü"]
    assert item.find("author") is None


def test_a_body_is_html_by_name_and_a_title_has_no_type() -> None:
    feed = as_atom(make_entry())
    (content,) = feed.findall(f"{ATOM}entry/{ATOM}content")
    assert dict(content.attrib) == {"type": "html"}
    assert [dict(title.attrib) for title in feed.iter(f"{ATOM}title", f"{ATOM}subtitle")] == [
        {}
    ] * 3


def test_a_summary_becomes_no_markup_in_a_description() -> None:
    (told,) = texts(as_rss(make_entry(summary="a <3 & c")), "item/description")
    assert told == "a &lt;3 &amp; c"


def test_a_body_that_is_no_xml_is_kept_as_it_is() -> None:
    entry = make_entry(html="<p>One<br>two<img src='https://a.example/1'></p>")
    assert texts(as_atom(entry), f"{ATOM}entry/{ATOM}content") == [entry.html]
    assert texts(as_rss(entry), f"item/{ENCODED}") == [entry.html]


def test_what_xml_cannot_hold_costs_neither_feed_nor_entry() -> None:
    hostile = ["a\x01b", "a\x0bb", "a\ud800b", "a\ufffeb", "a\uffffb"]
    entries = [
        make_entry(
            number,
            title=text,
            html=f"<p>{text}</p>",
            summary=text,
            authors=(Person(name=text),),
            slug=text,
        )
        for number, text in enumerate(hostile, start=1)
    ]
    feed = as_atom(*entries)
    assert texts(feed, f"{ATOM}entry/{ATOM}title") == ["ab"] * 5
    assert texts(feed, f"{ATOM}entry/{ATOM}content") == ["<p>ab</p>"] * 5
    assert texts(as_rss(*entries), "item/title") == ["ab"] * 5


def test_an_empty_title_costs_neither_feed_nor_entry() -> None:
    entries = [make_entry(2, title=""), make_entry(1, title="\u00a0")]
    assert texts(as_atom(*entries), f"{ATOM}entry/{ATOM}title") == ["Untitled"] * 2
    assert texts(as_rss(*entries), "item/title") == ["Untitled"] * 2


def test_one_entry_that_fails_does_not_take_the_feed_along() -> None:
    broken: Any = None
    entries = [make_entry(2), make_entry(1, published=broken)]
    assert texts(as_atom(*entries), f"{ATOM}entry/{ATOM}id") == [entries[0].guid]
    assert texts(as_rss(*entries), "item/guid") == [entries[0].guid]


def test_feed_and_entries_say_their_language() -> None:
    entry = make_entry(language="ur")
    feed = as_atom(entry, language="de")
    assert feed.get(XML_LANG) == "de"
    assert feed.find(f"{ATOM}entry").get(XML_LANG) == "ur"
    channel = as_rss(entry, language="de")
    assert texts(channel, "language") == ["de"]
    assert channel.find("item").get(XML_LANG) == "ur"


def test_a_title_that_reads_as_a_tag_needs_no_hexadecimal_reference() -> None:
    """lxml writes none: `<` and `&` could only be told to all readers by `&#x3C;` and `&#x26;`."""
    entry = make_entry(title="How to use <b> and AT&amp;T")
    shown = "How to use ‹b› and AT&amp;T"
    assert texts(as_atom(entry), f"{ATOM}entry/{ATOM}title") == [shown]
    assert texts(as_rss(entry), "item/title") == [shown]


# --- the proofs ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Fix:
    """A fix in our source: `ours`, which stands there once, and what feedgen offers instead."""

    holds: Callable[..., None]
    module: ModuleType
    ours: str
    feedgens: str

    def __str__(self) -> str:
        return f"{self.holds.__name__.removeprefix('test_')}:{self.module.__name__[14:]}"


def _fixes() -> Iterator[Fix]:
    for holds, module, ours, feedgens in (
        (
            test_the_updated_of_an_atom_feed_is_never_the_time_of_rendering,
            atom,
            'feed.find("updated").text = rfc3339(self.channel.updated)',
            "pass",
        ),
        (
            test_the_updated_of_an_atom_entry_is_never_the_time_of_rendering,
            atom,
            'entry.find("updated").text = rfc3339(item.updated)',
            "pass",
        ),
        (
            test_the_build_date_of_a_channel_is_never_the_time_of_rendering,
            rss,
            'append_text(channel, "lastBuildDate", rfc822(self.channel.updated))',
            "pass",
        ),
        (
            test_the_build_date_of_a_channel_is_never_the_time_of_rendering,
            rss,
            "generator._FeedGenerator__rss_lastBuildDate = None",
            "pass",
        ),
        (
            test_an_item_has_the_date_that_feedgen_would_not_make_of_updated,
            rss,
            'append_text(element, "pubDate", rfc822(item.published))',
            "pass",
        ),
        (
            test_no_date_goes_through_the_locale_which_all_threads_share,
            rss,
            "generator._FeedGenerator__rss_lastBuildDate = None",
            "generator.lastBuildDate(channel.updated)",
        ),
        (
            test_a_year_that_no_reader_can_tell_costs_neither_feed_nor_entry,
            item,
            "entry.served_published.replace(microsecond=0)",
            "entry.published.replace(microsecond=0)",
        ),
        (
            test_a_link_of_an_entry_keeps_its_relation_type_and_length,
            atom,
            "entry = add_entry(generator, item)",
            """entry = add_entry(generator, item)
        entry.link(href=item.permalink, rel="alternate", type="text/html")
        for e in item.enclosures:
            entry.link(href=e.href, rel="enclosure", type=e.media_type, length=str(e.size_bytes))
        _EntryExtension.extend_atom = lambda *_: None""",
        ),
        (
            test_a_channel_keeps_every_link_and_not_only_the_first,
            rss,
            "generator.link(href=channel.home)",
            """for relation, href in channel.history.items():
        generator.link(href=href, rel=relation, type="application/rss+xml")
    generator.link(href=channel.home)
    global append_history
    append_history = lambda *_: None""",
        ),
        (
            test_the_link_of_a_channel_is_the_home_page_whatever_else_is_linked,
            rss,
            "generator.link(href=channel.home)",
            """generator.link(href=channel.home)
    generator.link(href=channel.self_url, rel="self", type="application/rss+xml")""",
        ),
        (
            test_each_format_links_to_itself,
            atom,
            'generator.link(href=channel.self_url, rel="self", type="application/atom+xml")',
            "pass",
        ),
        (
            test_each_format_links_to_itself,
            rss,
            'SubElement(channel, link, rel="self", type="application/rss+xml", href=url)',
            "pass",
        ),
        (test_entries_are_not_turned_around, feedgen_adapter, 'order="append"', ""),
        (
            test_a_guid_is_no_permalink,
            feedgen_adapter,
            "entry.id(item.guid)",
            "entry.guid(item.guid, permalink=True)",
        ),
        (
            test_a_name_without_an_address_is_told_in_rss,
            rss,
            'append_text(element, f"{{{DUBLIN_CORE}}}creator", name)',
            "pass",
        ),
        (
            test_a_name_without_an_address_is_told_in_rss,
            rss,
            "entry.link(href=item.permalink",
            """entry.author(name=item.authors[0], email="nobody@example.org")
        entry.link(href=item.permalink""",
        ),
        (
            test_a_body_is_html_by_name_and_a_title_has_no_type,
            feedgen_adapter,
            'type="html"',
            'type="CDATA"',
        ),
        (
            test_a_summary_becomes_no_markup_in_a_description,
            rss,
            "escape(item.summary, quote=False)",
            "item.summary",
        ),
        (
            test_a_body_that_is_no_xml_is_kept_as_it_is,
            feedgen_adapter,
            'type="html"',
            'type="xhtml"',
        ),
        (
            test_what_xml_cannot_hold_costs_neither_feed_nor_entry,
            clean,
            'return _NOT_XML.sub("", text)',
            "return text",
        ),
        (
            test_what_xml_cannot_hold_costs_neither_feed_nor_entry,
            clean,
            "return text.translate(_ASCII_NOT_XML)",
            "return text",
        ),
        (
            test_an_empty_title_costs_neither_feed_nor_entry,
            clean,
            'cleaned if cleaned.strip() else "Untitled"',
            "cleaned",
        ),
        (
            test_one_entry_that_fails_does_not_take_the_feed_along,
            item,
            "return render([entry for entry in entries if _renders(entry, render)])",
            "return render(entries)",
        ),
        (
            test_feed_and_entries_say_their_language,
            feedgen_adapter,
            "generator.language(channel.language)",
            "pass",
        ),
        (
            test_feed_and_entries_say_their_language,
            feedgen_adapter,
            "element.set(XML_LANG, item.language)",
            "pass",
        ),
        (
            test_a_title_that_reads_as_a_tag_needs_no_hexadecimal_reference,
            clean,
            r'_TAG_END.sub(r"\1›", _TAG_START.sub("‹", text))',
            "text",
        ),
    ):
        yield Fix(holds=holds, module=module, ours=ours, feedgens=feedgens)


FIXES = list(_fixes())


@pytest.mark.parametrize("fix", FIXES, ids=str)
def test_without_its_fix_a_test_of_this_module_fails(
    fix: Fix, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_out(fix, monkeypatch)
    arguments = (FeedFormat.ATOM,) if fix.holds is test_entries_are_not_turned_around else ()
    with pytest.raises((AssertionError, TypeError)):  # TypeError: of the entry that fails
        fix.holds(*arguments)


def test_every_test_of_this_module_is_proved() -> None:
    proofs = {
        test_without_its_fix_a_test_of_this_module_fails,
        test_every_test_of_this_module_is_proved,
    }
    tests = {value for name, value in globals().items() if name.startswith("test_")}
    assert tests - proofs == {fix.holds for fix in FIXES}


def take_out(fix: Fix, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every module of feeds see `fix.module` as it would be without the fix."""
    path = Path(str(fix.module.__file__))
    source = path.read_text(encoding="utf-8")
    assert source.count(fix.ours) == 1, f"{fix.ours!r} stands in {path} not just once"
    without = ModuleType(fix.module.__name__)
    exec(compile(source.replace(fix.ours, fix.feedgens), path, "exec"), vars(without))
    for name, value in vars(fix.module).items():
        if getattr(value, "__module__", None) != fix.module.__name__:
            continue  # not the module's own
        for module in list(sys.modules.values()):
            is_ours = module.__name__.startswith("feedsvc.feeds.")
            if is_ours and vars(module).get(name) is value:
                monkeypatch.setattr(module, name, vars(without)[name])
    for format in BOTH:
        renderer = vars(without).get("render")
        if fix.module.__name__.endswith(f".{format}") and renderer:
            monkeypatch.setitem(RENDERERS, format, renderer)
