"""What a reader sees of each entry, read back from any format."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

from feedsvc.feeds.check.xml import (
    ATOM,
    CONTENT,
    DUBLIN_CORE,
    XML,
    Element,
    parse_xml,
    text_of,
    whole_text,
)
from feedsvc.model.selection import FeedFormat


@dataclass(frozen=True, kw_only=True)
class SeenEntry:
    """An entry as far as all formats can tell it.

    published: whole seconds, since RSS has no more.
    enclosure: URL, type and length of the first, since RSS has no more; None where there is none.
    """

    id: str
    title: str
    link: str
    via: str
    published: datetime | None
    updated: datetime | None
    authors: tuple[str, ...]
    publisher: str
    categories: tuple[str, ...]
    summary: str
    body: str
    language: str
    enclosure: tuple[str, str, int] | None


def read_entries(format: FeedFormat, body: bytes) -> list[SeenEntry]:
    """The entries of one document, which must be one that `check_document` finds no error in."""
    return _READERS[format](body)


def _read_atom(body: bytes) -> list[SeenEntry]:
    return [_atom_entry(entry) for entry in parse_xml(body).findall(f"{ATOM}entry")]


def _atom_entry(entry: Element) -> SeenEntry:
    # Reversed, so that the first link of a relation is the one that stays.
    links = {x.get("rel", "alternate"): x for x in reversed(entry.findall(f"{ATOM}link"))}
    hrefs = {relation: link.get("href") for relation, link in links.items()}
    enclosure = links.get("enclosure")
    return SeenEntry(
        id=text_of(entry, f"{ATOM}id"),
        title=text_of(entry, f"{ATOM}title"),
        link=hrefs.get("alternate", ""),
        via=hrefs.get("via", ""),
        published=_seconds(_rfc3339(text_of(entry, f"{ATOM}published"))),
        updated=_rfc3339(text_of(entry, f"{ATOM}updated")),
        authors=tuple(text_of(a, f"{ATOM}name") for a in entry.findall(f"{ATOM}author")),
        publisher=text_of(entry, f"{DUBLIN_CORE}publisher"),
        categories=tuple(c.get("label", "") for c in entry.findall(f"{ATOM}category")),
        summary=text_of(entry, f"{ATOM}summary"),
        body=text_of(entry, f"{ATOM}content"),
        language=entry.get(f"{XML}lang", ""),
        enclosure=None if enclosure is None else _enclosure(enclosure, "href"),
    )


def _read_rss(body: bytes) -> list[SeenEntry]:
    return [_rss_item(item) for item in parse_xml(body).findall("channel/item")]


def _rss_item(item: Element) -> SeenEntry:
    description, encoded = text_of(item, "description"), item.find(f"{CONTENT}encoded")
    published = text_of(item, "pubDate")
    enclosure = item.find("enclosure")
    return SeenEntry(
        id=text_of(item, "guid"),
        title=text_of(item, "title"),
        link=text_of(item, "link"),
        via=text_of(item, f"{DUBLIN_CORE}source"),
        published=parsedate_to_datetime(published).astimezone(UTC) if published else None,
        updated=_rfc3339(text_of(item, f"{ATOM}updated")),
        authors=tuple(whole_text(a) for a in item.findall(f"{DUBLIN_CORE}creator")),
        publisher=text_of(item, f"{DUBLIN_CORE}publisher"),
        categories=tuple(whole_text(c) for c in item.findall("category")),
        summary="" if encoded is None else unescape(description),
        body=description if encoded is None else whole_text(encoded),
        language=item.get(f"{XML}lang", ""),
        enclosure=None if enclosure is None else _enclosure(enclosure, "url"),
    )


def _read_json(body: bytes) -> list[SeenEntry]:
    return [_json_item(item) for item in json.loads(body)["items"]]


def _json_item(item: dict[str, Any]) -> SeenEntry:  # Any: raw JSON
    attachments = item.get("attachments")
    return SeenEntry(
        id=item["id"],
        title=item.get("title", ""),
        link=item.get("url", ""),
        via=item.get("external_url", ""),
        published=_seconds(_rfc3339(item.get("date_published", ""))),
        updated=_rfc3339(item.get("date_modified", "")),
        authors=tuple(author.get("name", "") for author in item.get("authors", ())),
        publisher=item.get("_feedsvc", {}).get("publisher", ""),
        categories=tuple(item.get("tags", ())),
        summary=item.get("summary", ""),
        body=item.get("content_html", ""),
        language=item.get("language", ""),
        enclosure=(
            attachments[0]["url"],
            attachments[0]["mime_type"],
            attachments[0].get("size_in_bytes", 0),
        )
        if attachments
        else None,
    )


_READERS: dict[FeedFormat, Callable[[bytes], list[SeenEntry]]] = {
    FeedFormat.ATOM: _read_atom,
    FeedFormat.RSS: _read_rss,
    FeedFormat.JSON: _read_json,
}


def _enclosure(element: Element, url: str) -> tuple[str, str, int]:
    return element.get(url), element.get("type"), int(element.get("length", "0"))


def _rfc3339(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _seconds(instant: datetime | None) -> datetime | None:
    return instant.replace(microsecond=0) if instant else None
