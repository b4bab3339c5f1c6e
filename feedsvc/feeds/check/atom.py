"""The rules of Atom (RFC 4287)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from lxml import etree

from feedsvc.feeds.check.findings import Findings, Severity
from feedsvc.feeds.check.history import check_history
from feedsvc.feeds.check.schema import check_schema
from feedsvc.feeds.check.values import (
    check_body,
    check_entries,
    check_id,
    check_length,
    check_plain_summary,
    check_published,
    check_summary,
    check_title,
    check_updates,
    check_url,
    is_web_url,
    read_rfc3339,
)
from feedsvc.feeds.check.xml import ATOM, XHTML, XML, Element, children, text_of, whole_text, words

_ONCE = words("id title updated generator icon logo rights subtitle")
_IN_FEED = _ONCE | {"author", "category", "contributor", "link", "entry"}
_ONCE_IN_ENTRY = words("id title updated published content summary rights source")
_IN_ENTRY = _ONCE_IN_ENTRY | {"author", "category", "contributor", "link"}


def check_atom(findings: Findings, feed: Element, url: str | None, now: datetime | None) -> None:
    """feed: the root. url: where it was fetched. now: the time; None where it is not known."""
    _check_feed(findings, feed, url, now)
    if all(finding.severity is not Severity.ERROR for finding in findings.found):
        # Our own rules say the same in plainer words where they know the fault.
        check_schema(findings, feed)


def _check_feed(findings: Findings, feed: Element, url: str | None, now: datetime | None) -> None:
    entries = feed.findall(f"{ATOM}entry")
    if any(
        e.prefix
        for e in (feed, *(child for entry in entries for child in entry))
        if str(e.tag).startswith(ATOM)
    ):
        findings.add("atom-prefix", "Atom's elements carry a prefix", feed)
    _check_children(findings, feed, _IN_FEED, _ONCE)
    _check_order(findings, feed)
    _check_common(findings, feed)
    _check_links(findings, feed)
    _check_self(findings, feed, url)
    _check_presentation(findings, feed)
    changed = _date(findings, feed, "updated")
    has_author = feed.find(f"{ATOM}author") is not None
    check_history(findings, feed, entries)
    updates = [_check_entry(findings, entry, has_author, now) for entry in entries]
    check_updates(findings, changed, [u for u in updates if u], feed)
    ids = [text_of(e, f"{ATOM}id") for e in entries]
    check_entries(findings, [guid for guid in ids if guid], updates)


def _check_presentation(findings: Findings, feed: Element) -> None:
    """What readers show of a feed beside its entries."""
    for name in ("icon", "logo"):
        if feed.find(f"{ATOM}{name}") is not None:
            check_url(findings, name, text_of(feed, f"{ATOM}{name}"), feed)
    if feed.find(f"{ATOM}icon") is None:
        findings.add("icon-missing", "feed has no icon", feed)
    if feed.get(f"{XML}lang") is None:
        findings.add("language-missing", "feed has no xml:lang", feed)
    if not _links(feed, "alternate"):
        findings.add("home-missing", "feed has no link rel=alternate", feed)


def _check_entry(
    findings: Findings, entry: Element, has_author: bool, now: datetime | None
) -> datetime | None:
    """Check one entry; its `updated`, if it has one that can be read."""
    _check_children(findings, entry, _IN_ENTRY, _ONCE_IN_ENTRY)
    _check_common(findings, entry)
    guid = text_of(entry, f"{ATOM}id")
    if is_web_url(guid):
        findings.add("id-is-web-address", f"id is a web address: {guid!r}", entry)
    authors = (f"{ATOM}author", f"{ATOM}source/{ATOM}author")
    if not has_author and all(entry.find(path) is None for path in authors):
        findings.add("atom-author-missing", "neither entry nor feed has an author", entry)
    _check_links(findings, entry)
    content = entry.find(f"{ATOM}content")
    if content is None and not _links(entry, "alternate"):
        findings.add("atom-alternate-missing", "entry has no content and no link", entry)
    if content is not None:
        _check_content(findings, content)
        if content.get("src") is not None and entry.find(f"{ATOM}summary") is None:
            findings.add("atom-summary-missing", "content is elsewhere, and no summary", entry)
        if content.get("type") == "html":
            summary = text_of(entry, f"{ATOM}summary")
            check_summary(findings, summary, whole_text(content), entry)
    _check_summary(findings, entry.find(f"{ATOM}summary"))
    updated = _date(findings, entry, "updated")
    published = None
    if entry.find(f"{ATOM}published") is not None:
        published = _date(findings, entry, "published")
    check_published(findings, published, updated, entry, now=now)
    return updated


def _check_summary(findings: Findings, summary: Element | None) -> None:
    _check_text_type(findings, summary)
    if summary is None:
        return
    if summary.get("type", "text") == "text":
        check_plain_summary(findings, whole_text(summary), summary)
    else:
        findings.add("summary-markup", "summary is markup, not plain text", summary)


def _check_children(
    findings: Findings, parent: Element, known: frozenset[str], once: frozenset[str]
) -> None:
    names = [c.tag.removeprefix(ATOM) for c in children(parent) if c.tag.startswith(ATOM)]
    for name, count in Counter(names).items():
        if name not in known:
            findings.add("atom-unknown-element", f"Atom has no {name} here", parent)
        if name in once and count > 1:
            findings.add("atom-duplicate-element", f"{name} stands here twice", parent)


def _check_order(findings: Findings, feed: Element) -> None:
    """RELAX NG: after the first entry come only entries."""
    seen_entry = False
    for child in children(feed):
        if child.tag == f"{ATOM}entry":
            seen_entry = True
        elif seen_entry:
            findings.add("atom-element-after-entry", f"{child.tag} follows an entry", child)


def _check_common(findings: Findings, parent: Element) -> None:
    """What feed and entry have in common: id, title, people, categories."""
    guid = text_of(parent, f"{ATOM}id")
    if guid:
        check_id(findings, guid, parent)
    else:
        findings.add("atom-id-missing", "no id", parent)
    title = parent.find(f"{ATOM}title")
    if title is None:
        findings.add("atom-title-missing", "no title", parent)
    else:
        _check_text_type(findings, title)
        if title.get("type", "text") == "text":
            check_title(findings, whole_text(title), title)
        else:
            findings.add("title-markup", "title is markup, not plain text", title)
    for kind in ("author", "contributor"):
        for person in parent.findall(f"{ATOM}{kind}"):
            if not text_of(person, f"{ATOM}name").strip():
                findings.add("atom-author-name", f"{kind} without a name", person)
    for category in parent.findall(f"{ATOM}category"):
        _check_category(findings, category)


def _check_category(findings: Findings, category: Element) -> None:
    if not category.get("term"):
        findings.add("atom-category-term", "category without a term", category)
    if not category.get("label"):
        findings.add("atom-category-label", "category without a label", category)
    if "," in category.get("label", ""):
        findings.add("category-comma", f"{category.get('label')!r} holds a comma", category)


def _check_text_type(findings: Findings, element: Element | None) -> None:
    if element is not None and element.get("type", "text") not in ("text", "html", "xhtml"):
        findings.add("atom-text-type", f"type is {element.get('type')!r}", element)


def _check_content(findings: Findings, content: Element) -> None:
    type = content.get("type", "text")
    if type == "html":
        check_body(findings, whole_text(content), content)
    elif type == "xhtml":
        divs = children(content)
        if [d.tag for d in divs] == [f"{XHTML}div"]:
            check_body(findings, etree.tostring(divs[0], encoding="unicode"), content)
        else:
            findings.add("atom-content-type", "xhtml is not one div", content)
    elif type != "text" and ("/" not in type or type.startswith(("multipart/", "message/"))):
        findings.add("atom-content-type", f"content has the type {type!r}", content)


def _check_links(findings: Findings, parent: Element) -> None:
    alternates = set()
    for link in parent.findall(f"{ATOM}link"):
        if link.get("href") is None:
            findings.add("atom-link-href", "link without href", link)
            continue
        check_url(findings, "link", link.get("href"), link)
        relation = link.get("rel", "alternate")
        if relation == "alternate":
            kind = (link.get("type"), link.get("hreflang"))
            if kind in alternates:
                findings.add("atom-alternate-duplicate", "two alternates of one kind", link)
            alternates.add(kind)
        if relation == "enclosure":
            if not link.get("type"):
                findings.add("enclosure-type", "enclosure without a type", link)
            check_length(findings, link.get("length", "0"), link)


def _check_self(findings: Findings, feed: Element, url: str | None) -> None:
    selves = _links(feed, "self")
    if not selves:
        findings.add("self-missing", "feed does not say where it is", feed)
        return
    if selves[0].get("type") != "application/atom+xml":
        findings.add("self-type", f"self has the type {selves[0].get('type')!r}", selves[0])
    if url is not None and selves[0].get("href") != url:
        findings.add("self-differs", f"self is {selves[0].get('href')!r}, not {url!r}", selves[0])


def _links(parent: Element, relation: str) -> list[Element]:
    return [x for x in parent.findall(f"{ATOM}link") if x.get("rel", "alternate") == relation]


def _date(findings: Findings, parent: Element, name: str) -> datetime | None:
    element = parent.find(f"{ATOM}{name}")
    if element is None:
        findings.add("date-missing", f"no {name}", parent)
        return None
    text = whole_text(element)
    if text != text.upper():  # RFC 4287 3.3
        findings.add("date-invalid", f"T and Z are not in upper case: {text!r}", element)
        return None
    return read_rfc3339(findings, text, element)
