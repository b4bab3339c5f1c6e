"""JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from feedsvc.feeds.clean import rfc3339
from feedsvc.feeds.item import Channel, Item, describe, make_items, without_failing
from feedsvc.model.entry import Enclosure, Entry
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.selection import FeedFormat

VERSION = "https://jsonfeed.org/version/1.1"


def render(
    site: Site, feed: Feed, entries: Sequence[Entry], last_modified: datetime
) -> FeedDocument:
    """The feed as a JSON Feed document; entries as they come, newest first."""
    channel = describe(site, feed, FeedFormat.JSON)
    return FeedDocument(
        body=without_failing(entries, lambda some: _json(channel, make_items(site, feed, some))),
        media_type=FeedFormat.JSON.media_type,
        last_modified=last_modified,
        history=feed.history,
    )


def _json(channel: Channel, items: Sequence[Item]) -> bytes:
    # The spec knows no way back to newer items, so only the older ones are linked.
    older = channel.history.get("prev-archive")
    document = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.self_url,
        **({"next_url": older} if older else {}),
        "description": channel.description,
        "icon": channel.icon,
        "favicon": channel.favicon,
        "authors": [{"name": channel.author}],
        "language": channel.language,
        "items": [_item(item) for item in items],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _item(item: Item) -> dict[str, object]:
    fields = {
        "id": item.guid,
        "url": item.permalink,
        "external_url": item.via,
        "title": item.title,
        "content_html": item.body,
        "summary": item.summary,
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": [{"name": name} for name in item.authors],
        "tags": [category.label for category in item.categories],
        "language": item.language,
        "attachments": [_attachment(enclosure) for enclosure in item.enclosures],
        # An extension of ours, for what Atom and RSS say as dc:publisher.
        "_feedsvc": {"publisher": item.publisher} if item.publisher else None,
    }
    # An empty body is told: an item must have content_html or content_text.
    return {name: value for name, value in fields.items() if value or name == "content_html"}


def _attachment(enclosure: Enclosure) -> dict[str, object]:
    attachment: dict[str, object] = {"url": enclosure.href, "mime_type": enclosure.media_type}
    if enclosure.size_bytes:
        attachment["size_in_bytes"] = enclosure.size_bytes
    return attachment
