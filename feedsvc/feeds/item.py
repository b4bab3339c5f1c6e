"""What every format says of a feed and of its entries: made once, so that the formats agree."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape

from feedsvc.feeds.clean import heading, language_tag, media_type, plain, web_url, xml_safe
from feedsvc.model.entry import Category, Enclosure, Entry
from feedsvc.model.feed import EntryDates, Feed, FeedContent, Presentation, Site
from feedsvc.model.languages import is_right_to_left
from feedsvc.model.selection import FeedFormat

log = logging.getLogger(__name__)

_TAG = re.compile("<[^>]*>")


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A feed's metadata in one format. All strings are clean, all URLs absolute.

    history: the other documents of the feed that it links to, by relation (RFC 5005 section 4).
    """

    guid: str
    title: str
    description: str
    language: str
    updated: datetime
    self_url: str
    home: str
    icon: str
    favicon: str
    author: str
    ttl_minutes: int
    is_archive: bool
    history: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Item:
    """An entry as every format serves it.

    body: HTML; everything else is plain text. summary: "" where it would only repeat the body.
    published: whole seconds, since RSS has no more. via: where the article was found first.
    """

    guid: str
    permalink: str
    via: str | None
    title: str
    summary: str
    body: str
    language: str | None
    published: datetime
    updated: datetime
    authors: tuple[str, ...]
    publisher: str
    categories: tuple[Category, ...]
    enclosures: tuple[Enclosure, ...]


def describe(site: Site, feed: Feed, format: FeedFormat) -> Channel:
    """The metadata of `feed` in `format`. RSS asks for a description: the title stands in."""
    title = heading(feed.title(site))
    return Channel(
        guid=feed.guid,
        title=title,
        description=plain(feed.presentation.description or site.description) or title,
        language=language_tag(feed.language) or site.language,
        updated=feed.updated,
        self_url=site.urls.feed(feed.selection, format, feed.history.own),
        home=site.urls.home,
        icon=feed.presentation.icon or site.urls.icon,
        favicon=site.urls.favicon,
        author=heading(site.title),
        ttl_minutes=max(1, site.ttl_s // 60),
        is_archive=feed.history.own is not None,
        history=site.urls.history(feed.selection, format, feed.history),
    )


def make_items(site: Site, feed: Feed, entries: Sequence[Entry]) -> list[Item]:
    """The entries as they are served in a feed, in the same order."""
    return [_item(site, _presented(entry, feed.presentation)) for entry in entries]


def _presented(entry: Entry, how: Presentation) -> Entry:
    """An entry as a feed wants it shown. One without a summary is shown as everywhere."""
    if how.entry_dates is EntryDates.ARRIVAL:
        entry = replace(entry, published=entry.arrived_at)
    if how.content is FeedContent.SUMMARY and plain(entry.summary):
        # Its beginning, none of it, with the link to the rest: the summary stands in for that.
        entry = replace(entry, excerpt_end=0)
    return entry


def without_failing(entries: Sequence[Entry], render: Callable[[Sequence[Entry]], bytes]) -> bytes:
    """`render(entries)`; entries that cannot be rendered are left out, never the feed."""
    try:
        return render(entries)
    except Exception:
        log.exception("feed failed, its entries are tried one by one")
    return render([entry for entry in entries if _renders(entry, render)])


def _renders(entry: Entry, render: Callable[[Sequence[Entry]], bytes]) -> bool:
    try:
        render([entry])
    except Exception:
        log.exception("entry left out of a feed", extra={"guid": entry.guid})
        return False
    return True


def _item(site: Site, entry: Entry) -> Item:
    permalink = site.urls.article(entry.short_id, xml_safe(entry.slug))
    summary = plain(entry.summary)
    body = served_body(entry, permalink)
    names = (plain(person.name) for person in entry.authors)
    return Item(
        guid=entry.guid,
        permalink=permalink,
        via=web_url(entry.canonical_url) if entry.canonical_url else None,
        title=heading(entry.title),
        summary="" if _repeats(summary, body) else summary,
        body=body,
        language=language_tag(entry.language),
        published=entry.served_published.replace(microsecond=0),
        updated=entry.updated,
        authors=tuple(name for name in names if name),
        publisher=plain(entry.source.name) if entry.source else "",
        categories=tuple(c for c in map(_category, entry.categories) if c.label),
        enclosures=tuple(e for e in map(_enclosure, entry.enclosures) if e.href),
    )


def served_body(entry: Entry, permalink: str) -> str:
    """The body of an entry as all formats serve it.

    One without a body shows its summary; one that is cut ends with a link to the rest. Text that
    runs from right to left says so itself, since readers look at neither xml:lang nor `language`.
    """
    body = entry.feed_html
    if not body and (summary := plain(entry.summary)):
        body = f"<p>{escape(summary)}</p>"
    if entry.is_excerpt_in_feeds:
        title = escape(heading(entry.title))
        body += f'<p><a href="{escape(permalink)}">Continue reading: {title}</a></p>'
    language = language_tag(entry.language)
    if language and is_right_to_left(language):
        body = f'<div dir="rtl" lang="{language}">{body}</div>'
    return xml_safe(body)


def _repeats(summary: str, body: str) -> bool:
    """Whether the summary is the whole text of the body: validators and readers want no copy."""
    if len(body) > 2 * len(summary) + 1000:  # 1000: room for the tags around a short text
        return False
    return unescape(_TAG.sub(" ", body)).split() == summary.split()


def _category(category: Category) -> Category:
    # FreshRSS splits a label at its commas.
    label = plain(category.label.replace(",", " "))
    term = plain(category.term) or label
    return Category(term=term, label=label or term)


def _enclosure(enclosure: Enclosure) -> Enclosure:
    return Enclosure(
        href=web_url(enclosure.href) or "",
        media_type=media_type(enclosure.media_type),
        size_bytes=max(0, enclosure.size_bytes),
    )
