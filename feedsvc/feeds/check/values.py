"""Checks of single values, the same in every format: URLs, ids, instants, languages, HTML."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import mktime_tz, parsedate_tz
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from feedsvc.clock import EPOCH
from feedsvc.feeds.check.findings import Findings
from feedsvc.feeds.check.xml import words
from feedsvc.feeds.clean import language_tag, xml_safe

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
_RFC822 = re.compile(
    r"((Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{2}|\d{4}) "
    r"\d\d:\d\d(:\d\d)? ([A-Z]{1,4}|[+-]\d{4})",
    re.ASCII,
)
_CLEAR_ZONE = re.compile(r"\d{4} \d\d:\d\d(:\d\d)? (GMT|[+-]\d{4})$", re.ASCII)
_UUID_URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TAG_URI = re.compile(r"tag:[^\s,:]+,\d{4}(-\d\d(-\d\d)?)?:.*", re.ASCII | re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):", re.ASCII)
_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_BARE_AMPERSAND = re.compile(r"&(?!#\d+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)", re.ASCII)
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&(#\d+|#x[0-9a-fA-F]+|[a-z]{2,8});")
_IGNORED_IN_URL = re.compile("[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\ufeff]")

# Servers' clocks differ by minutes.
_CLOCK_SKEW = timedelta(minutes=10)
_MANY_ENTRIES = 500

_UNSAFE_ELEMENTS = words(
    "applet base button embed form frame frameset iframe input link math meta object plaintext "
    "script select style svg template textarea xmp"
)
_URL_ATTRIBUTES = frozenset({"href", "src", "cite", "poster", "longdesc", "background"})
_VOID = words("area base br col embed hr img input link meta source track wbr")
_END_OPTIONAL = words("caption colgroup dd dt li option p rb rp rt rtc tbody td tfoot th thead tr")


def is_web_url(value: str) -> bool:
    """Whether `value` is an absolute http(s) URL."""
    try:
        parts = urlsplit(value)
    except ValueError:  # a bracket that opens no IPv6 address
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def check_url(findings: Findings, what: str, value: str, at: Any = None) -> None:
    """at: as in `Findings.add`, in all functions here."""
    if not is_web_url(value):
        findings.add("link-not-absolute", f"{what} is no absolute http(s) URL: {value!r}", at)
    elif not _URI.fullmatch(value):
        findings.add("link-characters", f"{what} has characters no URI has: {value!r}", at)


def check_id(findings: Findings, value: str, at: Any = None, *, uri: bool = True) -> None:
    """uri: whether the format asks for a URI (Atom), or takes any string (RSS, JSON Feed)."""
    scheme = _SCHEME.match(value)
    if uri and not scheme:
        findings.add("id-not-absolute", f"id is no absolute URI: {value!r}", at)
    if not value.isascii():
        findings.add("id-not-ascii", f"id is not ASCII: {value!r}", at)
    if scheme and scheme[1] != scheme[1].lower():
        findings.add("id-not-canonical", f"id's scheme is not in lower case: {value!r}", at)
    elif scheme and scheme[1] in ("http", "https"):
        host = value.split("/")[2] if value.count("/") >= 2 else ""
        if host != host.lower():
            findings.add("id-not-canonical", f"id's host is not in lower case: {value!r}", at)
    elif value.startswith("urn:uuid:") and not _UUID_URN.fullmatch(value):
        findings.add("id-uuid", f"id holds no UUID: {value!r}", at)
    elif value.startswith("tag:") and not _TAG_URI.fullmatch(value):
        findings.add("id-tag", f"id is no tag URI: {value!r}", at)


def check_entries(findings: Findings, ids: list[str], dates: list[datetime | None]) -> None:
    """ids: of all entries that have one. dates: when each changed, else was published; in order."""
    for value, count in Counter(ids).items():
        if count > 1:
            findings.add("id-duplicate", f"{count} entries have the id {value!r}")
    if len(dates) > _MANY_ENTRIES:
        findings.add("entries-many", f"feed shows {len(dates)} entries")
    known = [date for date in dates if date]
    if len(known) > 2 and all(a < b for a, b in pairwise(known)):
        findings.add("order-oldest-first", "the oldest entry comes first")


def check_title(findings: Findings, title: str, at: Any = None) -> None:
    if not title.strip():
        findings.add("title-empty", "title is empty", at)
    if _MARKUP.search(title):
        findings.add("title-like-markup", f"title looks like markup: {title!r}", at)


def check_plain_summary(findings: Findings, summary: str, at: Any = None) -> None:
    if re.search("</?[a-z][^<>]*>", summary):
        findings.add("summary-markup", "summary holds markup", at)


def check_language(findings: Findings, language: str | None, at: Any = None) -> None:
    if language is not None and language_tag(language) is None:
        findings.add("language-tag", f"not a language tag: {language!r}", at)


def check_characters(findings: Findings, what: str, text: str, at: Any = None) -> None:
    if xml_safe(text) != text:
        findings.add("control-character", f"{what} holds a character that XML cannot", at)


def check_published(
    findings: Findings,
    published: datetime | None,
    updated: datetime | None,
    at: Any = None,
    *,
    now: datetime | None,
) -> None:
    """now: None if nobody can tell what is still to come."""
    for instant in (published, updated):
        if instant and instant < EPOCH:
            findings.add("date-before-1970", f"date before 1970: {instant}", at)
        if instant and now and instant > now + _CLOCK_SKEW:
            findings.add("date-in-future", f"date is still to come: {instant}", at)
    if published is None and updated is None:
        findings.add("date-absent", "entry has no date", at)
    if published and updated and published > updated:
        findings.add("date-published-after-updated", f"published {published} > {updated}", at)


def check_updates(
    findings: Findings, feed: datetime | None, entries: list[datetime], at: Any = None
) -> None:
    """feed: when the feed says it changed, to whole seconds at least."""
    for instant, count in sorted(Counter(entries).items()):
        if count > 1:
            findings.add("date-updated-twice", f"several entries have the updated {instant}")
    if feed and entries and feed < max(entries).replace(microsecond=0):
        findings.add("date-feed-older-than-entry", f"feed says {feed}, an entry is later", at)


def read_rfc3339(findings: Findings, text: str, at: Any = None) -> datetime | None:
    try:
        if not _RFC3339.fullmatch(text):
            raise ValueError
        instant = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        findings.add("date-invalid", f"not an RFC 3339 date: {text!r}", at)
        return None
    if text[-1] not in "zZ":
        findings.add("date-not-utc", f"date with an offset: {text!r}", at)
    return instant


def read_rfc822(findings: Findings, text: str, at: Any = None) -> datetime | None:
    fields = parsedate_tz(text) if _RFC822.fullmatch(text) else None
    try:
        if fields is None:
            raise ValueError
        # datetime knows days that do not exist, which mktime_tz moves to the next month.
        day = datetime(fields[0], fields[1], fields[2], tzinfo=UTC)
        instant = datetime.fromtimestamp(mktime_tz(fields), UTC)
    except (ValueError, OverflowError):
        findings.add("date-invalid", f"not an RFC 822 date: {text!r}", at)
        return None
    if not _CLEAR_ZONE.search(text):
        findings.add("rss-date-form", f"two-digit year or named zone: {text!r}", at)
    weekdays = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    if "," in text and text[:3] != weekdays[day.weekday()]:
        findings.add("rss-weekday", f"{text!r} was a {weekdays[day.weekday()]}", at)
    return instant


def check_length(findings: Findings, length: str, at: Any = None) -> None:
    if not (length.isascii() and length.isdigit()):
        findings.add("enclosure-length", f"length is no number of bytes: {length!r}", at)
    elif not length.strip("0"):
        findings.add("enclosure-length-zero", "length is 0", at)


def check_body(findings: Findings, html: str, at: Any = None) -> None:
    """HTML as a reader would show it: unsafe, relative, or badly nested."""
    scan = _Scan()
    scan.feed(html)
    scan.close()
    for rule, message in dict.fromkeys(scan.found):
        findings.add(rule, message, at)
    if scan.open - _END_OPTIONAL:
        findings.add("content-nesting", f"never closed: {', '.join(sorted(scan.open))}", at)
    if _BARE_AMPERSAND.search(html):
        findings.add("content-ampersand", "content holds a bare &", at)


def check_summary(findings: Findings, summary: str, html: str, at: Any = None) -> None:
    if summary and summary.split() == unescape(re.sub("<[^>]*>", " ", html)).split():
        findings.add("summary-repeats-content", "summary repeats the content", at)


class _Scan(HTMLParser):
    """Collects (rule, message) of what stands in a fragment."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._stack: list[str] = []

    @property
    def open(self) -> set[str]:
        return set(self._stack)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # HTML knows no `<![`: a comment to browsers, an AssertionError in older Pythons.
        return self.parse_bogus_comment(i, report)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSAFE_ELEMENTS:
            self.found.append(("content-unsafe-element", f"content holds <{tag}>"))
        elif "-" in tag:
            self.found.append(("content-custom-element", f"content holds <{tag}>"))
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag not in _VOID:
            self._stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # HTML: <p/> opens a paragraph and leaves it open

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._stack:
            self.found.append(("content-nesting", f"</{tag}> closes nothing"))
            return
        while (closed := self._stack.pop()) != tag:
            if closed not in _END_OPTIONAL:
                self.found.append(("content-nesting", f"</{tag}> stands before </{closed}>"))

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or name in ("style", "formaction", "srcdoc"):
            self.found.append(("content-unsafe-attribute", f"<{tag}> has {name}"))
        if name in _URL_ATTRIBUTES:
            self._url(tag, value)
        if name == "srcset":
            for candidate in re.split(r",\s", value):
                self._url(tag, candidate.strip().partition(" ")[0])

    def _url(self, tag: str, value: str) -> None:
        scheme = _SCHEME.match(_IGNORED_IN_URL.sub("", value))
        if scheme is None:
            self.found.append(("content-relative-url", f"<{tag}> points to {value!r}"))
        elif scheme[1].lower() not in ("http", "https", "mailto"):
            self.found.append(("content-unsafe-url", f"<{tag}> points to {value[:40]!r}"))
