"""The rules of RSS 2.0 and of the RSS Advisory Board's Best Practices Profile."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from html import unescape

from feedsvc.feeds.check.findings import Findings
from feedsvc.feeds.check.history import check_history
from feedsvc.feeds.check.values import (
    check_body,
    check_entries,
    check_id,
    check_language,
    check_length,
    check_published,
    check_summary,
    check_title,
    check_updates,
    check_url,
    is_web_url,
    read_rfc822,
    read_rfc3339,
)
from feedsvc.feeds.check.xml import (
    ATOM,
    CONTENT,
    DUBLIN_CORE,
    Element,
    children,
    text_of,
    whole_text,
    words,
)

_ONCE = words(
    "title link description language copyright managingEditor webMaster pubDate lastBuildDate "
    "generator docs cloud ttl image rating textInput skipHours skipDays"
)
_IN_CHANNEL = _ONCE | {"category", "item"}
_ONCE_IN_ITEM = words("title link description author comments guid pubDate source")
_IN_ITEM = _ONCE_IN_ITEM | {"category", "enclosure"}
_ADDRESS = re.compile(r"[^\s@()]+@[^\s@()]+( \(.+\))?")


def check_rss(findings: Findings, rss: Element, url: str | None, now: datetime | None) -> None:
    """rss: the root. url: where it was fetched. now: the time; None where it is not known."""
    if rss.get("version") != "2.0":
        findings.add("rss-version", f"version is {rss.get('version')!r}", rss)
    channel = rss.find("channel")
    if channel is None:
        findings.add("rss-channel", "no channel", rss)
        return
    _check_children(findings, channel, _IN_CHANNEL, _ONCE)
    for name in ("title", "link", "description"):
        if not text_of(channel, name).strip():
            findings.add("rss-channel-required", f"channel has no {name}", channel)
    check_title(findings, text_of(channel, "title"), channel)
    check_url(findings, "channel link", text_of(channel, "link"), channel)
    _check_optional(findings, channel)
    _check_image(findings, channel)
    _check_self(findings, channel, url)
    built = _date(findings, channel, "lastBuildDate")
    items = channel.findall("item")
    check_history(findings, channel, items)
    dates = [_check_item(findings, item, now) for item in items]
    updates = [updated for _, updated in dates if updated]
    check_updates(findings, built, updates, channel)
    guids = [text_of(item, "guid") for item in items]
    shown = [updated or published for published, updated in dates]
    check_entries(findings, [guid for guid in guids if guid], shown)


def _check_optional(findings: Findings, channel: Element) -> None:
    if channel.find("language") is not None:
        check_language(findings, text_of(channel, "language"), channel)
    else:
        findings.add("language-missing", "channel has no language", channel)
    if channel.find("ttl") is None:
        findings.add("rss-ttl-missing", "channel has no ttl", channel)
    elif not text_of(channel, "ttl").strip().isdigit():
        findings.add("rss-ttl", "ttl is no number of minutes", channel.find("ttl"))
    if channel.find("docs") is None:
        findings.add("rss-docs-missing", "channel has no docs", channel)


def _check_item(
    findings: Findings, item: Element, now: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Check one item; its pubDate and its atom:updated, where they can be read."""
    _check_children(findings, item, _IN_ITEM, _ONCE_IN_ITEM)
    title, description = item.find("title"), item.find("description")
    if title is None and description is None:
        findings.add("rss-item-empty", "item has neither title nor description", item)
    if title is not None:
        check_title(findings, whole_text(title), title)
    if item.find("link") is not None:
        check_url(findings, "item link", text_of(item, "link"), item)
    _check_guid(findings, item)
    _check_author(findings, item)
    _check_bodies(findings, item)
    for category in item.findall("category"):
        if "," in whole_text(category):
            findings.add("category-comma", f"{whole_text(category)!r} holds a comma", category)
    _check_enclosures(findings, item)
    if item.find(f"{DUBLIN_CORE}date") is not None and item.find("pubDate") is not None:
        findings.add("rss-date-twice", "item has pubDate and dc:date", item)
    published = _date(findings, item, "pubDate")
    stated = item.find(f"{ATOM}updated")
    updated = None if stated is None else read_rfc3339(findings, whole_text(stated), stated)
    check_published(findings, published, updated, item, now=now)
    return published, updated


def _check_children(
    findings: Findings, parent: Element, known: frozenset[str], once: frozenset[str]
) -> None:
    names = [child.tag for child in children(parent) if not child.tag.startswith("{")]
    for name, count in Counter(names).items():
        if name not in known:
            findings.add("rss-unknown-element", f"RSS has no {name} here", parent)
        if name in once and count > 1:
            findings.add("rss-duplicate-element", f"{name} stands here twice", parent)


def _check_guid(findings: Findings, item: Element) -> None:
    guid = item.find("guid")
    if guid is None or not whole_text(guid).strip():
        findings.add("id-missing", "item has no guid", item)
        return
    value = whole_text(guid)
    check_id(findings, value, guid, uri=False)
    if guid.get("isPermaLink", "true") == "true" and not is_web_url(value):
        findings.add("rss-guid-not-permalink", f"guid claims to be a page: {value!r}", guid)
    if value.isdigit() and len(value) < 9:
        findings.add("id-not-unique", f"guid is a short number: {value!r}", guid)


def _check_author(findings: Findings, item: Element) -> None:
    author = item.find("author")
    if author is None:
        return
    address = _ADDRESS.fullmatch(whole_text(author).strip())
    if address is None:
        findings.add("rss-author-address", "author is not 'address (name)'", author)
    elif address[1] is None:
        findings.add("rss-author-name", "author is an address without a name", author)
    if item.find(f"{DUBLIN_CORE}creator") is not None:
        findings.add("rss-author-and-creator", "item has author and dc:creator", author)


def _check_bodies(findings: Findings, item: Element) -> None:
    description, encoded = item.find("description"), item.find(f"{CONTENT}encoded")
    if encoded is not None:
        check_body(findings, whole_text(encoded), encoded)
        if description is None or description.getparent().index(description) > item.index(encoded):
            findings.add("rss-description-after-content", "no description before it", encoded)
    if description is not None:
        check_body(findings, whole_text(description), description)
        if encoded is not None:
            summary = unescape(whole_text(description))
            check_summary(findings, summary, whole_text(encoded), description)


def _check_enclosures(findings: Findings, item: Element) -> None:
    enclosures = item.findall("enclosure")
    if len(enclosures) > 1:
        findings.add("rss-enclosures", f"item has {len(enclosures)} enclosures", item)
    for enclosure in enclosures:
        check_url(findings, "enclosure", enclosure.get("url", ""), enclosure)
        if not enclosure.get("type"):
            findings.add("enclosure-type", "enclosure without a type", enclosure)
        check_length(findings, enclosure.get("length", ""), enclosure)


def _check_image(findings: Findings, channel: Element) -> None:
    image = channel.find("image")
    if image is None:
        findings.add("icon-missing", "channel has no image", channel)
        return
    if not all(text_of(image, name).strip() for name in ("url", "title", "link")):
        findings.add("rss-image", "image lacks url, title or link", image)
    elif any(text_of(image, name) != text_of(channel, name) for name in ("title", "link")):
        findings.add("rss-image-differs", "image's title or link is not the channel's", image)


def _check_self(findings: Findings, channel: Element, url: str | None) -> None:
    selves = [x for x in channel.findall(f"{ATOM}link") if x.get("rel") == "self"]
    if not selves:
        findings.add("self-missing", "feed does not say where it is", channel)
        return
    if selves[0].get("type") != "application/rss+xml":
        findings.add("self-type", f"self has the type {selves[0].get('type')!r}", selves[0])
    if text_of(channel, "link") == selves[0].get("href"):
        findings.add("rss-link-is-feed", "channel's link is the feed itself", channel)
    if url is not None and selves[0].get("href") != url:
        findings.add("self-differs", f"self is {selves[0].get('href')!r}, not {url!r}", selves[0])


def _date(findings: Findings, parent: Element, name: str) -> datetime | None:
    element = parent.find(name)
    return None if element is None else read_rfc822(findings, whole_text(element), element)
