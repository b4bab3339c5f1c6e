"""The check of one document: what format it has, whether it can be read, and then its rules."""

from __future__ import annotations

import codecs
import json
from email.message import Message

from lxml import etree

from feedsvc.feeds.check.atom import check_atom
from feedsvc.feeds.check.findings import Finding, Findings
from feedsvc.feeds.check.jsonfeed import check_json
from feedsvc.feeds.check.opml import check_opml
from feedsvc.feeds.check.rss import check_rss
from feedsvc.feeds.check.values import check_language
from feedsvc.feeds.check.xml import ATOM, XML, parse_xml

LARGE_BYTES = 1_048_576

_CHECKS = {f"{ATOM}feed": check_atom, "rss": check_rss, "opml": check_opml}
_MEDIA_TYPES = {
    f"{ATOM}feed": ("application/atom+xml",),
    "rss": ("application/rss+xml",),
    "opml": ("text/x-opml", "text/xml", "application/xml"),
    "json": ("application/feed+json", "application/json"),
}


def check_document(body: bytes, *, media_type: str | None, url: str | None) -> list[Finding]:
    """Every broken rule that can be seen in one feed document, in the order of the document.

    media_type: its Content-Type. url: where it was fetched. What is None is not looked at.
    """
    findings = Findings()
    if body.startswith(codecs.BOM_UTF8):
        findings.add("byte-order-mark", "document begins with a byte order mark", 1)
        body = body.removeprefix(codecs.BOM_UTF8)
    if len(body) > LARGE_BYTES:
        findings.add("document-large", f"document has {len(body)} bytes")
    if body.lstrip()[:1] in (b"{", b"["):
        _check_json_text(findings, body, media_type, url)
    else:
        _check_xml_text(findings, body, media_type, url)
    return findings.found


def _check_xml_text(
    findings: Findings, body: bytes, media_type: str | None, url: str | None
) -> None:
    try:
        root = parse_xml(body)
    except etree.XMLSyntaxError as error:
        findings.add("not-well-formed", f"not XML: {error.msg}", error.lineno)
        return
    document = root.getroottree()
    if document.docinfo.doctype:
        # Nothing further is trusted: what entities would hold is not there.
        findings.add("doctype", "document has a document type declaration", 1)
        return
    charset = document.docinfo.encoding or "UTF-8"
    if charset.upper() not in ("UTF-8", "US-ASCII", "ASCII"):
        findings.add("encoding", f"document is in {charset}, not in UTF-8", 1)
    if root.tag not in _CHECKS:
        findings.add("format-unknown", f"not a feed: the root is {root.tag}", root)
        return
    _check_media_type(findings, media_type, root.tag, charset)
    for instruction in root.itersiblings(etree.PI, preceding=True):
        if instruction.target == "xml-stylesheet":
            findings.add("stylesheet", "document asks for a stylesheet", instruction)
    for element in root.iter(etree.Element):
        check_language(findings, element.get(f"{XML}lang"), element)
        if element.get(f"{XML}base") is not None:
            findings.add("xml-base", "links are relative to xml:base", element)
    _CHECKS[root.tag](findings, root, url)


def _check_json_text(
    findings: Findings, body: bytes, media_type: str | None, url: str | None
) -> None:
    try:
        document = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        findings.add("encoding", f"document is not in UTF-8 at byte {error.start}")
        return
    except json.JSONDecodeError as error:
        findings.add("not-well-formed", f"not JSON: {error.msg}", error.lineno)
        return
    except (RecursionError, ValueError) as error:  # ValueError: a number beyond all measure
        findings.add("not-well-formed", f"not JSON that anyone reads: {error}")
        return
    if not isinstance(document, dict):
        findings.add("format-unknown", "not a feed: the JSON is no object", 1)
        return
    _check_media_type(findings, media_type, "json", "UTF-8")
    check_json(findings, document, url)


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
