"""The rules of OPML 2.0, for a list of subscriptions."""

from __future__ import annotations

from datetime import datetime

from feedsvc.feeds.check.findings import Findings
from feedsvc.feeds.check.values import check_language, check_url, read_rfc822
from feedsvc.feeds.check.xml import Element, whole_text


def check_opml(findings: Findings, opml: Element, _url: str | None, _now: datetime | None) -> None:
    """opml: the root. An OPML document does not say where it is, so its URL does not matter."""
    if opml.get("version") not in ("1.0", "1.1", "2.0"):
        findings.add("opml-version", f"version is {opml.get('version')!r}", opml)
    head, body = opml.find("head"), opml.find("body")
    if head is None or body is None or body.find("outline") is None:
        findings.add("opml-structure", "no head, no body, or no outline in it", opml)
        return
    for name in ("dateCreated", "dateModified"):
        for date in head.findall(name):
            read_rfc822(findings, whole_text(date), date)
    for outline in body.iter("outline"):
        if not outline.get("text"):
            findings.add("opml-text", "outline without text", outline)
        if outline.find("outline") is None:
            _check_subscription(findings, outline)


def _check_subscription(findings: Findings, outline: Element) -> None:
    if not outline.get("title"):
        findings.add("opml-title", "subscription without a title", outline)
    if outline.get("type", "").lower() != "rss":
        findings.add("opml-type", f"type is {outline.get('type')!r}, not 'rss'", outline)
    if not outline.get("xmlUrl"):
        findings.add("opml-xml-url", "subscription without xmlUrl", outline)
    for name in ("xmlUrl", "htmlUrl"):
        if outline.get(name):
            check_url(findings, name, outline.get(name), outline)
    check_language(findings, outline.get("language"), outline)
