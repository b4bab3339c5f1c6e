"""RSS 2.0, within the RSS Advisory Board's Best Practices Profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape

from lxml.etree import SubElement

from feedsvc.feeds.clean import rfc822, rfc3339
from feedsvc.feeds.feedgen_adapter import (
    ATOM,
    DUBLIN_CORE,
    Element,
    add_entry,
    append_history,
    append_text,
    feed_namespaces,
    mark_origin,
    start_feed,
)
from feedsvc.feeds.item import Channel, Item, describe, make_items, without_failing
from feedsvc.model.entry import Entry
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.selection import FeedFormat


def render(
    site: Site, feed: Feed, entries: Sequence[Entry], last_modified: datetime
) -> FeedDocument:
    """The feed as an RSS document; entries as they come, newest first."""
    channel = describe(site, feed, FeedFormat.RSS)
    return FeedDocument(
        body=without_failing(entries, lambda some: _rss(channel, make_items(site, feed, some))),
        media_type=FeedFormat.RSS.media_type,
        last_modified=last_modified,
        history=feed.history,
    )


def _rss(channel: Channel, items: Sequence[Item]) -> bytes:
    generator = start_feed(channel)
    # feedgen takes the last link of any kind for the channel's; the others are _FeedExtension's.
    generator.link(href=channel.home)
    generator.description(channel.description)
    generator.docs("https://www.rssboard.org/rss-specification")
    generator.ttl(channel.ttl_minutes)
    generator.image(url=channel.icon, title=channel.title, link=channel.home)
    # feedgen writes a date under locale.setlocale, which every thread of the process would see,
    # and has no way to say that there is none; so its dates stay unset and we write them.
    generator._FeedGenerator__rss_lastBuildDate = None
    generator.register_extension("feedsvc", partial(_FeedExtension, channel), atom=False)
    for item in items:
        entry = add_entry(generator, item)
        entry.link(href=item.permalink, rel="alternate")
        if item.summary:
            # RSS's description is HTML, our summary is not.
            entry.description(escape(item.summary, quote=False), isSummary=True)
        for enclosure in item.enclosures[:1]:  # the profile and most readers know only one
            entry.enclosure(enclosure.href, enclosure.size_bytes, enclosure.media_type)
        entry.register_extension("feedsvc", partial(_EntryExtension, item), atom=False)
    rendered: bytes = generator.rss_str()
    return rendered


@dataclass(frozen=True)
class _FeedExtension:
    channel: Channel

    def extend_ns(self) -> dict[str, str]:
        return feed_namespaces(self.channel)

    def extend_rss(self, rss: Element) -> None:
        channel = rss.find("channel")
        append_text(channel, "lastBuildDate", rfc822(self.channel.updated))
        link = f"{{{ATOM}}}link"
        url, home = self.channel.self_url, self.channel.home
        SubElement(channel, link, rel="self", type="application/rss+xml", href=url)
        SubElement(channel, link, rel="alternate", type="text/html", href=home)
        append_history(channel, self.channel, link, "application/rss+xml")


@dataclass(frozen=True)
class _EntryExtension:
    item: Item

    def extend_rss(self, element: Element) -> None:
        item = self.item
        append_text(element, "pubDate", rfc822(item.published))
        append_text(element, f"{{{ATOM}}}updated", rfc3339(item.updated))
        # RSS's own author is an e-mail address; names are Dublin Core's.
        for name in item.authors:
            append_text(element, f"{{{DUBLIN_CORE}}}creator", name)
        if item.via:
            # Not atom:link: parsers that know no namespaces take that for the item's own link.
            append_text(element, f"{{{DUBLIN_CORE}}}source", item.via)
        mark_origin(element, item)
