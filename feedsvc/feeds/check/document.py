"""The check of one document: what format it has, whether it can be read, and then its rules."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from datetime import datetime
from email.message import Message
from typing import Any, NoReturn

from lxml import etree

from feedsvc.feeds.check.atom import check_atom
from feedsvc.feeds.check.findings import Finding, Findings, Place
from feedsvc.feeds.check.jsonfeed import check_json
from feedsvc.feeds.check.opml import check_opml
from feedsvc.feeds.check.places import find_elements, find_values
from feedsvc.feeds.check.rss import check_rss
from feedsvc.feeds.check.strangers import PAGE, declared_feeds, describe_root, describe_text
from feedsvc.feeds.check.values import check_language
from feedsvc.feeds.check.xml import ATOM, XML, Element, parse_xml

LARGE_BYTES = 1_048_576
TOO_LARGE_BYTES = 5_000_000

_CHECKS = {f"{ATOM}feed": check_atom, "rss": check_rss, "opml": check_opml}
_MEDIA_TYPES = {
    f"{ATOM}feed": ("application/atom+xml",),
    "rss": ("application/rss+xml",),
    "opml": ("text/x-opml", "text/xml", "application/xml"),
    "json": ("application/feed+json", "application/json"),
}


def check_document(
    body: bytes, *, media_type: str | None, url: str | None, now: datetime | None = None
) -> list[Finding]:
    """Every broken rule that can be seen in one feed document, in the order of the document.

    media_type: its Content-Type. url: where it was fetched. now: the time, to know what is still
    to come. What is None is not looked at.
    """
    findings = Findings()
    if body.startswith(codecs.BOM_UTF8):
        findings.add("byte-order-mark", "document begins with a byte order mark", 1)
        body = body.removeprefix(codecs.BOM_UTF8)
    if len(body) > TOO_LARGE_BYTES:
        findings.add("document-too-large", f"document has {len(body)} bytes")
    elif len(body) > LARGE_BYTES:
        findings.add("document-large", f"document has {len(body)} bytes")
    if body.lstrip()[:1] in (b"{", b"["):
        _check_json_text(findings, body, media_type, url, now)
    else:
        _check_xml_text(findings, body, media_type, url, now)
    return findings.found


def _check_xml_text(
    findings: Findings, body: bytes, media_type: str | None, url: str | None, now: datetime | None
) -> None:
    try:
        root = parse_xml(body)
    except etree.XMLSyntaxError as error:
        if stranger := describe_text(body):
            _tell_stranger(findings, stranger, body, url)
        else:
            findings.add("not-well-formed", f"not XML: {error.msg}", _syntax_place(error))
        return
    if root.tag not in _CHECKS:
        _tell_stranger(findings, describe_root(root.tag), body, url)
        return
    document = root.getroottree()
    if document.docinfo.doctype:
        # Nothing further is trusted: what entities would hold is not there.
        findings.add("doctype", "document has a document type declaration", 1)
        return
    charset = document.docinfo.encoding or "UTF-8"
    if charset.upper() not in ("UTF-8", "US-ASCII", "ASCII"):
        findings.add("encoding", f"document is in {charset}, not in UTF-8", 1)
    _check_media_type(findings, media_type, root.tag, charset)
    _check_everywhere(findings, root)
    _CHECKS[root.tag](findings, root, url, now)
    findings.locate(lambda elements: find_elements(body, root, elements))


def _tell_stranger(findings: Findings, stranger: str, body: bytes, url: str | None) -> None:
    findings.add("format-unknown", f"not a feed: this seems to be {stranger}")
    if stranger == PAGE:
        for address in declared_feeds(body, url):
            findings.add("page-declares", f"the page declares the feed {address}")


def _syntax_place(error: etree.XMLSyntaxError) -> Place | None:
    line, column = error.position
    return Place(line=line, column=column or None) if line else None


def _check_everywhere(findings: Findings, root: Element) -> None:
    """What holds for each element of any vocabulary."""
    for instruction in root.itersiblings(etree.PI, preceding=True):
        if instruction.target == "xml-stylesheet":
            told = "document asks for a stylesheet"
            findings.add("stylesheet", told, instruction.sourceline)
    for element in root.iter(etree.Element):
        check_language(findings, element.get(f"{XML}lang"), element)
        if element.get(f"{XML}base") is not None:
            findings.add("xml-base", "links are relative to xml:base", element)


def _check_json_text(
    findings: Findings, body: bytes, media_type: str | None, url: str | None, now: datetime | None
) -> None:
    names = _Names()
    try:
        text = body.decode("utf-8")
        document = json.loads(text, object_pairs_hook=names.join, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        findings.add("encoding", f"document is not in UTF-8 at byte {error.start}")
        return
    except json.JSONDecodeError as error:
        place = Place(line=error.lineno, column=error.colno)
        findings.add("not-well-formed", f"not JSON: {error.msg}", place)
        return
    except (RecursionError, ValueError) as error:  # ValueError: a number beyond all measure
        findings.add("not-well-formed", f"not JSON that anyone reads: {error}")
        return
    if not isinstance(document, dict):
        findings.add("format-unknown", "not a feed: the JSON is no object", 1)
        return
    for name in dict.fromkeys(names.doubled):
        findings.add("json-duplicate-name", f"an object has two members {name!r}")
    _check_media_type(findings, media_type, "json", "UTF-8")
    check_json(findings, document, url, now)
    if names.doubled:
        findings.locate(lambda wanted: [None] * len(wanted))  # half of them are lost
    else:
        findings.locate(lambda wanted: find_values(text, document, wanted))


class _Names:
    """Makes the objects of a JSON document, and keeps the names that one has twice."""

    def __init__(self) -> None:
        self.doubled: list[str] = []

    def join(self, members: list[tuple[str, Any]]) -> dict[str, Any]:  # Any: raw JSON
        joined = dict(members)
        if len(joined) < len(members):
            counts = Counter(name for name, _ in members)
            self.doubled += [name for name, count in counts.items() if count > 1]
        return joined


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _check_media_type(
    findings: Findings, media_type: str | None, format: str, charset: str
) -> None:
    if media_type is None:
        return
    header = Message()
    header["Content-Type"] = media_type
    if header.get_content_type() not in _MEDIA_TYPES[format]:
        findings.add("media-type", f"{media_type!r}, not {_MEDIA_TYPES[format][0]!r}")
    declared = header.get_content_charset()
    if declared is None and format != "json":
        findings.add("charset-missing", f"{media_type!r} names no charset")
    if declared is not None and declared.upper() != charset.upper():
        findings.add("encoding", f"{media_type!r}, but the document is in {charset}")
