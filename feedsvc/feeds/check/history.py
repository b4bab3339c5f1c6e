"""The rules of paged and archived feeds (RFC 5005): of one document, and of a walk through all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from feedsvc.feeds.check.findings import Finding, Findings
from feedsvc.feeds.check.xml import ATOM, Element, parse_xml, whole_text, words
from feedsvc.model.selection import FeedFormat

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


@dataclass(frozen=True, kw_only=True)
class ArchivePage:
    """An archive document that a walk has come to. ids: its entries; none if it cannot be read."""

    url: str
    body: bytes
    ids: tuple[str, ...]
    findings: tuple[Finding, ...]


def walk_archives(
    format: FeedFormat, url: str, body: bytes, fetch: Callable[[str], bytes | None]
) -> Iterator[ArchivePage]:
    """Follow prev-archive, in JSON Feed next_url, from a subscription document to its end.

    url, body: the subscription document's. fetch: the body at a URL, None where there is none.
    Answers each archive document with the rules that only a walk can find broken.
    """
    seen: set[str] = set()
    walked = {url}
    newer, at = None, _links(format, body).get("prev-archive")
    while at:
        findings = Findings()
        found = None if at in walked else fetch(at)
        if at in walked:
            findings.add("archive-loop", f"{at} was come from")
        elif found is None:
            findings.add("archive-missing", f"there is nothing at {at}")
        links = _links(format, found) if found else {}
        ids = tuple(_ids(format, found)) if found else ()
        if found and format is not FeedFormat.JSON:
            _check_links(findings, links, current=url, newer=newer)
        for twice in sorted(seen.intersection(ids)):
            findings.add("archive-entry-twice", f"{twice} is in a newer archive document too")
        yield ArchivePage(url=at, body=found or b"", ids=ids, findings=tuple(findings.found))
        seen.update(ids)
        walked.add(at)
        newer, at = at, links.get("prev-archive")


def _check_links(
    findings: Findings, links: Mapping[str, str], *, current: str, newer: str | None
) -> None:
    if "archive" not in links:
        findings.add("archive-mark-missing", "an archive document that does not say so")
    if links.get("current", current) != current:
        findings.add("archive-current-differs", f"current is {links['current']!r}")
    if links.get("next-archive") != newer:
        told = f"next-archive is {links.get('next-archive')!r}, not {newer!r}"
        findings.add("archive-next-differs", told)


def check_reached(reached: int, expected: int) -> list[Finding]:
    """reached: entries in the feed and its archive documents; expected: entries that there are."""
    findings = Findings()
    if reached != expected:
        findings.add("archive-incomplete", f"{reached} of {expected} entries can be reached")
    return findings.found


def feed_ids(format: FeedFormat, body: bytes) -> set[str]:
    """The ids of the entries in a document; none if it cannot be read."""
    return set(_ids(format, body))


def _links(format: FeedFormat, body: bytes) -> dict[str, str]:
    """By relation, the links of a document; `archive` where it is marked as one."""
    if format is FeedFormat.JSON:
        document = _read_json(body)
        return {"prev-archive": document["next_url"]} if "next_url" in document else {}
    feed = _read_xml(format, body)
    if feed is None:
        return {}
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    if feed.find(f"{_HISTORY}archive") is not None:
        links["archive"] = ""
    return links


def _ids(format: FeedFormat, body: bytes) -> list[str]:
    if format is FeedFormat.JSON:
        return [item["id"] for item in _read_json(body).get("items", [])]
    feed = _read_xml(format, body)
    path = {FeedFormat.ATOM: f"{ATOM}entry/{ATOM}id", FeedFormat.RSS: "item/guid"}[format]
    return [] if feed is None else [whole_text(found) for found in feed.findall(path)]


def _read_json(body: bytes) -> dict[str, Any]:  # Any: raw JSON
    try:
        document = json.loads(body)
    except ValueError:
        return {}  # as `check_document` tells
    return document if isinstance(document, dict) else {}


def _read_xml(format: FeedFormat, body: bytes) -> Element:
    """Atom's feed, RSS's channel; None where there is none."""
    try:
        root = parse_xml(body)
    except etree.XMLSyntaxError:
        return None  # as `check_document` tells
    return root if format is FeedFormat.ATOM else root.find("channel")
