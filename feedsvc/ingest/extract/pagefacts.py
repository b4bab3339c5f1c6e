"""Title, authors, date and the rest of a page: what it declares weighed against what it shows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from feedsvc.ingest.extract.dates import FoundDate, find_date, parse_iso
from feedsvc.ingest.extract.pagehead import PageHead, texts
from feedsvc.ingest.extract.people import parse_byline
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.ingest.links import absolute_url
from feedsvc.model.entry import Person
from feedsvc.model.ids import fold

MAX_TAGS = 32
MAX_TAG_CHARS = 64
MAX_AUTHORS = 16
_MAX_BYLINE_CHARS = 200
_MAX_SIGNATURE_CHARS = 40
_MAX_TITLE_CHARS = 300
# Likeness of a shown heading to a declared title, from which on it is the page's headline.
_MIN_LIKENESS = 0.45
_MIN_TITLE_WORDS = 3

_SEPARATORS = "-–—|·•«»:"
_SEPARATOR = re.compile(rf"\s+(?:[{_SEPARATORS}]|::|\|\|)\s+|\s*\|\s*")
_PUBLISHED_META = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:published",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "publish-date",
    "publishdate",
    "pubdate",
    "date",
)
_AUTHOR_META = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "sailthru.author",
)
_BYLINE_CLASS = re.compile(r"(?:^|[\s_-])(?:byline|author|autor|auteur|writer)", re.IGNORECASE)

# What systems write where nobody signed.
_ACCOUNTS = frozenset({"admin", "administrator", "author", "editor", "none", "root", "webmaster"})

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Found(Generic[T]):
    """A value, the rule that found it, and how sure that rule is (0 to 1)."""

    value: T
    rule: str
    confidence: float


def find_title(tree: HtmlElement, head: PageHead) -> Found[str] | None:
    """The headline as the page shows it: the h1 most like what it declares, else the latter."""
    declared = list(_declared_titles(head))
    shown = [clean_text(h1.text_content(), _MAX_TITLE_CHARS) for h1 in tree.iter("h1")][:20]
    shown = [title for title in shown if any(map(str.isalnum, title))]
    likeness = {
        title: max((_likeness(title, found.value) for found in declared), default=0.0)
        for title in shown
    }
    best = max(shown, key=lambda title: likeness[title], default="")
    if best and likeness[best] >= _MIN_LIKENESS:
        return Found(value=best, rule="h1 like the declared title", confidence=0.95)
    long = [title for title in shown if len(title.split()) >= _MIN_TITLE_WORDS]
    if long and (not declared or declared[0].rule == "title element"):
        return Found(value=long[0], rule="h1", confidence=0.7)
    if declared:
        return declared[0]
    return Found(value=shown[0], rule="h1", confidence=0.5) if shown else None


def _declared_titles(head: PageHead) -> Iterator[Found[str]]:
    site = head.first("og:site_name")
    for rule, text, confidence in (
        ("og:title", head.first("og:title"), 0.85),
        ("JSON-LD headline", next(iter(texts(head.article.get("headline"))), ""), 0.85),
        ("twitter:title", head.first("twitter:title"), 0.7),
        ("title element", head.title, 0.6),
    ):
        title = without_site(clean_text(text, _MAX_TITLE_CHARS), site)
        if title:
            yield Found(value=title, rule=rule, confidence=confidence)


def without_site(title: str, site: str) -> str:
    """The title without " - Site" at its end, where the rest stands on its own.

    Known by the site's name; else the last part goes if it is short beside the rest.
    """
    if site and fold(title).endswith(f" {fold(site)}"):
        rest = title[: -len(site)].rstrip()
        if rest[-1:] in _SEPARATORS and rest.rstrip(_SEPARATORS + " "):
            return rest.rstrip(_SEPARATORS + " ")
    separators = list(_SEPARATOR.finditer(title))
    if not separators:
        return title
    last = separators[-1]
    rest, suffix = title[: last.start()].strip(), title[last.end() :].strip()
    is_pipe = "|" in last.group()
    stands_alone = len(rest.split()) >= _MIN_TITLE_WORDS and len(suffix) * 2 < len(rest)
    is_short = len(suffix.split()) <= (6 if is_pipe else 3)
    is_name = is_pipe or suffix[:1].isupper() or "." in suffix
    return rest if stands_alone and is_short and is_name and ":" not in last.group() else title


def _likeness(shown: str, declared: str) -> float:
    a, b = fold(shown), fold(declared)
    if len(a) >= 15 and (a in b or b in a):
        return 0.9 + 0.1 * min(len(a), len(b)) / max(len(a), len(b))
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def find_authors(
    tree: HtmlElement, head: PageHead, byline: str
) -> Found[tuple[Person, ...]] | None:
    """Declared authors first, then what is marked up, then the byline that the body began with."""
    publisher = {fold(name) for name in texts(head.article.get("publisher"))}
    publisher.add(fold(head.first("og:site_name")))
    for rule, stated, confidence in _stated_authors(tree, head, byline):
        people: dict[str, Person] = {}
        for text in stated:
            if "://" in text or len(text) > _MAX_BYLINE_CHARS:
                continue
            for person in parse_byline(text, labelled=True):
                if fold(person.name) not in publisher:
                    people.setdefault(fold(person.name), person)
        if people:
            found = tuple(people.values())[:MAX_AUTHORS]
            return Found(value=found, rule=rule, confidence=confidence)
    return _signature(head, publisher)


def _signature(head: PageHead, publisher: set[str]) -> Found[tuple[Person, ...]] | None:
    """One declared author whose name has no name's shape: a pseudonym, a desk."""
    for stated in (*texts(head.article.get("author")), *head.all("author", "dc.creator")):
        name = clean_text(stated, 1_000)
        folded = fold(name)
        if (
            2 <= len(name) <= _MAX_SIGNATURE_CHARS
            and folded not in _ACCOUNTS | publisher
            and not any(c in name for c in "@/:<>|")
        ):
            return Found(value=(Person(name=name),), rule="declared signature", confidence=0.5)
    return None


def _stated_authors(
    tree: HtmlElement, head: PageHead, byline: str
) -> Iterator[tuple[str, tuple[str, ...], float]]:
    yield "JSON-LD author", texts(head.article.get("author")), 0.95
    for name in _AUTHOR_META:
        yield f"meta {name}", head.all(name), 0.85
    yield "itemprop author", _marked(tree, "itemprop", "author"), 0.8
    yield "rel author", _marked(tree, "rel", "author"), 0.8
    yield "byline", (byline,), 0.8
    yield "styled as byline", tuple(_bylines(tree)), 0.6


def _marked(tree: HtmlElement, attribute: str, value: str) -> tuple[str, ...]:
    """Texts of the elements marked so, outermost only."""
    found: list[str] = []
    for element in tree.iter("a", "span", "div", "p", "address", "strong", "li"):
        if value in (element.get(attribute) or "").lower().split():
            name = next((e for e in element.iter() if e.get("itemprop") == "name"), element)
            text = _spaced(name)
            if 0 < len(text) <= _MAX_BYLINE_CHARS:
                found.append(text)
    return tuple(dict.fromkeys(found))[:MAX_AUTHORS]


def _bylines(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter("a", "span", "div", "p", "address", "strong", "li"):
        label = element.get("class") or element.get("id") or ""
        if _BYLINE_CLASS.search(label):
            text = _spaced(element)
            if 0 < len(text) <= _MAX_BYLINE_CHARS:
                yield text
                return


def _spaced(element: HtmlElement) -> str:
    """Its text, inline elements apart: bylines and dates are often set without a space between."""
    return " ".join(" ".join(element.itertext()).split())


def find_published(
    tree: HtmlElement, head: PageHead, language: str | None
) -> Found[FoundDate] | None:
    """When it was published, by what the page declares; None where only its text can tell."""
    for rule, stated, confidence in _stated_dates(tree, head):
        for text in stated:
            date = parse_iso(text) or find_date(text[:100], language=language)
            if date is not None:
                return Found(value=date, rule=rule, confidence=confidence)
    return None


def _stated_dates(
    tree: HtmlElement, head: PageHead
) -> Iterator[tuple[str, tuple[str, ...], float]]:
    yield "JSON-LD datePublished", texts(head.article.get("datePublished")), 0.95
    for name in _PUBLISHED_META:
        yield f"meta {name}", head.all(name), 0.9
    marked, plain = [], []
    for element in tree.iter("time", "span", "abbr", "p"):
        stamp = element.get("datetime") or element.get("title") or element.get("content") or ""
        text = stamp if element.tag == "time" or stamp else element.text_content()[:100]
        if (element.get("itemprop") or "").lower() == "datepublished" or (
            element.tag == "time" and element.get("pubdate") is not None
        ):
            marked.append(text)
        elif element.tag == "time" and stamp:
            plain.append(text)
    yield "marked as date of publication", tuple(marked[:5]), 0.9
    yield "JSON-LD dateCreated", texts(head.article.get("dateCreated")), 0.7
    yield "time element", tuple(plain[:1]), 0.6


def find_canonical_url(head: PageHead) -> str | None:
    """The page's own address, as it states it; one that is a site's front page is none."""
    main = head.article.get("mainEntityOfPage")
    page = main.get("@id") if isinstance(main, dict) else main
    for stated in (head.links.get("canonical"), head.first("og:url"), page):
        url = absolute_url(stated) if isinstance(stated, str) else None
        if url and urlsplit(url).path.strip("/"):
            return url
    return None


def find_base_url(head: PageHead, canonical_url: str | None) -> str | None:
    """What relative links are resolved against: <base>, else the page's own address."""
    return absolute_url(head.base_href, canonical_url) or canonical_url


def find_source(head: PageHead, canonical_url: str | None) -> Found[str] | None:
    """The publisher: by name, else by the host of the page's address."""
    names = (
        ("og:site_name", head.first("og:site_name"), 0.9),
        ("JSON-LD publisher", next(iter(texts(head.article.get("publisher"))), ""), 0.9),
        ("meta application-name", head.first("application-name"), 0.7),
        ("host", (urlsplit(canonical_url or "").hostname or "").removeprefix("www."), 0.5),
    )
    for rule, name, confidence in names:
        if name := clean_text(name, 100):
            return Found(value=name, rule=rule, confidence=confidence)
    return None


def find_tags(head: PageHead) -> tuple[str, ...]:
    """Keywords, from where editors set them rather than where search engines read them."""
    for stated in (
        head.all("article:tag"),
        texts(head.article.get("keywords")),
        head.all("news_keywords"),
        head.all("keywords"),
    ):
        if tags := distinct_tags(stated):
            return tags
    return ()


def distinct_tags(stated: tuple[str, ...]) -> tuple[str, ...]:
    """Single tags out of lists with commas, each once, at most `MAX_TAGS`."""
    tags: dict[str, str] = {}
    for text in stated:
        for part in re.split("[,;]", text[:4_000]):
            tag = clean_text(part, 1_000)
            if 0 < len(tag) <= MAX_TAG_CHARS:
                tags.setdefault(fold(tag), tag)
    return tuple(tags.values())[:MAX_TAGS]


def language_tag(declared: str) -> str:
    """A BCP 47 tag in its usual case: en-GB, zh-Hant."""
    primary, *subtags = declared.lower().split("-")
    cased = (t.upper() if len(t) == 2 else t.title() if len(t) == 4 else t for t in subtags)
    return "-".join((primary, *cased))
