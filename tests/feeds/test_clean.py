"""What strings and instants become on their way into a feed."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from selectolax.lexbor import LexborHTMLParser

from feedsvc.feeds.clean import (
    heading,
    language_tag,
    media_type,
    plain,
    rfc822,
    rfc3339,
    web_url,
    xml_safe,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x1f\x0b\t\r\n", "ab\t\r\n"),
        ("ü\x00\x08\ufffe\uffff\ud800\udfff", "ü"),
        ("👩\u200d👩 می\u200cخواهم \x7f\x85", "👩\u200d👩 می\u200cخواهم \x7f\x85"),
    ],
)
def test_only_what_xml_cannot_hold_is_dropped(text: str, cleaned: str) -> None:
    assert xml_safe(text) == cleaned


@given(st.text(st.characters(exclude_categories=())))
def test_lxml_takes_whatever_is_left(text: str) -> None:
    element = etree.Element("a")
    element.text = xml_safe(text)
    assert etree.fromstring(etree.tostring(element, encoding="utf-8")).text in (
        xml_safe(text) or None,
    )


def test_plain_text_is_one_line_and_keeps_no_break_spaces() -> None:
    assert plain(" a\r\n\t b\xa0c ") == "a b\xa0c"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("How <video> & <br/> work", "How ‹video› & ‹br/› work"),
        ("<img src=x onerror=alert(1)", "‹img src=x onerror=alert(1)"),
        ("<<b><!-- x --></b>", "<‹b›‹!-- x --›‹/b›"),
        ("&lt;img&gt; &LT;b &ltb &#60;i &#x3C;i &#00060i", "‹img&gt; ‹b ‹b ‹i ‹i ‹i"),
        ("&amp;lt;b> &#38;#60;b <&#105;mg>", "‹b› ‹b ‹&#105;mg›"),
        ("1 < 2 > 0, a<3, AT&T, AT&amp;T, x &lt; y, R&D;", None),
    ],
)
def test_plain_text_holds_no_tag_even_for_readers_that_take_it_for_html(
    text: str, shown: str | None
) -> None:
    assert plain(text) == (shown or text)


@given(st.text("<>&;#x3csCampltLT06/! bi'\"="))
def test_no_reader_finds_an_element_in_plain_text_however_often_it_decodes(text: str) -> None:
    reading = plain(text)
    for _ in range(3):
        root = LexborHTMLParser(reading, is_fragment=True).root
        found = [] if root is None else root.traverse(include_text=False)
        assert [node.tag for node in found if node.tag != "html"] == []
        reading = unescape(reading)


def test_a_heading_is_never_empty() -> None:
    assert [heading(text) for text in ("", "\n", "\xa0", "\x00", " a ")] == ["Untitled"] * 4 + ["a"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a?b=1&c=%C3%BC#d", "https://example.com/a?b=1&c=%C3%BC#d"),
        (" http://example.com/ü b", "http://example.com/%C3%BC%20b"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ('https://example.com/"><b>', "https://example.com/%22%3E%3Cb%3E"),
        ("https://[::1]:8000/", "https://[::1]:8000/"),
        ("https://[::1/", None),
        ("https:///path", None),
        ("/path", None),
        ("javascript:alert(1)", None),
        ("ftp://example.com/", None),
        ("", None),
    ],
)
def test_only_absolute_web_addresses_pass_and_in_ascii(url: str, expected: str | None) -> None:
    assert web_url(url) == expected


def test_a_language_has_the_form_of_a_tag() -> None:
    assert [
        language_tag(t) for t in ("ur", "zh-Hant-TW", "en_US", "", None, 'a"b', "deutsch\n")
    ] == [
        "ur",
        "zh-Hant-TW",
        *[None] * 5,
    ]


def test_a_media_type_has_the_form_of_one() -> None:
    assert media_type("image/svg+xml") == "image/svg+xml"
    assert media_type("audio; x") == "application/octet-stream"


def test_instants_are_written_by_their_rfcs() -> None:
    second = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
    assert rfc3339(second) == "2026-11-02T03:04:05Z"
    assert rfc3339(second.replace(microsecond=10)) == "2026-11-02T03:04:05.000010Z"
    assert rfc3339(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"
    assert rfc822(second) == "Mon, 02 Nov 2026 03:04:05 GMT"
