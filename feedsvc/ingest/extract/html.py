"""A saved page to what its article says."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.article import Extraction, HtmlPage
from feedsvc.ingest.bounds import check_bounds
from feedsvc.ingest.extract.dates import FoundDate, parse_iso
from feedsvc.ingest.extract.language import identify_language
from feedsvc.ingest.extract.pagebody import find_body, page_day
from feedsvc.ingest.extract.pagefacts import (
    Found,
    find_authors,
    find_base_url,
    find_canonical_url,
    find_published,
    find_source,
    find_tags,
    find_title,
    language_tag,
)
from feedsvc.ingest.extract.pagehead import PageHead, read_head, texts
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Evidence, Precision
from feedsvc.settings import LimitSettings

_MIN_SUMMARY_CHARS = 40
_MAX_SUMMARY_CHARS = 500
_SURE_OF_LANGUAGE = 0.99
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
    article_body = head.article.get("articleBody")
    declared_text = article_body if isinstance(article_body, str) else ""
    body = find_body(tree, title.value if title else "", declared_text)
    if title is None or body is None:
        what = "title" if title is None else "text"
        raise EmptyDocument(f"no {what} was found in the page; is it an article?")
    canonical_url = find_canonical_url(head)
    language = _language(head, body.text)
    authors = find_authors(tree, head, body.byline)
    published = find_published(tree, head, language.value if language else None)
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
        language=language.value if language else None,
        summary=_summary(head),
        html=body.html,
        base_url=find_base_url(head, canonical_url),
        source=source.value if source else None,
        tags=find_tags(head),
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


def _language(head: PageHead, text: str) -> Found[str] | None:
    """What the page declares, unless its text is surely in another language."""
    declared = head.language or head.first("og:locale", "content-language", "language")
    declared = declared.replace("_", "-").strip().lower().split(",")[0]
    detected = identify_language(text)
    if _LANGUAGE.fullmatch(declared):
        same = detected is None or detected.code == _SPOKEN_AS.get(declared[:2], declared[:2])
        if same or detected is None or detected.confidence < _SURE_OF_LANGUAGE:
            return Found(value=language_tag(declared), rule="declared", confidence=0.9)
    if detected is None:
        return None
    return Found(value=detected.code, rule="detected", confidence=detected.confidence)


def _searched_day(tree: HtmlElement, url: str | None) -> Found[FoundDate] | None:
    day = parse_iso(page_day(tree, url) or "")
    return Found(value=day, rule="htmldate", confidence=0.6) if day else None


def _summary(head: PageHead) -> str:
    """What the page itself says in short; "" where that is too little, and the body must say it."""
    for stated in (
        head.first("og:description", "description", "twitter:description"),
        next(iter(texts(head.article.get("description"))), ""),
    ):
        text = clean_text(stated, _MAX_SUMMARY_CHARS)
        if len(text) >= _MIN_SUMMARY_CHARS:
            return text
    return ""


def _evidence(field: str, value: str, found: Found[Any]) -> Evidence:
    return Evidence(field=field, value=value, rule=found.rule, confidence=found.confidence)
