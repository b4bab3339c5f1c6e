"""The rules of paged and archived feeds (RFC 5005) that one document can break."""

from __future__ import annotations

from feedsvc.feeds.check.findings import Findings
from feedsvc.feeds.check.xml import ATOM, Element, words

_HISTORY = "{http://purl.org/syndication/history/1.0}"
_PAGING = words("first last next previous prev-archive next-archive current")


def check_history(findings: Findings, feed: Element, entries: list[Element]) -> None:
    """feed: Atom's feed or RSS's channel; both link with atom:link."""
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    if feed.find(f"{_HISTORY}archive") is not None and "current" not in links:
        findings.add("archive-current-missing", "archive without a link to the feed", feed)
    for relation in ("next", "previous", "prev-archive", "next-archive"):
        if relation in links and links[relation] == links.get("self"):
            findings.add("paging-loop", f"{relation} is the document itself", feed)
    for entry in entries:
        if any(link.get("rel") in _PAGING for link in entry.findall(f"{ATOM}link")):
            findings.add("history-link-in-entry", "entry links to another page", entry)
