"""OPML 2.0: the list of a site's feeds, as feed readers import it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from feedsvc.feeds.clean import heading, language_tag, plain, rfc822
from feedsvc.feeds.feedgen_adapter import Element, append_text
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.selection import NAMED, FeedFormat, SelectionKind

MEDIA_TYPE = "text/x-opml; charset=utf-8"

_GROUPS = {
    SelectionKind.CUSTOM: "Selections",
    SelectionKind.SOURCE: "Sources",
    SelectionKind.LANGUAGE: "Languages",
    SelectionKind.TAG: "Tags",
    SelectionKind.AUTHOR: "Authors",
}


def render(site: Site, feeds: Sequence[Feed], last_modified: datetime) -> FeedDocument:
    """The feeds as outlines: those of everything first, then a group a kind of selection."""
    opml = etree.Element("opml", version="2.0")
    head = etree.SubElement(opml, "head")
    append_text(head, "title", heading(site.title))
    changed = max((feed.updated for feed in feeds), default=last_modified)
    append_text(head, "dateModified", rfc822(changed))
    append_text(head, "docs", "http://opml.org/spec2.opml")
    body = etree.SubElement(opml, "body")
    for feed in feeds:
        if feed.selection.kind not in NAMED:
            _append_outline(body, site, feed)
    for kind, title in _GROUPS.items():
        chosen = [feed for feed in feeds if feed.selection.kind is kind]
        if chosen:
            group = etree.SubElement(body, "outline", text=title, title=title)
            for feed in chosen:
                _append_outline(group, site, feed)
    rendered = etree.tostring(opml, encoding="UTF-8", xml_declaration=True)
    return FeedDocument(body=rendered, media_type=MEDIA_TYPE, last_modified=last_modified)


def _append_outline(parent: Element, site: Site, feed: Feed) -> None:
    title = heading(feed.title(site))
    outline = etree.SubElement(parent, "outline", text=title, title=title)
    if description := plain(feed.presentation.description or site.description):
        outline.set("description", description)
    if language := language_tag(feed.language):
        outline.set("language", language)
    # "rss" names any feed here: readers skip outlines with another type, and take Atom as well.
    outline.set("type", "rss")
    outline.set("xmlUrl", site.urls.feed(feed.selection, FeedFormat.ATOM))
    outline.set("htmlUrl", site.urls.home)
