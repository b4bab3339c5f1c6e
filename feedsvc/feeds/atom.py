"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from lxml.etree import SubElement

from feedsvc.feeds.clean import rfc3339
from feedsvc.feeds.feedgen_adapter import (
    Element,
    add_entry,
    append_history,
    append_text,
    feed_namespaces,
    mark_origin,
    start_feed,
)
from feedsvc.feeds.item import Channel, Item, describe, make_items, without_failing
from feedsvc.model.entry import Entry, Tombstone
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.selection import FeedFormat

# RFC 6721.
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


def render(
    site: Site, feed: Feed, entries: Sequence[Entry], last_modified: datetime
) -> FeedDocument:
    """The feed as an Atom document; entries as they come, newest first."""
    channel = describe(site, feed, FeedFormat.ATOM)
    return FeedDocument(
        body=without_failing(
            entries, lambda some: _atom(channel, make_items(site, feed, some), feed.tombstones)
        ),
        media_type=FeedFormat.ATOM.media_type,
        last_modified=last_modified,
        history=feed.history,
    )


def _atom(channel: Channel, items: Sequence[Item], tombstones: Sequence[Tombstone]) -> bytes:
    generator = start_feed(channel)
    # RFC 4287 4.1.1: the feed's author stands for every entry that has none.
    generator.author(name=channel.author)
    generator.link(href=channel.self_url, rel="self", type="application/atom+xml")
    generator.link(href=channel.home, rel="alternate", type="text/html")
    generator.subtitle(channel.description)
    generator.icon(channel.icon)
    generator.logo(channel.icon)
    generator.register_extension("feedsvc", partial(_FeedExtension, channel, tombstones), rss=False)
    for item in items:
        entry = add_entry(generator, item)
        entry.author([{"name": name} for name in item.authors])
        if item.summary:
            entry.summary(item.summary)
        entry.register_extension("feedsvc", partial(_EntryExtension, item), rss=False)
    rendered: bytes = generator.atom_str()
    return rendered


@dataclass(frozen=True)
class _FeedExtension:
    channel: Channel
    tombstones: Sequence[Tombstone]

    def extend_ns(self) -> dict[str, str]:
        namespaces = feed_namespaces(self.channel)
        return namespaces | {"at": TOMBSTONES} if self.tombstones else namespaces

    def extend_atom(self, feed: Element) -> None:
        # feedgen has put the time of rendering there, and in each entry.
        feed.find("updated").text = rfc3339(self.channel.updated)
        append_history(feed, self.channel, "link", "application/atom+xml")
        # RELAX NG has no place for them behind the entries, which feedgen appends after this.
        for gone in self.tombstones:
            when = rfc3339(gone.departed_at)
            SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", ref=gone.guid, when=when)


@dataclass(frozen=True)
class _EntryExtension:
    item: Item

    def extend_atom(self, entry: Element) -> None:
        item = self.item
        entry.find("updated").text = rfc3339(item.updated)
        append_text(entry, "published", rfc3339(item.published))
        # feedgen keeps nothing of an entry's link but its href: an enclosure became a second
        # alternate, which readers open in place of the article.
        SubElement(entry, "link", rel="alternate", type="text/html", href=item.permalink)
        if item.via:
            SubElement(entry, "link", rel="via", href=item.via)
        for enclosure in item.enclosures:
            link = SubElement(
                entry, "link", rel="enclosure", type=enclosure.media_type, href=enclosure.href
            )
            if enclosure.size_bytes:
                link.set("length", str(enclosure.size_bytes))
        mark_origin(entry, item)
