"""Who wrote an article: what its page declares, marks up, and shows around the headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.ingest.extract.page.facts import MARKED, MAX_AUTHORS, Found, marks
from feedsvc.ingest.extract.page.head import PageHead
from feedsvc.ingest.extract.page.jsonld import texts, types
from feedsvc.ingest.extract.page.shown import Shown, shown_text
from feedsvc.ingest.extract.people.byline import parse_byline
from feedsvc.ingest.extract.people.leads import byline_lead
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Person, PersonKind
from feedsvc.model.ids import fold

_MAX_BYLINE_CHARS = 200
_MAX_SIGNATURE_CHARS = 40
_MAX_STYLED = 5
_MAX_MARKED = 50
# Shown by readers' eyes as well, a declared author is as good as certain.
_AGREED = 0.97
_DECLARED = 0.95
# A name alone beside the headline may be whom the article is about.
_MIN_SHOWN = 0.75

_AUTHOR_META = re.compile(
    r"(?:^|[.:_-])(?:authors?|creators?|byline|byl)(?:[._-]?names?)?$|^article[._-]?authors?$"
)
# Accounts in networks, and who made the page rather than who wrote it.
_NO_AUTHOR_META = re.compile(r"^(?:twitter|og:image|fb|generator|web)\b")
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|authors?|autore?s?|auteurs?|autoren|writer|signature|firma|verfasser)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
# hCard, h-card and the like: the element within a byline that holds nothing but the name.
_NAME_CLASS = re.compile(r"(?:^|\s)(?:fn|p-name|p-author|username|author-?name)(?:$|\s)", re.I)
_CARD_CLASS = re.compile(
    r"(?:^|[\s_-])(?:vcard|h-card|byline|author|submitted|posted-by|meta)(?:$|[\s_-])", re.I
)
_MARKED_TAGS = ("a", "span", "div", "p", "address", "strong", "em", "li", "b", "cite", "h2", "h3")

_WITH_REL = etree.XPath("//*[contains(@rel, 'author')]")

# What systems write where nobody signed.
_ACCOUNTS = frozenset(
    """admin administrator author editor none root webmaster user guest unknown superuser
    anonymous null undefined wordpress""".split()
)
_BARE = re.compile(r"^(?:the|der|die|das|le|la|el|il|al)\s+|[\W_]+")


class _Stated(NamedTuple):
    """Texts of one place that name authors, the rule that found them, and how sure it is."""

    rule: str
    texts: tuple[str, ...]
    confidence: float


def find_authors(
    tree: HtmlElement, head: PageHead, shown: Shown, byline: str
) -> Found[tuple[Person, ...]] | None:
    """Declared authors first, then those marked up, then the byline that the text began with.

    byline: what the extracted body began with, taken out of it; or "". The publisher is nobody.
    """
    nobody = _publisher_names(head)
    for stated in _stated(tree, head, shown, byline):
        people = _people(stated.texts, nobody)
        if not people and stated.rule == "JSON-LD author":
            people = _organizations(head, nobody)
        if people:
            found = Found(value=people, rule=stated.rule, confidence=stated.confidence)
            return _seconded(_completed(found, tree, nobody), shown)
    signatures = (*texts(_declared(head)), *head.all("author", "dc.creator"), *_named(tree))
    return _from_dump(shown, nobody) or _signature(signatures, nobody)


def _stated(tree: HtmlElement, head: PageHead, shown: Shown, byline: str) -> Iterator[_Stated]:
    yield _Stated("JSON-LD author", texts(_declared(head)), _DECLARED)
    for name, contents in head.meta.items():
        if _AUTHOR_META.search(name) and not _NO_AUTHOR_META.search(name):
            yield _Stated(f"meta {name}", contents, 0.85)
    yield _Stated("itemprop author", _marked(tree, "author"), 0.85)
    yield _Stated("rel author", _linked(tree), 0.8)
    yield _Stated("byline", (byline,), 0.8)
    yield _Stated("name in a byline", _named(tree), 0.7)
    for text in _styled(tree):
        at_headline = fold(text) in shown.folded
        # One that stands elsewhere and does not begin like a byline may be another article's.
        if at_headline or byline_lead(text):
            yield _Stated("styled as byline", (text,), 0.7 if at_headline else 0.5)


def _declared(head: PageHead) -> Any:  # Any: whatever the JSON holds
    return head.article.get("author") or head.article.get("creator")


def _people(stated: tuple[str, ...], nobody: frozenset[str]) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for text in stated:
        if "://" in text or len(text) > _MAX_BYLINE_CHARS:
            continue
        for person in parse_byline(text, labelled=True):
            if _bare(person.name) not in nobody and fold(person.name) not in _ACCOUNTS:
                people.setdefault(fold(person.name), person)
    return tuple(people.values())[:MAX_AUTHORS]


def _organizations(head: PageHead, nobody: frozenset[str]) -> tuple[Person, ...]:
    """Authors that JSON-LD itself calls organizations, where they are not the publisher."""
    declared = _declared(head)
    found = []
    for item in declared if isinstance(declared, list) else [declared]:
        if isinstance(item, dict) and any(kind.endswith("Organization") for kind in types(item)):
            name = clean_text(next(iter(texts(item)), ""), _MAX_BYLINE_CHARS)
            if name and "://" not in name and _bare(name) not in nobody:
                found.append(Person(name=name, kind=PersonKind.ORGANIZATION))
    return tuple(found[:MAX_AUTHORS])


def _publisher_names(head: PageHead) -> frozenset[str]:
    """The names, and the host's, that tell the source and not who wrote; bare of what varies."""
    names = [*texts(head.article.get("publisher")), *head.all("og:site_name", "application-name")]
    names += head.all("article:section", "twitter:site", "copyright")
    names += texts(head.article.get("articleSection"))
    for url in (head.links.get("canonical", ""), head.first("og:url")):
        try:
            host = (urlsplit(url).hostname or "").removeprefix("www.")
        except ValueError:
            continue
        names += [host, host.partition(".")[0]]
    return frozenset(filter(None, map(_bare, names)))


def _bare(name: str) -> str:
    """A name without its article, spaces and signs: "The Quay-News" and quaynews are one."""
    folded = fold(name)
    return _BARE.sub("", _BARE.sub("", folded, count=1))


def _completed(
    found: Found[tuple[Person, ...]], tree: HtmlElement, nobody: frozenset[str]
) -> Found[tuple[Person, ...]]:
    """With the others that the page marks up beside all of those declared."""
    if not found.rule.startswith(("JSON-LD", "meta")):
        return found
    marked = _people((*_marked(tree, "author"), *_linked(tree)), nobody)
    declared = {fold(person.name) for person in found.value}
    names = {fold(person.name) for person in marked}
    if declared < names and len(names) <= len(declared) + 3:
        rule = f"{found.rule}, and those marked up beside"
        return Found(value=marked, rule=rule, confidence=0.85)
    return found


def _seconded(found: Found[tuple[Person, ...]], shown: Shown) -> Found[tuple[Person, ...]]:
    if found.confidence >= 0.8 and all(fold(p.name) in shown.folded for p in found.value):
        return Found(value=found.value, rule=f"{found.rule}, as shown", confidence=_AGREED)
    return found


def _from_dump(shown: Shown, nobody: frozenset[str]) -> Found[tuple[Person, ...]] | None:
    """Whom the lines around the headline name, read as a text dump."""
    if shown.as_dump is None:
        return None
    people = tuple(p for p in shown.as_dump.authors if _bare(p.name) not in nobody)
    told = [e for e in shown.as_dump.evidence if e.field == "authors"]
    if not people or not told:
        return None
    lowest = min(told, key=lambda e: e.confidence)
    if lowest.confidence < _MIN_SHOWN:
        return None
    confidence = round(0.8 * lowest.confidence, 2)
    return Found(value=people, rule=f"shown: {lowest.rule}", confidence=confidence)


def _signature(
    signatures: tuple[str, ...], nobody: frozenset[str]
) -> Found[tuple[Person, ...]] | None:
    """One author whose name has no name's shape: a pseudonym, a desk."""
    for stated in signatures:
        name = clean_text(stated, 1_000)
        if (
            2 <= len(name) <= _MAX_SIGNATURE_CHARS
            and fold(name) not in _ACCOUNTS
            and _bare(name) not in nobody
            and not any(c in name for c in "@/:<>|")
        ):
            return Found(value=(Person(name=name),), rule="declared signature", confidence=0.5)
    return None


def _marked(tree: HtmlElement, value: str) -> tuple[str, ...]:
    """Texts of the elements with this item property (or RDFa property), their names alone."""
    found: list[str] = []
    marked = (e for e in MARKED(tree) if e.tag in _MARKED_TAGS and value in marks(e))
    for element in islice(marked, _MAX_MARKED):
        within = islice(element.iter(), _MAX_MARKED)
        name = next((e for e in within if "name" in marks(e)), element)
        found.append(name.get("content") or shown_text(name, apart=True))
    return _short(found)


def _linked(tree: HtmlElement) -> tuple[str, ...]:
    """Texts of what leads to an author's page by rel=author."""
    linked = (
        element
        for element in _WITH_REL(tree)
        if element.tag in _MARKED_TAGS and "author" in element.get("rel").lower().split()
    )
    return _short(map(_byline_text, islice(linked, _MAX_MARKED)))


def _short(found: Iterable[str]) -> tuple[str, ...]:
    """What is short enough for names, each once."""
    short = (text for text in found if 0 < len(text) <= _MAX_BYLINE_CHARS)
    return tuple(dict.fromkeys(short))[:MAX_AUTHORS]


def _named(tree: HtmlElement) -> tuple[str, ...]:
    """The name that a class tells within an element that a class calls a byline or a card."""
    named = (
        element
        for element in tree.iter("a", "span", "strong", "b", "div", "p")
        if _is_name_class(element.get("class") or "") and _is_in_card(element)
    )
    found = _short(shown_text(element, apart=True) for element in islice(named, _MAX_MARKED))
    # Several on one page are its commenters, or the cards of other articles.
    return found if len(found) == 1 else ()


def _is_in_card(element: HtmlElement) -> bool:
    ancestors = [element, *element.iterancestors()][:4]
    return any(_CARD_CLASS.search(a.get("class") or "") for a in ancestors)


def _styled(tree: HtmlElement) -> tuple[str, ...]:
    """Texts of the first elements that a class or an id calls a byline."""
    styled = (
        element
        for element in tree.iter(*_MARKED_TAGS)
        if _is_byline_class(element.get("class") or element.get("id") or "")
    )
    return _short(map(_byline_text, islice(styled, _MAX_MARKED)))[:_MAX_STYLED]


def _byline_text(element: HtmlElement) -> str:
    """Its links' texts where it holds several, parted by commas; else its own, without times."""
    links = [shown_text(link, apart=True) for link in element.iter("a")]
    if element.tag != "a" and len(links) > 1 and all(0 < len(link) <= 60 for link in links):
        return ", ".join(dict.fromkeys(links))
    text = shown_text(element, apart=True)
    for time in element.iter("time"):
        text = text.replace(shown_text(time, apart=True), " ")
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _is_byline_class(label: str) -> bool:
    return _BYLINE_CLASS.search(label) is not None


@lru_cache(maxsize=4096)
def _is_name_class(label: str) -> bool:
    return _NAME_CLASS.search(label) is not None
