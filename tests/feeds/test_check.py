"""Each rule, broken once in a document that is sound otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.feeds import opml
from feedsvc.feeds.check import Severity, check_agreement, check_document
from feedsvc.feeds.check.advice import ADVICE
from feedsvc.feeds.check.findings import Place
from feedsvc.feeds.check.rules import ERRORS, NOTES, WARNINGS
from feedsvc.feeds.check.strangers import declared_feeds
from feedsvc.model.entry import Category
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind

from .answering import BROKEN_ANSWERS
from .samples import NEW_YEAR, make_entry, make_feed, make_site, render, render_all

_ENTRIES = [make_entry(2), make_entry(1)]
_SOUND = {format.value: body.decode() for format, body in render_all(_ENTRIES).items()}
_SOUND["opml"] = opml.render(
    make_site(),
    [make_feed(), make_feed(selection=Selection(kind=SelectionKind.TAG, slug="a"), name="A")],
    NEW_YEAR,
).body.decode()
_MEDIA_TYPES = {format.value: format.media_type for format in FeedFormat}
_MEDIA_TYPES["opml"] = opml.MEDIA_TYPE
_HISTORY = "http://purl.org/syndication/history/1.0"

_ELSEWHERE = r'\1<content type="text/html" src="https://example.com/1"/>'
# The rule, the format, and what to replace (an expression, its first match) by what.
_BROKEN = [
    ("not-well-formed", "atom", "</entry>", ""),
    ("not-well-formed", "json", ",", ""),
    ("not-well-formed", "json", r"$", "]"),
    ("format-unknown", "rss", r"(?s)<rss.*</rss>", "<html/>"),
    ("format-unknown", "json", r"(?s)\{.*\}", "[]"),
    ("doctype", "rss", "<rss", '<!DOCTYPE rss [<!ENTITY a "b">]>\n<rss'),
    ("encoding", "atom", "UTF-8", "ISO-8859-1"),
    ("byte-order-mark", "rss", r"\A", "\ufeff"),
    ("byte-order-mark", "json", r"\A", "\ufeff"),
    ("document-too-large", "json", r"\Z", " " * 5_000_000),
    ("document-large", "rss", "</item>", f"<comments>{'x' * 1_048_576}</comments></item>"),
    ("stylesheet", "atom", "<feed", '<?xml-stylesheet href="a.xsl"?><feed'),
    ("xml-base", "atom", "<entry", '<entry xml:base="https://example.com/"'),
    ("language-tag", "atom", 'xml:lang="en"', 'xml:lang="English, I think"'),
    ("language-tag", "rss", "<language>en<", "<language>en_US<"),
    ("language-tag", "json", '"language":"en"', '"language":"e"'),
    ("self-missing", "atom", r'<link [^>]*rel="self"[^>]*>', ""),
    ("self-missing", "rss", r'<atom:link [^>]*rel="self"[^>]*>', ""),
    ("self-missing", "json", r'"feed_url":"[^"]*",', ""),
    ("self-type", "atom", r' type="application/atom\+xml"', ""),
    ("self-type", "rss", r'type="application/rss\+xml"', 'type="text/xml"'),
    ("language-missing", "atom", ' xml:lang="en"', ""),
    ("language-missing", "rss", "<language>en</language>", ""),
    ("language-missing", "json", '"language":"en",', ""),
    ("icon-missing", "atom", "<icon>.*?</icon>", ""),
    ("icon-missing", "rss", "<image>.*?</image>", ""),
    ("icon-missing", "json", '"icon":".*?","favicon":".*?",', ""),
    ("home-missing", "atom", r'<link [^>]*rel="alternate"[^>]*>', ""),
    ("home-missing", "json", '"home_page_url":".*?",', ""),
    ("self-differs", "atom", "feeds/all.atom", "feeds/all.atom?"),
    ("self-differs", "rss", "feeds/all.rss", "feeds/all.rss?"),
    ("self-differs", "json", "feeds/all.json", "feeds/all.json?"),
    ("id-missing", "rss", "<guid.*?</guid>", ""),
    ("id-duplicate", "atom", "0002</id>", "0001</id>"),
    ("id-duplicate", "rss", "0002</guid>", "0001</guid>"),
    ("id-duplicate", "json", '0002"', '0001"'),
    ("id-not-absolute", "atom", "<id>urn:uuid:", "<id>"),
    ("id-not-ascii", "atom", "<id>urn:", "<id>urn:ü"),
    ("id-not-ascii", "json", '"id":"', '"id":"ü'),
    ("id-not-canonical", "atom", "<id>urn", "<id>URN"),
    ("id-not-canonical", "atom", "<id>urn:.*?<", "<id>https://Example.com/1<"),
    ("id-is-web-address", "atom", "(<entry.*?<id>)urn:.*?<", r"\1https://example.com/1<"),
    ("id-uuid", "atom", "<id>urn:uuid:.*?<", "<id>urn:uuid:17<"),
    ("id-uuid", "json", '"id":"urn:uuid:.*?"', '"id":"urn:uuid:x"'),
    ("id-tag", "atom", "<id>urn:.*?<", "<id>tag:example.org:17<"),
    ("id-not-unique", "rss", "<guid(.*?)>.*?<", r"<guid\1>1234<"),
    ("title-empty", "atom", "<title>.*?<", "<title> <"),
    ("summary-markup", "atom", "<summary>", '<summary type="html">'),
    ("summary-markup", "json", '"summary":"', '"summary":"<b>Water</b> '),
    ("title-empty", "json", '"title":".*?"', '"title":""'),
    ("title-like-markup", "rss", "(<item.*?<title>)", r"\1&lt;b&gt;"),
    ("title-like-markup", "atom", "<title>", "<title>AT&amp;amp;T"),
    ("title-markup", "atom", "<title>", '<title type="html">'),
    ("date-missing", "atom", "<updated>.*?</updated>", ""),
    ("date-invalid", "atom", "<updated>2026-01-02T", "<updated>2026-01-02 "),
    ("date-invalid", "atom", "<published>2024-01-01", "<published>2024-02-30"),
    ("date-invalid", "rss", "<pubDate>Mon, 01 Jan", "<pubDate>Mon, 32 Jan"),
    ("date-invalid", "rss", "<pubDate>Mon", "<pubDate>Montag"),
    ("date-invalid", "json", r'"date_modified":"2026', '"date_modified":"26'),
    ("date-invalid", "opml", "<dateModified>Fri", "<dateModified>Freitag"),
    ("date-invalid", "atom", "<published>2024-01-01T", "<published>2024-01-01t"),
    ("date-not-utc", "atom", "(<published>[^<]*)Z", r"\1+00:00"),
    ("date-absent", "rss", "<pubDate>.*?</pubDate><atom:updated>.*?</atom:updated>", ""),
    ("date-absent", "json", '"date_published":".*?","date_modified":".*?",', ""),
    ("date-in-future", "atom", "(<published>)2024", r"\g<1>2027"),
    ("date-in-future", "rss", "Mon, 01 Jan 2024", "Fri, 01 Jan 2027"),
    ("date-in-future", "json", '"date_modified":"2026', '"date_modified":"2027'),
    ("date-before-1970", "atom", "<published>2024", "<published>1969"),
    ("date-published-after-updated", "atom", "<published>2024", "<published>2027"),
    ("date-updated-twice", "atom", "12:00:02Z", "12:00:01Z"),
    ("date-updated-twice", "rss", "12:00:02Z", "12:00:01Z"),
    ("date-updated-twice", "json", "12:00:02Z", "12:00:01Z"),
    ("date-feed-older-than-entry", "atom", "<updated>2026", "<updated>2025"),
    ("date-feed-older-than-entry", "rss", "Fri, 02 Jan 2026", "Thu, 02 Jan 2025"),
    ("rss-date-form", "rss", "GMT", "EST"),
    ("rss-date-form", "rss", "Jan 2024", "Jan 24"),
    ("rss-weekday", "rss", "Mon, 01 Jan", "Tue, 01 Jan"),
    ("link-not-absolute", "atom", 'href="https://news.example.org/articles', 'href="articles'),
    ("link-not-absolute", "atom", "<icon>https:", "<icon>"),
    ("link-not-absolute", "rss", "<link>https://news.example.org/articles", "<link>ftp://a"),
    ("link-not-absolute", "json", '"url":"https://news', '"url":"https:/news'),
    ("link-not-absolute", "opml", 'htmlUrl="https:', 'htmlUrl="'),
    ("link-not-absolute", "rss", "<link>https://news.example.org/<", "<link>https://[::1/<"),
    ("link-characters", "atom", 'articles/2"', 'articles/ü"'),
    ("link-characters", "rss", "<link>https://news.example.org/articles", r"\g<0>/a b"),
    ("paging-loop", "atom", '<link href="(.*?)"', r'<link href="\1" rel="next"/><link href="\1"'),
    ("archive-current-missing", "atom", "<icon>", f'<a:archive xmlns:a="{_HISTORY}"/><icon>'),
    ("history-link-in-entry", "rss", "<guid", '<atom:link rel="next" href="https://a.b/"/><guid'),
    ("enclosure-length", "rss", 'length="1234"', ""),
    ("enclosure-length", "atom", 'length="1234"', 'length="1.5"'),
    ("enclosure-length", "json", '"size_in_bytes":1234', '"size_in_bytes":1234.5'),
    ("enclosure-length-zero", "rss", 'length="1234"', 'length="0"'),
    ("enclosure-type", "atom", 'type="audio/mpeg"', ""),
    ("enclosure-type", "rss", 'type="audio/mpeg"', ""),
    ("enclosure-type", "json", '"mime_type":"audio/mpeg"', '"mime_type":5'),
    ("control-character", "json", '"title":"', r'"title":"\\u0001'),
    ("content-unsafe-element", "atom", "&lt;p&gt;", "&lt;script&gt;&lt;/script&gt;&lt;p&gt;"),
    ("content-unsafe-element", "json", "<p>", "<svg></svg><p>"),
    ("content-unsafe-attribute", "rss", "encoded>&lt;p", "encoded>&lt;p onclick=a"),
    ("content-unsafe-attribute", "json", "<p>", "<p style='color:red'>"),
    ("content-unsafe-url", "atom", "https://example.com/town", "java&#9;script:alert(1)"),
    ("content-unsafe-url", "rss", "https://example.com/town", "data:text/html,a"),
    ("content-relative-url", "json", "https://example.com/town", "/town"),
    (
        "content-relative-url",
        "json",
        "<p>",
        "<p><img src='https://a.b' srcset='https://a.b, b 2x'>",
    ),
    ("content-nesting", "json", "</p>", "</i></p>"),
    ("content-nesting", "json", "</p>", "<i>"),
    ("content-nesting", "json", "<p>", "<div><i></div></i><p>"),
    ("content-ampersand", "json", "&amp; beyond", "& beyond"),
    (
        "summary-repeats-content",
        "json",
        '"summary":".*?"',
        '"summary":"Water in the town & beyond."',
    ),
    (
        "summary-repeats-content",
        "atom",
        "<summary>.*?<",
        "<summary>Water in the town &amp; beyond.<",
    ),
    ("content-custom-element", "atom", "&lt;p&gt;", "&lt;my-box&gt;&lt;/my-box&gt;&lt;p&gt;"),
    ("category-comma", "atom", 'label="Floods"', 'label="Floods, rivers"'),
    ("category-comma", "rss", "<category>", "<category>Rivers, "),
    ("category-comma", "json", '"tags":."', '"tags":["a,'),
    ("atom-schema", "atom", "</author>", "<email>nobody</email></author>"),
    ("atom-schema", "atom", "<content ", '<content colour="red" '),
    ("atom-schema", "atom", ' rel="via"', ' rel="via" hreflang="in English"'),
    ("atom-schema", "atom", ' rel="via"', ' rel="via" type="page"'),
    ("atom-schema", "atom", "<icon>", "<icon><b/>"),
    ("atom-schema", "atom", "<title>", "<title><b/>"),
    (
        "atom-summary-missing",
        "atom",
        "<content.*?</content>(.*?)<summary>.*?</summary>",
        _ELSEWHERE,
    ),
    ("atom-id-missing", "atom", "<id>.*?</id>", ""),
    ("atom-title-missing", "atom", "<title>.*?</title>", ""),
    (
        "atom-author-missing",
        "atom",
        "<author>.*?</author>(.*?<entry.*?)(<author>.*?</author>)+",
        r"\1",
    ),
    ("atom-author-name", "atom", "<name>.*?<", "<name><"),
    ("atom-duplicate-element", "atom", "<icon>", "<icon>https://a.b/</icon><icon>"),
    ("atom-duplicate-element", "atom", "<summary>", "<summary/><summary>"),
    ("atom-unknown-element", "atom", "<summary>", "<modified/><summary>"),
    ("atom-element-after-entry", "atom", "</feed>", "<rights>mine</rights></feed>"),
    ("atom-text-type", "atom", "<summary>", '<summary type="text/html">'),
    ("atom-content-type", "atom", '<content type="html">', '<content type="CDATA">'),
    ("atom-content-type", "atom", '<content type="html">', '<content type="xhtml">'),
    (
        "atom-alternate-missing",
        "atom",
        "<content.*?</content>(.*?)<link[^>]*articles/[^>]*>",
        r"\1",
    ),
    (
        "atom-alternate-duplicate",
        "atom",
        '(<link rel="alternate" [^>]*/>)(<link rel="via")',
        r"\1\1\2",
    ),
    ("atom-link-href", "atom", "<summary>", "<link/><summary>"),
    ("atom-category-term", "atom", 'term="floods" ', ""),
    ("atom-category-label", "atom", ' label="Floods"', ""),
    (
        "atom-prefix",
        "atom",
        "<summary>",
        '<a:rights xmlns:a="http://www.w3.org/2005/Atom"/><summary>',
    ),
    ("rss-version", "rss", 'version="2.0"', 'version="0.92"'),
    ("rss-channel", "rss", "(?s)<channel>.*</channel>", ""),
    ("rss-channel-required", "rss", "<description>.*?</description>", ""),
    ("rss-item-empty", "rss", "<item.*?</item>", "<item/>"),
    ("rss-duplicate-element", "rss", "</item>", "<title>Twice</title></item>"),
    ("rss-unknown-element", "rss", "</item>", "<summary>a</summary></item>"),
    ("rss-guid-not-permalink", "rss", ' isPermaLink="false"', ""),
    ("rss-author-address", "rss", "<guid", "<author>Ada Lovelace</author><guid"),
    ("rss-author-name", "rss", "<guid", "<author>a@b.c</author><guid"),
    ("rss-author-and-creator", "rss", "<guid", "<author>a@b.c (Ada)</author><guid"),
    ("rss-date-twice", "rss", "<guid", "<dc:date>2026-01-01</dc:date><guid"),
    ("rss-description-after-content", "rss", "(<item.*?)<description>.*?</description>", r"\1"),
    ("rss-enclosures", "rss", "(<enclosure.*?>)", r"\1\1"),
    ("rss-ttl", "rss", "<ttl>5<", "<ttl>5 min<"),
    ("rss-ttl-missing", "rss", "<ttl>.*?</ttl>", ""),
    ("rss-docs-missing", "rss", "<docs>.*?</docs>", ""),
    ("rss-link-is-feed", "rss", "<link>.*?<", "<link>https://news.example.org/feeds/all.rss<"),
    ("rss-image", "rss", "<image><url>.*?</url>", "<image>"),
    ("rss-image-differs", "rss", "</url><title>", "</url><title>The "),
    ("json-version", "json", "version/1.1", "version/2"),
    ("json-version-first", "json", r"\{", '{"a":1,'),
    ("json-title", "json", '"title":".*?",', ""),
    ("json-items", "json", r'"items":\[.*\]', '"items":{}'),
    ("json-id", "json", '"id":".*?"', '"id":17'),
    ("json-content-missing", "json", '"content_html":".*?",', ""),
    ("json-type", "json", '"url":".*?"', '"url":5'),
    ("json-type", "json", r'"tags":\[.*?\]', '"tags":"Floods"'),
    ("json-type", "json", r'"authors":\[.*?\]', '"authors":{}'),
    ("json-attachment", "json", r'"attachments":\[\{"url":', '"attachments":[{"uri":'),
    ("json-author-name", "json", '"name":"Ada', '"nom":"Ada'),
    ("json-duplicate-name", "json", '"id":', '"id":"x","id":'),
    ("not-well-formed", "json", '"id":', '"x":NaN,"id":'),
    ("json-author-deprecated", "json", '"authors"', '"author":{"name":"a"},"authors"'),
    ("json-next-url", "json", r'"feed_url":("[^"]*")', r'"feed_url":\1,"next_url":\1'),
    ("json-extension-name", "json", '"_feedsvc":', '"_feed.svc":'),
    ("json-hub", "json", '"items"', '"hubs":[{"type":"WebSub"}],"items"'),
    ("opml-version", "opml", 'version="2.0"', 'version="3"'),
    ("opml-structure", "opml", "(?s)<body>.*</body>", "<body/>"),
    ("opml-text", "opml", ' text="Example News"', ""),
    ("opml-title", "opml", ' title="Example News"', ""),
    ("opml-type", "opml", 'type="rss"', 'type="link"'),
    ("opml-xml-url", "opml", 'xmlUrl="[^"]*"', ""),
]

_FINDINGS_IN_PAIRS = {"agreement-ids", "agreement-order", "agreement-fields"}
_FINDINGS_IN_WALKS = {
    *("archive-loop", "archive-missing", "archive-next-differs", "archive-current-differs"),
    *("archive-entry-twice", "archive-incomplete", "archive-mark-missing"),
}
_FINDINGS_IN_MANY = {"entries-many", "order-oldest-first"}
_FINDINGS_IN_HEADERS = {"media-type", "charset-missing"}


@pytest.mark.parametrize(("rule", "format", "found", "replacement"), _BROKEN)
def test_a_broken_rule_is_found(rule: str, format: str, found: str, replacement: str) -> None:
    broken = re.sub(found, replacement, _SOUND[format], count=1)
    assert broken != _SOUND[format]
    url = f"https://news.example.org/feeds/all.{format}"
    findings = check_document(
        broken.encode(), media_type=_MEDIA_TYPES[format], url=url, now=NEW_YEAR
    )
    assert rule in {finding.rule for finding in findings}
    for finding in findings:
        assert finding.source
        assert finding.advice
        assert finding.rule in str(finding)
        assert (finding.severity is Severity.ERROR) == (finding.rule in ERRORS)
        assert (finding.severity is Severity.NOTE) == (finding.rule in NOTES)


@pytest.mark.parametrize("format", sorted(_SOUND))
def test_a_sound_document_gives_no_finding(format: str) -> None:
    url = f"https://news.example.org/feeds/all.{format}"
    body = _SOUND[format].encode()
    assert check_document(body, media_type=_MEDIA_TYPES[format], url=url) == []
    assert check_document(body, media_type=None, url=None) == []


def test_every_rule_is_broken_by_some_test() -> None:
    broken = {rule for rule, *_ in _BROKEN} | _FINDINGS_IN_PAIRS | _FINDINGS_IN_HEADERS
    broken |= _FINDINGS_IN_WALKS | _FINDINGS_IN_MANY | {"page-declares"} | BROKEN_ANSWERS.keys()
    assert broken == set(ERRORS) | set(WARNINGS) | set(NOTES)
    assert len(broken) == len(ERRORS) + len(WARNINGS) + len(NOTES)


def test_every_rule_says_what_to_do() -> None:
    assert ADVICE.keys() == ERRORS.keys() | WARNINGS.keys() | NOTES.keys()


@pytest.mark.parametrize(
    ("format", "media_type", "rule"),
    [
        ("atom", "text/html; charset=utf-8", "media-type"),
        ("json", "application/rss+xml", "media-type"),
        ("rss", "application/rss+xml", "charset-missing"),
        ("rss", "application/rss+xml; charset=latin-1", "encoding"),
    ],
)
def test_a_wrong_media_type_is_found(format: str, media_type: str, rule: str) -> None:
    findings = check_document(_SOUND[format].encode(), media_type=media_type, url=None)
    assert [finding.rule for finding in findings] == [rule]


@pytest.mark.parametrize("format", list(FeedFormat))
def test_the_order_and_the_number_of_entries_are_looked_at(format: FeedFormat) -> None:
    numbers: list[int] = [3, 2, 1]
    for entries, rules in (
        ([make_entry(n) for n in numbers], set()),
        ([make_entry(n) for n in reversed(numbers)], {"order-oldest-first"}),
        ([make_entry(n, html="") for n in range(501)], {"entries-many", "date-updated-twice"}),
    ):
        body = render(format, entries)
        assert {f.rule for f in check_document(body, media_type=None, url=None)} == rules


def test_json_that_is_not_utf_8_is_found() -> None:
    body = _SOUND["json"].replace("Example", "Ü").encode("latin-1")
    assert [f.rule for f in check_document(body, media_type=None, url=None)] == ["encoding"]


@pytest.mark.parametrize("body", [b"", b"feed", b"\0", b"[" * 100_000, b"{" * 10, b"<a>" * 1000])
def test_bytes_that_are_no_feed_are_told_and_nothing_raises(body: bytes) -> None:
    assert [f.severity for f in check_document(body, media_type=None, url=None)] == ["error"]


@pytest.mark.parametrize(
    "document",
    [
        """<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a:b</id><title>T</title>
        <updated>2026-01-01T00:00:00Z</updated></feed>""",
        """<rss version="2.0"><channel><title>T</title><link>https://a.b/</link>
        <description>D</description><item><title>T</title><guid>https://a.b/c</guid></item>
        </channel></rss>""",
        """{"version": "https://jsonfeed.org/version/1", "title": "T",
        "items": [{"id": "1", "content_text": "a"}]}""",
    ],
)
def test_a_document_with_nothing_but_what_is_required_lacks_only_its_address(document: str) -> None:
    findings = check_document(document.encode(), media_type=None, url=None)
    told = [finding.rule for finding in findings if finding.severity is not Severity.NOTE]
    assert told == ["self-missing"]


@pytest.mark.parametrize("html", ["<![CDATA[a]]>", "<![if a]>b", "<!x>", "<?php a ?>"])
def test_declarations_in_a_body_are_comments_as_in_html(html: str) -> None:
    body = render(FeedFormat.JSON, [make_entry(html=html)])
    assert check_document(body, media_type=None, url=None) == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(_SOUND)), st.data())
def test_no_document_makes_the_check_itself_fail(format: str, data: st.DataObject) -> None:
    sound = _SOUND[format]
    start = data.draw(st.integers(min_value=0, max_value=len(sound)))
    end = start + data.draw(st.integers(min_value=0, max_value=40))
    spoilt = sound[:start] + data.draw(st.text(max_size=20)) + sound[end:]
    for finding in check_document(spoilt.encode(), media_type=data.draw(st.text()), url=None):
        assert finding.rule in ERRORS | WARNINGS | NOTES


def test_a_finding_names_its_line_and_column() -> None:
    body = (
        _SOUND["atom"].replace("<entry", "\n<entry").replace("<updated>2026-01-01T", "<updated>", 1)
    )
    (finding,) = check_document(body.encode(), media_type=None, url=None)
    column = body.splitlines()[2].index("<updated>") + 1
    assert str(finding) == (
        f"3:{column}: error: not an RFC 3339 date: '12:00:02Z'; write 2026-01-31T09:30:00Z, "
        "in RSS and OPML Sat, 31 Jan 2026 09:30:00 GMT "
        "[date-invalid; RFC 3339 5.6, RFC 822 5.1]"
    )


@pytest.mark.parametrize(
    ("format", "before", "broken"),
    [
        ("atom", "<summary>", '<link href="ü"/>'),
        ("rss", "<guid", "<enclosure/>"),
        ("json", '"external_url":', '"image":"ü",'),
        ("opml", "<outline", "<outline/>"),
    ],
)
def test_a_place_is_exact_in_any_line_length_and_encoding(
    format: str, before: str, broken: str
) -> None:
    for start in ("", "\n" * 70_000 if format in ("atom", "json") else "\n", "\r\n "):
        text = _SOUND[format].replace(before, f"{start}{broken}{before}", 1)
        line = text[: text.index(broken)].count("\n") + 1
        column = len(text[: text.index(broken)].rpartition("\n")[2]) + 1
        for charset in ("utf-8", "iso-8859-1") if format == "atom" else ("utf-8",):
            body = re.sub("encoding=[\"']UTF-8[\"']", f'encoding="{charset}"', text)
            column_there = column + (len(body) - len(text) if line == 1 else 0)
            findings = check_document(body.encode(charset), media_type=None, url=None)
            places = {finding.place for finding in findings}
            assert Place(line=line, column=column_there) in places


def test_a_syntax_error_names_its_place() -> None:
    for format, found in (("atom", "</entry>"), ("json", '"id"')):
        body = _SOUND[format].replace(found, "\n\n" + "<", 1)
        (finding,) = check_document(body.encode(), media_type=None, url=None)
        assert finding.place is not None
        assert (finding.place.line, finding.place.column or 1) > (2, 0)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("", "empty"),
        ("Tomorrow, rain.", "plain text"),
        ("\0\1\2", "no text"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', "RSS 1.0"),
        ('<feed xmlns="http://purl.org/atom/ns#"/>', "Atom 0.3"),
        ('<entry xmlns="http://www.w3.org/2005/Atom"/>', "without its feed"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "a sitemap"),
        ("<svg/>", "XML with the root svg"),
        ("<html><body><p>Nothing</html>", "an HTML page"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "an HTML page"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(document: str, told: str) -> None:
    (finding,) = check_document(document.encode(), media_type=None, url=None)
    assert finding.rule == "format-unknown"
    assert told in finding.message


def test_the_feeds_of_a_page_are_listed() -> None:
    page = """<!doctype html><html><head><base href="/en/"><title>A page</title>
        <link rel="stylesheet" href="a.css"><link rel=alternate hreflang=de href="/de">
        <LINK REL="Alternate home" TYPE="application/atom+xml; charset=utf-8" HREF=" a.atom ">
        <link rel=alternate type=application/feed+json href="https://b.example/b.json">
        <link rel=alternate type=application/rss+xml href="https://[::1/c">
        <![if x]><link rel="feed" href="/d"></head>
        <body><link rel=alternate type=application/rss+xml href="/late.rss"></body></html>"""
    assert declared_feeds(page.encode(), "https://a.example/x/y") == [
        "https://a.example/en/a.atom",
        "https://b.example/b.json",
        "https://[::1/c",
        "https://a.example/d",
    ]
    assert declared_feeds(page.encode(), None)[:2] == ["/en/a.atom", "https://b.example/b.json"]
    found = check_document(page.encode(), media_type=None, url="https://a.example/x/y")
    assert [f.rule for f in found] == ["format-unknown"] + 4 * ["page-declares"]
    assert found[1].message == "the page declares the feed https://a.example/en/a.atom"


_ATOM_WITH_X = "<feed xmlns='http://www.w3.org/2005/Atom'>&x;</feed>"


def test_no_entity_is_ever_resolved() -> None:
    secret = "<!DOCTYPE feed [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>" + _ATOM_WITH_X
    laughs = "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(20))
    for text in (
        secret,
        f"<!DOCTYPE feed [<!ENTITY a0 'ha'>{laughs}]>" + _ATOM_WITH_X.replace("x;", "a20;"),
    ):
        findings = check_document(text.encode(), media_type=None, url=None)
        assert [f.rule for f in findings] in (["doctype"], ["not-well-formed"])


def test_an_xhtml_body_is_looked_into() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:a:b</id><title>T</title>
        <updated>2026-01-01T00:00:00Z</updated><author><name>A</name></author>
        <link rel="self" href="https://a.b/"/><entry><id>urn:a:c</id><title>T</title>
        <updated>2026-01-01T00:00:00Z</updated><content type="xhtml"
        ><div xmlns="http://www.w3.org/1999/xhtml"><script/></div></content></entry></feed>"""
    findings = check_document(body.encode(), media_type=None, url=None)
    assert "content-unsafe-element" in {f.rule for f in findings}


def test_formats_that_disagree_are_found() -> None:
    one, two = make_entry(1), make_entry(2, categories=(Category(term="a", label="A"),))
    atom = render(FeedFormat.ATOM, [two, one])
    for entries, rule in (
        ([two], "agreement-ids"),
        ([two, one, one], "agreement-ids"),
        ([one, two], "agreement-order"),
        ([make_entry(2), one], "agreement-fields"),
    ):
        for format in (FeedFormat.RSS, FeedFormat.JSON):
            documents = {FeedFormat.ATOM: atom, format: render(format, entries)}
            assert {f.rule for f in check_agreement(documents)} == {rule}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another"},
        {"slug": "another"},
        {"canonical_url": "https://example.com/another"},
        {"published": NEW_YEAR.replace(year=2023)},
        {"updated": NEW_YEAR.replace(microsecond=5)},
        {"authors": ()},
        {"source": None},
        {"categories": ()},
        {"summary": "Another"},
        {"html": "<p>Another</p>"},
        {"language": "de"},
        {"enclosures": ()},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_each_field_that_differs_is_found(changes: dict[str, object]) -> None:
    documents = {
        FeedFormat.JSON: render(FeedFormat.JSON, [make_entry(1)]),
        FeedFormat.ATOM: render(FeedFormat.ATOM, [make_entry(1, **changes)]),
    }
    assert {f.rule for f in check_agreement(documents)} == {"agreement-fields"}
