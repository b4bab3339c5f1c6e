"""feedgen 1.0 as Atom and RSS use it: what both set, and the faults that both must mend.

feedgen writes most elements right. What it loses (FEEDS section 2: attributes of entry links,
every link of an RSS channel but the first, names without an address) or gets from the clock and
the locale (every date) is written by extensions of ours: it calls their `extend_atom` or
`extend_rss` with the element that it has just finished.
"""

from __future__ import annotations

from typing import Any

from feedgen.feed import FeedGenerator
from lxml.etree import SubElement

from feedsvc.feeds.item import Channel, Item

# Any, here and in the two formats: neither lxml nor feedgen has types.
Element = Any
Generator = Any
GeneratorEntry = Any

ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
FEED_HISTORY = "http://purl.org/syndication/history/1.0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def start_feed(channel: Channel) -> Generator:
    """A feedgen generator that knows what Atom and RSS have in common of a feed."""
    generator = FeedGenerator()
    generator.id(channel.guid)
    generator.title(channel.title)
    generator.language(channel.language)
    # No version: an upgrade of feedsvc must not change a feed.
    generator.generator("feedsvc")
    return generator


def add_entry(generator: Generator, item: Item) -> GeneratorEntry:
    """Add an entry that knows what Atom and RSS have in common of it."""
    # feedgen puts each entry before the last one; ours come newest first already.
    entry = generator.add_entry(order="append")
    entry.id(item.guid)
    entry.title(item.title)
    entry.content(item.body, type="html")
    entry.category([{"term": c.term, "label": c.label} for c in item.categories])
    return entry


def feed_namespaces(channel: Channel) -> dict[str, str]:
    """The namespaces that feedgen itself does not declare, by prefix."""
    history = {"fh": FEED_HISTORY} if channel.is_archive else {}
    return {"dc": DUBLIN_CORE, **history}


def append_history(parent: Element, channel: Channel, link: str, media_type: str) -> None:
    """That this is an archive document, and links named `link` to the feed's other documents.

    feedgen keeps one link of an RSS channel, whatever its relation.
    """
    if channel.is_archive:
        SubElement(parent, f"{{{FEED_HISTORY}}}archive")
    for relation, href in channel.history.items():
        SubElement(parent, link, rel=relation, type=media_type, href=href)


def append_text(parent: Element, name: str, text: str) -> None:
    """A new child `name` that holds `text`; lxml escapes it."""
    SubElement(parent, name).text = text


def mark_origin(element: Element, item: Item) -> None:
    """The language of an entry, and who published it first.

    The publisher is a dc:publisher. atom:source and RSS's source name a feed that the entry was
    copied from, by its id or URL, dc:source names a resource: of the publisher we know its name.
    """
    if item.language:
        element.set(XML_LANG, item.language)
    if item.publisher:
        append_text(element, f"{{{DUBLIN_CORE}}}publisher", item.publisher)
