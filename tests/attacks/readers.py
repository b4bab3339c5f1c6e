"""What a reader takes out of a feed and puts into its page as HTML, whatever it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from feedsvc.model.selection import FeedFormat

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
# What is HTML by specification; anything else is plain text, which lax readers take for HTML.
_BODIES = frozenset({"content", "encoded", "description", "content_html"})
# Addresses, dates and ids are never shown as markup.
_PLAIN_FACTS = frozenset(
    "id guid link updated published pubDate lastBuildDate icon logo docs ttl generator url".split()
)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A string that a reader shows, and where it was. is_body: HTML by specification."""

    place: str
    text: str
    is_body: bool


def shown_by_readers(format: FeedFormat, body: bytes) -> Iterator[Shown]:
    """Every string of a feed's entries; raises where the feed is not well-formed."""
    if format is FeedFormat.JSON:
        yield from _of_json(json.loads(body))
        return
    for element in etree.fromstring(body, _PARSER).iter():
        name = etree.QName(element).localname
        if name in _PLAIN_FACTS:
            continue
        if element.text and not element.text.isspace():
            yield Shown(place=f"{format} {name}", text=element.text, is_body=name in _BODIES)
        for attribute in ("label", "title"):
            if value := element.get(attribute):
                yield Shown(place=f"{format} {name} {attribute}", text=value, is_body=False)


def links_of(format: FeedFormat, body: bytes) -> Iterator[str]:
    """Every address in a feed that a reader might follow or load."""
    if format is FeedFormat.JSON:
        for item in json.loads(body)["items"]:
            for key in ("url", "external_url", "image", "banner_image"):
                if key in item:
                    yield item[key]
            yield from (attached["url"] for attached in item.get("attachments", ()))
        return
    for element in etree.fromstring(body, _PARSER).iter():
        if etree.QName(element).localname in ("link", "url", "icon", "logo", "docs", "uri"):
            yield from (v for v in (element.text, element.get("href")) if v and not v.isspace())
        if url := element.get("url"):
            yield url


def _of_json(feed: dict[str, object]) -> Iterator[Shown]:
    items = feed["items"]
    assert isinstance(items, list)
    for item in items:
        for key in ("title", "summary", "content_html", "content_text"):
            if key in item:
                yield Shown(place=f"json {key}", text=item[key], is_body=key == "content_html")
        for author in item.get("authors", ()):
            yield Shown(place="json author", text=author["name"], is_body=False)
        for tag in item.get("tags", ()):
            yield Shown(place="json tag", text=tag, is_body=False)
