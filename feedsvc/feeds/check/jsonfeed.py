"""The rules of JSON Feed 1.1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feedsvc.feeds.check.findings import Findings
from feedsvc.feeds.check.values import (
    check_body,
    check_characters,
    check_entries,
    check_id,
    check_language,
    check_plain_summary,
    check_published,
    check_summary,
    check_title,
    check_updates,
    check_url,
    read_rfc3339,
)

# Any: raw JSON; whatever is used here is looked at first.
Json = dict[str, Any]

_VERSIONS = ("https://jsonfeed.org/version/1.1", "https://jsonfeed.org/version/1")
_FEED_URLS = ("home_page_url", "feed_url", "next_url", "icon", "favicon")
_FEED_TEXTS = ("description", "user_comment", "language", *_FEED_URLS)
_ITEM_URLS = ("url", "external_url", "image", "banner_image")
_ITEM_TEXTS = ("title", "content_html", "content_text", "summary", "language", *_ITEM_URLS)


def check_json(findings: Findings, feed: Json, url: str | None, now: datetime | None) -> None:
    """feed: the document. url: where it was fetched. now: the time; None where it is not known.

    A finding is about an object, or an object and the name of one of its members.
    """
    for owner, value in _strings(feed):
        check_characters(findings, "a string", value, owner)
    if feed.get("version") not in _VERSIONS:
        findings.add("json-version", f"version is {feed.get('version')!r}", (feed, "version"))
    elif next(iter(feed)) != "version":
        findings.add("json-version-first", "version does not come first", (feed, "version"))
    title = feed.get("title")
    if isinstance(title, str):
        check_title(findings, title, (feed, "title"))
    else:
        findings.add("json-title", "feed has no title", feed)
    _check_presentation(findings, feed)
    _check_texts(findings, feed, _FEED_TEXTS, _FEED_URLS, "feed")
    _check_addresses(findings, feed, url)
    _check_people(findings, feed, "feed")
    _check_hubs(findings, feed)
    items = feed.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        findings.add("json-items", "items is no list of objects", (feed, "items"))
        return
    dates = [_check_item(findings, item, now) for item in items]
    check_updates(findings, None, [updated for _, updated in dates if updated])
    ids = [item["id"] for item in items if isinstance(item.get("id"), str)]
    check_entries(findings, ids, [updated or published for published, updated in dates])


def _check_presentation(findings: Findings, feed: Json) -> None:
    if not any(name in feed for name in ("icon", "favicon")):
        findings.add("icon-missing", "feed has no icon", feed)
    if "language" not in feed:
        findings.add("language-missing", "feed has no language", feed)
    if "home_page_url" not in feed:
        findings.add("home-missing", "feed has no home_page_url", feed)


def _check_item(
    findings: Findings, item: Json, now: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Check one item; its date_published and date_modified, where they can be read."""
    guid = item.get("id")
    if isinstance(guid, str) and guid:
        check_id(findings, guid, (item, "id"), uri=False)
    else:
        # yarr refuses the whole feed for a number.
        findings.add("json-id", f"id is no string that says something: {guid!r}", (item, "id"))
    what = f"item {guid}"
    _check_texts(findings, item, _ITEM_TEXTS, _ITEM_URLS, what)
    if isinstance(item.get("title"), str):
        check_title(findings, item["title"], (item, "title"))
    html, text, summary = (item.get(k) for k in ("content_html", "content_text", "summary"))
    if not isinstance(html, str) and not isinstance(text, str):
        findings.add("json-content-missing", f"{what} has no content_html or content_text", item)
    if isinstance(html, str):
        check_body(findings, html, (item, "content_html"))
        if isinstance(summary, str):
            check_summary(findings, summary, html, (item, "summary"))
    if isinstance(summary, str):
        check_plain_summary(findings, summary, (item, "summary"))
    _check_people(findings, item, what)
    _check_tags(findings, item, what)
    _check_attachments(findings, item, what)
    published = _date(findings, item, "date_published")
    updated = _date(findings, item, "date_modified")
    check_published(findings, published, updated, item, now=now)
    return published, updated


def _check_texts(
    findings: Findings, value: Json, texts: tuple[str, ...], urls: tuple[str, ...], what: str
) -> None:
    for name in texts:
        if name in value and not isinstance(value[name], str):
            findings.add("json-type", f"{what}: {name} is no string", (value, name))
    for name in urls:
        if isinstance(value.get(name), str):
            check_url(findings, name, value[name], (value, name))
    if isinstance(value.get("language"), str):
        check_language(findings, value["language"], (value, "language"))
    for name in value:
        if name.startswith("_") and ("." in name or not isinstance(value[name], dict)):
            told = f"{name!r} has a dot, or is no object"
            findings.add("json-extension-name", told, (value, name))


def _check_addresses(findings: Findings, feed: Json, url: str | None) -> None:
    own = feed.get("feed_url")
    if own is None:
        findings.add("self-missing", "feed does not say where it is", feed)
    elif url is not None and own != url:
        findings.add("self-differs", f"feed_url is {own!r}, not {url!r}", (feed, "feed_url"))
    if "next_url" in feed and feed["next_url"] == own:
        findings.add("json-next-url", "next_url is the feed itself", (feed, "next_url"))


def _check_people(findings: Findings, value: Json, what: str) -> None:
    if "author" in value:
        told = f"{what} has author, not authors"
        findings.add("json-author-deprecated", told, (value, "author"))
    for author in _objects(findings, value, "authors", what):
        if not any(author.get(key) for key in ("name", "url", "avatar")):
            findings.add("json-author-name", f"{what} has an author without a name", author)


def _check_tags(findings: Findings, item: Json, what: str) -> None:
    tags = item.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        findings.add("json-type", f"{what}: tags is no list of strings", (item, "tags"))
        return
    for tag in tags:
        if "," in tag:
            findings.add("category-comma", f"{tag!r} holds a comma", (item, "tags"))


def _check_attachments(findings: Findings, item: Json, what: str) -> None:
    for attachment in _objects(findings, item, "attachments", what):
        url, mime_type = attachment.get("url"), attachment.get("mime_type")
        if not isinstance(url, str):
            told = f"{what} has an attachment without a url"
            findings.add("json-attachment", told, attachment)
        else:
            check_url(findings, "attachment", url, attachment)
        if not isinstance(mime_type, str) or not mime_type:
            told = f"{what} has an attachment without a mime_type"
            findings.add("enclosure-type", told, attachment)
        for name in ("size_in_bytes", "duration_in_seconds"):
            number = attachment.get(name, 1)
            # yarr reads integers: a fraction loses the whole feed.
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                findings.add("enclosure-length", f"{what}: {name} is {number!r}", attachment)


def _check_hubs(findings: Findings, feed: Json) -> None:
    for hub in _objects(findings, feed, "hubs", "feed"):
        if not (isinstance(hub.get("type"), str) and isinstance(hub.get("url"), str)):
            findings.add("json-hub", "a hub lacks type or url", hub)


def _objects(findings: Findings, value: Json, name: str, what: str) -> list[Json]:
    objects = value.get(name, [])
    if not isinstance(objects, list) or not all(isinstance(o, dict) for o in objects):
        findings.add("json-type", f"{what}: {name} is no list of objects", (value, name))
        return []
    return objects


def _date(findings: Findings, item: Json, name: str) -> datetime | None:
    if name not in item:
        return None
    return read_rfc3339(findings, str(item[name]), (item, name))


def _strings(document: Json) -> Iterator[tuple[Json, str]]:
    """Every string in a JSON document, names included, with the innermost object around it."""
    waiting: list[tuple[Json, object]] = [(document, document)]
    while waiting:
        owner, value = waiting.pop()
        if isinstance(value, str):
            yield owner, value
        elif isinstance(value, list):
            waiting.extend((owner, element) for element in value)
        elif isinstance(value, dict):
            waiting.extend((value, name) for name in value)
            waiting.extend((value, element) for element in value.values())
