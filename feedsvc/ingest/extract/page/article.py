"""A saved page to what its article says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.article import Extraction, HtmlPage
from feedsvc.ingest.bounds import check_bounds
from feedsvc.ingest.extract.days.dates import FoundDate, parse_iso
from feedsvc.ingest.extract.language import identify_language
from feedsvc.ingest.extract.page.authors import find_authors
from feedsvc.ingest.extract.page.body import find_body, page_day
from feedsvc.ingest.extract.page.facts import (
    Found,
    find_base_url,
    find_canonical_url,
    find_published,
    find_source,
    find_tags,
    find_title,
    language_tag,
)
from feedsvc.ingest.extract.page.head import PageHead, declared_language, read_head
from feedsvc.ingest.extract.page.jsonld import texts
from feedsvc.ingest.extract.page.shown import read_shown
from feedsvc.ingest.extract.textual import MAX_SUMMARY_CHARS, clean_text
from feedsvc.ingest.links import absolute_url
from feedsvc.model.entry import Evidence, Precision
from feedsvc.settings import LimitSettings

_MIN_SUMMARY_CHARS = 40
_SURE_OF_LANGUAGE = 0.99
_AGREED = 0.97
_LANGUAGE = re.compile("[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
_SPOKEN_AS = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}


def extract_page(page: HtmlPage, limits: LimitSettings) -> Extraction:
    """Weigh what the page declares against what it shows, and take its body.

    Raises EmptyDocument where it has no text, RefusedDocument beyond a limit.
    """
    check_bounds(page.markup, limits)
    tree = _parse(page.markup)
    head = read_head(tree)
    title = find_title(tree, head)
    _slim(tree)
    article_body = head.article.get("articleBody")
    declared_text = article_body if isinstance(article_body, str) else ""
    descriptions = _descriptions(head)
    body = find_body(tree, title.value if title else "", declared_text, descriptions)
    if title is None or body is None:
        what = "title" if title is None else "text"
        raise EmptyDocument(f"no {what} was found in the page; is it an article?")
    canonical_url = find_canonical_url(head)
    language = _language(tree, head, canonical_url, body.text)
    shown = read_shown(tree, title.value)
    authors = find_authors(tree, head, shown, body.byline)
    published = find_published(tree, head, shown, language.value if language else None)
    published = published or _searched_day(tree, canonical_url)
    source = find_source(head, canonical_url)
    evidence = [
        _evidence("title", title.value, title),
        Evidence(field="body", value="", rule=body.rule, confidence=body.confidence),
    ]
    if authors:
        names = ", ".join(person.name for person in authors.value)
        evidence.append(_evidence("authors", names, authors))
    if published:
        evidence.append(_evidence("published", published.value.instant.isoformat(), published))
    if language:
        evidence.append(_evidence("language", language.value, language))
    if source:
        evidence.append(_evidence("source", source.value, source))
    return Extraction(
        title=title.value,
        authors=authors.value if authors else (),
        published=published.value.instant if published else None,
        precision=published.value.precision if published else Precision.ARRIVAL,
        local_time=published.value.local_time if published else None,
        language=language.value if language else None,
        summary=_summary(descriptions),
        html=body.html,
        base_url=find_base_url(head, canonical_url),
        source=source.value if source else None,
        tags=find_tags(tree, head, f"{title.value} {body.text}"),
        canonical_url=canonical_url,
        evidence=tuple(evidence),
    )


def _parse(markup: str) -> HtmlElement:
    # As bytes: lxml refuses a str that carries an XML declaration. huge_tree: without it, all
    # that follows 254 levels of nesting is lost in silence.
    parser = HTMLParser(
        encoding="utf-8", huge_tree=True, collect_ids=False, remove_comments=True, remove_pis=True
    )
    try:
        return document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise EmptyDocument("the page is empty") from error


def _slim(tree: HtmlElement) -> None:
    """Drop what no later step reads; each copy and search of the tree is the cheaper for it."""
    for element in list(tree.iter("nav", "svg", "iframe", "select", "template")):
        if element.getparent() is not None:
            element.drop_tree()
    for head in list(tree.iter("head"))[:1]:
        for element in list(head.iter("meta", "link")):
            element.drop_tree()


def _language(
    tree: HtmlElement, head: PageHead, canonical_url: str | None, text: str
) -> Found[str] | None:
    """What the page declares nearest to its article, unless its text is surely in another language.

    Then another of its declarations counts, should one agree with the text.
    """
    declared = [
        (rule, tag)
        for rule, stated in _declared_languages(tree, head, canonical_url)
        if _LANGUAGE.fullmatch(tag := stated.replace("_", "-").strip().lower().partition(",")[0])
    ]
    detected = identify_language(text)
    if declared and detected is None:
        return Found(value=language_tag(declared[0][1]), rule=declared[0][0], confidence=0.9)
    if detected is None:
        return None
    for rule, tag in declared:
        primary = tag.partition("-")[0]
        if _SPOKEN_AS.get(primary, primary) == _SPOKEN_AS.get(detected.code, detected.code):
            return Found(value=language_tag(tag), rule=f"{rule}, as written", confidence=_AGREED)
    if declared and detected.confidence < _SURE_OF_LANGUAGE:
        return Found(value=language_tag(declared[0][1]), rule=declared[0][0], confidence=0.8)
    return Found(value=detected.code, rule="detected", confidence=detected.confidence)


def _declared_languages(
    tree: HtmlElement, head: PageHead, canonical_url: str | None
) -> Iterator[tuple[str, str]]:
    """What the page says of its language, by the rule that found it; nearest to the text first."""
    for name in ("article", "main"):
        for element in list(tree.iter(name))[:1]:
            yield f"lang of {name}", declared_language(element)
    yield "lang of html", head.language
    yield "JSON-LD inLanguage", next(iter(texts(head.article.get("inLanguage"))), "")
    for language, href in head.alternates.items():
        if canonical_url and absolute_url(href, canonical_url) == canonical_url:
            yield "hreflang of its own address", language
    for name in ("og:locale", "content-language", "language", "dc.language", "dcterms.language"):
        yield f"meta {name}", head.first(name)


def _searched_day(tree: HtmlElement, url: str | None) -> Found[FoundDate] | None:
    day = parse_iso(page_day(tree, url) or "")
    return Found(value=day, rule="htmldate", confidence=0.6) if day else None


def _summary(descriptions: tuple[str, ...]) -> str:
    """What the page itself says in short; "" where that is too little, and the body must say it."""
    return next((text for text in descriptions if len(text) >= _MIN_SUMMARY_CHARS), "")


def _descriptions(head: PageHead) -> tuple[str, ...]:
    stated = (
        *(head.first(name) for name in ("og:description", "description", "twitter:description")),
        *texts(head.article.get("description"))[:1],
    )
    cleaned = (clean_text(text, MAX_SUMMARY_CHARS) for text in stated)
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _evidence(field: str, value: str, found: Found[Any]) -> Evidence:
    return Evidence(field=field, value=value, rule=found.rule, confidence=found.confidence)
