"""Documents that no check here knows: what they seem to be, and which feeds a page declares."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from feedsvc.feeds.check.xml import ATOM, XHTML

PAGE = "an HTML page"

_FEED_TYPES = frozenset(
    {
        "application/atom+xml",
        "application/rss+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/json",
    }
)
_PAGE = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)\b", re.I | re.S)
_ROOTS = {
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF": "RSS 1.0 or other RDF, not RSS 2.0",
    "{http://purl.org/atom/ns#}feed": "Atom 0.3, which RFC 4287 has replaced",
    f"{ATOM}entry": "an entry of Atom by itself, without its feed",
    "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset": "a sitemap",
    "{http://www.sitemaps.org/schemas/sitemap/0.9}sitemapindex": "an index of sitemaps",
}
_PAGES = ("html", "HTML", f"{XHTML}html")


def describe_root(tag: str) -> str:
    """What a document seems to be whose root no check knows."""
    return PAGE if tag in _PAGES else _ROOTS.get(tag, f"XML with the root {tag}")


def describe_text(body: bytes) -> str | None:
    """What a document seems to be that is not XML; None where it may have been meant as such."""
    if not body.strip():
        return "nothing: it is empty"
    if _PAGE.match(body):
        return PAGE
    if b"\0" in body[:1024] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "no text at all"
    if body.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] != b"<" and body.isascii():
        return "plain text"
    return None


def declared_feeds(body: bytes, url: str | None) -> list[str]:
    """The addresses that the head of an HTML page gives for feeds, in its order.

    url: of the page; where it is None, addresses stay as they are written.
    """
    head = _Head()
    head.feed(body.decode("utf-8", "replace"))
    base = urljoin(url or "", head.base) if head.base else url
    return list(dict.fromkeys(_absolute(base, href) for href in head.feeds))


def _absolute(base: str | None, href: str) -> str:
    try:
        return urljoin(base or "", href)
    except ValueError:  # a bracket that opens no IPv6 address
        return href


class _Head(HTMLParser):
    """Collects what links of a head declare, as the RSS autodiscovery and HTML 4.6.7.1 have it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feeds: list[str] = []
        self.base = ""
        self._is_over = False

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        # HTML knows no `<![`: a comment to browsers, an AssertionError in older Pythons.
        return self.parse_bogus_comment(i, report)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_over = self._is_over or tag == "body"
        told = {name: value or "" for name, value in reversed(attrs)}
        if self._is_over or not told.get("href"):
            return
        if tag == "base":
            self.base = self.base or told["href"].strip()
        kind = told.get("type", "").partition(";")[0].strip().lower()
        relations = told.get("rel", "").lower().split()
        is_declared = "feed" in relations or ("alternate" in relations and kind in _FEED_TYPES)
        if tag == "link" and is_declared:
            self.feeds.append(told["href"].strip())
