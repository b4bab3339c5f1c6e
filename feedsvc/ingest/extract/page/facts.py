"""Title, authors, date and the rest of a page: what it declares weighed against what it shows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from datetime import date as date_type
from itertools import islice
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.ingest.extract.days.dates import FoundDate, find_date, parse_iso
from feedsvc.ingest.extract.page.head import PageHead
from feedsvc.ingest.extract.page.jsonld import texts
from feedsvc.ingest.extract.page.shown import Shown, shown_text
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.ingest.links import absolute_url
from feedsvc.model.entry import Precision
from feedsvc.model.ids import fold

MAX_TAGS = 32
MAX_TAG_CHARS = 64
MAX_AUTHORS = 16
_MAX_TITLE_CHARS = 300
# What the page declares and shows alike is as good as certain.
_AGREED = 0.97
# Likeness of a shown heading to a declared title, from which on it is the page's headline.
_MIN_LIKENESS = 0.45
_MIN_TITLE_WORDS = 3
_MAX_HEADINGS = 20
_MAX_PARTS = 10
_SITE_WIDE = 0.5
_MAX_TIMES = 10
# From here on a rule is believed without a second witness.
_SURE = 0.7

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
_TAG_LINKS = etree.XPath("//a[contains(@rel, 'tag')]")
# What is written for machines.
_MACHINE_TAG = re.compile(r"\S[:=_]\S|^\d{1,3}$|^\d{5,}$|^#?$")
MARKED = etree.XPath("//*[@itemprop or @property]")
_MAY_DATE = etree.XPath("//*[self::time or @itemprop or @property]")

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
    shown = list(dict.fromkeys(_shown_titles(tree, {fold(found.value) for found in declared})))
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


def _shown_titles(tree: HtmlElement, declared: set[str]) -> Iterator[str]:
    """What each h1 says, or what is marked as headline where there is none.

    A kicker may stand in the h1 beside the headline: then the part that is declared counts.
    """
    elements = list(tree.iter("h1"))[:_MAX_HEADINGS]
    if not elements:
        marked = (e for e in tree.iter("h2", "h3", "p", "div", "span") if "headline" in marks(e))
        elements = list(marked)[:1]
    for element in elements:
        whole = clean_text(shown_text(element), _MAX_TITLE_CHARS)
        spans = islice(element.iter("span"), _MAX_PARTS)
        parts = [clean_text(shown_text(part), _MAX_TITLE_CHARS) for part in spans]
        own = next((part for part in parts if fold(part) in declared), "")
        title = own if own and fold(whole) not in declared else whole
        if any(map(str.isalnum, title)):
            yield title


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


def marks(element: HtmlElement) -> list[str]:
    """The microdata or RDFa properties of an element, in lower case, without vocabulary."""
    stated = element.get("itemprop") or element.get("property")
    return [name.rpartition(":")[2] for name in stated.lower().split()] if stated else []


def find_published(
    tree: HtmlElement, head: PageHead, shown: Shown, language: str | None
) -> Found[FoundDate] | None:
    """When it was published, by what the page declares, marks up or shows at its headline.

    None where only a search of the whole page can tell.
    """
    days = shown.days(language)
    weak: Found[FoundDate] | None = None
    for rule, stated, confidence in _stated_dates(tree, head):
        for text in stated:
            date = parse_stated(text, language)
            if date is None:
                continue
            near = [day for day in days if abs((date.instant.date() - day).days) <= 1]
            if near:
                return Found(
                    value=_as_printed(date, near), rule=f"{rule}, as shown", confidence=_AGREED
                )
            if confidence >= _SURE:
                return Found(value=date, rule=rule, confidence=confidence)
            weak = weak or Found(value=date, rule=rule, confidence=confidence)
    return _shown_date(shown) or weak


def _as_printed(date: FoundDate, days: list[date_type]) -> FoundDate:
    """Of a time without a zone, the day that readers are shown: theirs may be the next."""
    day = date.instant.date()
    if date.precision is not Precision.DAY or day in days:
        return date
    return replace(date, instant=date.instant + (days[0] - day), local_time=None)


def parse_stated(text: str, language: str | None) -> FoundDate | None:
    """A date as metadata state it: ISO 8601, e-mail's, seconds since 1970, or in words."""
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        seconds = int(text[:10])
        text = datetime.fromtimestamp(seconds, UTC).isoformat()
    return parse_iso(text) or find_date(text[:100], language=language)


def _shown_date(shown: Shown) -> Found[FoundDate] | None:
    """The date that the rules for text dumps find in the lines around the headline."""
    dump = shown.as_dump
    if dump is None or dump.published is None:
        return None
    told = next(e for e in dump.evidence if e.field == "published")
    date = FoundDate(
        instant=dump.published,
        precision=dump.precision,
        rule=told.rule,
        local_time=dump.local_time,
    )
    confidence = min(told.confidence, 0.85)
    return Found(value=date, rule=f"shown: {told.rule}", confidence=confidence)


def _stated_dates(
    tree: HtmlElement, head: PageHead
) -> Iterator[tuple[str, tuple[str, ...], float]]:
    yield "JSON-LD datePublished", texts(head.article.get("datePublished")), 0.95
    for name in _PUBLISHED_META:
        yield f"meta {name}", head.all(name), 0.9
    marked: list[str] = []
    plain: list[str] = []
    for element in _MAY_DATE(tree):
        if len(marked) == _MAX_TIMES:
            break
        stamp = element.get("datetime") or element.get("content") or element.get("title") or ""
        properties = marks(element)
        if not {"datepublished", "published_time"}.isdisjoint(properties) or (
            element.tag == "time" and element.get("pubdate") is not None
        ):
            marked.append(stamp or shown_text(element)[:100])
        elif element.tag == "time" and stamp and "datemodified" not in properties:
            plain.append(stamp)
    yield "marked as date of publication", tuple(marked), 0.9
    yield "JSON-LD dateCreated", texts(head.article.get("dateCreated")), 0.7
    yield "time element", tuple(plain[:_MAX_TIMES]), 0.6


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


def find_tags(tree: HtmlElement, head: PageHead, text: str) -> tuple[str, ...]:
    """Keywords, from where editors set them rather than where search engines read them.

    text: the article's title and body, which must speak of one of an editor's tags at least.
    Keywords for search engines, and links to tags, are the whole site's unless it speaks of half.
    """
    linked = (shown_text(a) for a in _TAG_LINKS(tree) if "tag" in a.get("rel").lower().split())
    spoken_of = fold(text)
    for stated, share in (
        (head.all("article:tag"), 0.0),
        (texts(head.article.get("keywords")), 0.0),
        (head.all("parsely-tags", "sailthru.tags"), 0.0),
        (head.all("news_keywords"), _SITE_WIDE),
        (tuple(linked), _SITE_WIDE),
        (head.all("keywords"), _SITE_WIDE),
    ):
        tags = _without_sites(distinct_tags(stated), head)
        named = sum(_stem(tag) in spoken_of for tag in tags)
        if named and named >= share * len(tags):
            return tags
    return ()


def _stem(tag: str) -> str:
    """Without what inflection may have changed."""
    folded = fold(tag)
    return folded[: max(4, len(folded) - 2)]


def _without_sites(tags: tuple[str, ...], head: PageHead) -> tuple[str, ...]:
    """Without the site's name, and without what is written for machines: `type:article`, `id=7`."""
    sites = {fold(head.first("og:site_name")), *map(fold, texts(head.article.get("publisher")))}
    return tuple(tag for tag in tags if fold(tag) not in sites and not _MACHINE_TAG.search(tag))


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
