"""What a page declares about itself: JSON-LD, Open Graph and other meta elements, its links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from feedsvc.ingest.extract.page.jsonld import find_article
from feedsvc.model.ids import fold

_MIN_HEADLINE_CHARS = 12


@dataclass(frozen=True, kw_only=True)
class PageHead:
    """meta: by lower-case name or property, every content in order. article: the JSON-LD object
    that describes the article, its references resolved, or {}. links: by rel. alternates: where
    the page is to be found in each language, by hreflang in lower case. language: html lang.
    """

    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    article: Mapping[str, Any] = field(default_factory=dict)  # Any: whatever the JSON holds
    links: Mapping[str, str] = field(default_factory=dict)
    alternates: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    language: str = ""
    base_href: str = ""

    def first(self, *names: str) -> str:
        """The first content that is not empty, of the first name that has one."""
        for name in names:
            for content in self.meta.get(name, ()):
                if content:
                    return content
        return ""

    def all(self, *names: str) -> tuple[str, ...]:
        return tuple(content for name in names for content in self.meta.get(name, ()) if content)


def read_head(tree: HtmlElement) -> PageHead:
    meta: dict[str, list[str]] = {}
    links: dict[str, str] = {}
    alternates: dict[str, str] = {}
    scripts: list[str] = []
    headings: list[str] = []
    title = base = ""
    for element in tree.iter("meta", "link", "script", "title", "base", "h1"):
        if element.tag == "meta":
            _add_meta(meta, element)
        elif element.tag == "link":
            href = (element.get("href") or "").strip()
            for rel in (element.get("rel") or "").lower().split():
                links.setdefault(rel, href)
            if element.get("hreflang"):
                alternates.setdefault(element.get("hreflang").strip().lower(), href)
        elif element.tag == "script":
            if (element.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
                scripts.append(element.text or "")
        elif element.tag == "h1":
            headings.append(element.text_content())
        elif element.tag == "title":
            # An SVG in the page has its own.
            title = title or " ".join(element.text_content().split())
        else:
            base = base or (element.get("href") or "").strip()
    own = [fold(t) for t in (*headings[:20], *meta.get("og:title", [])[:1], title)]

    def is_headline(text: str) -> bool:
        folded = fold(text)
        return len(folded) >= _MIN_HEADLINE_CHARS and any(folded in shown for shown in own)

    return PageHead(
        meta={name: tuple(contents) for name, contents in meta.items()},
        article=find_article(scripts, is_headline),
        links=links,
        alternates=alternates,
        title=title,
        language=declared_language(tree if tree.tag == "html" else next(tree.iter("html"), tree)),
        base_href=base,
    )


def _add_meta(meta: dict[str, list[str]], element: HtmlElement) -> None:
    content = " ".join((element.get("content") or element.get("value") or "").split())
    if not content:
        return
    # RDFa lists several properties in one attribute.
    stated = (element.get("property") or "").split()[:4]
    for name in (*stated, element.get("name") or "", element.get("itemprop") or ""):
        contents = meta.setdefault(name.strip().lower(), [])
        if content not in contents:
            contents.append(content)


def declared_language(element: HtmlElement) -> str:
    """The language that an element itself declares, or ""."""
    return (
        element.get("lang") or element.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    ).strip()
