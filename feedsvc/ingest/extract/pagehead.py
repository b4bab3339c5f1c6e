"""What a page declares about itself: JSON-LD, Open Graph and other meta elements, its links."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from feedsvc.ingest.bounds import names

_ARTICLE_TYPES = names(
    """Article NewsArticle BlogPosting ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle
    BackgroundNewsArticle ReviewNewsArticle LiveBlogPosting SocialMediaPosting TechArticle
    ScholarlyArticle AdvertiserContentArticle SatiricalArticle Report Review"""
)
MAX_JSON_NODES = 20_000
MAX_JSON_CHARS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class PageHead:
    """meta: by lower-case name or property, every content in order. article: the JSON-LD object
    that describes the article, its references resolved, or {}. links: by rel. language: html lang.
    """

    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    article: Mapping[str, Any] = field(default_factory=dict)  # Any: whatever the JSON holds
    links: Mapping[str, str] = field(default_factory=dict)
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
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = " ".join((element.get("content") or "").split())
        if name and content:
            meta.setdefault(name.strip().lower(), []).append(content)
    links: dict[str, str] = {}
    for element in tree.iter("link"):
        for rel in (element.get("rel") or "").lower().split():
            links.setdefault(rel, (element.get("href") or "").strip())
    title = next(tree.iter("title"), None)
    base = next(tree.iter("base"), None)
    return PageHead(
        meta={name: tuple(contents) for name, contents in meta.items()},
        article=_json_article(tree),
        links=links,
        title=" ".join(title.text_content().split()) if title is not None else "",
        language=_declared_language(tree),
        base_href=((base.get("href") or "") if base is not None else "").strip(),
    )


def _declared_language(tree: HtmlElement) -> str:
    html = tree if tree.tag == "html" else next(tree.iter("html"), tree)
    return (
        html.get("lang") or html.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    ).strip()


def _json_article(tree: HtmlElement) -> Mapping[str, Any]:
    """The object that describes the article: the one that says most, the first among equals."""
    objects = []
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            objects += list(_objects(_parsed(script.text or "")))
    by_id = {o["@id"]: o for o in objects if isinstance(o.get("@id"), str) and len(o) > 1}
    articles = [o for o in objects if _types(o) & _ARTICLE_TYPES]
    wanted = ("headline", "datePublished", "author", "mainEntityOfPage", "articleBody")
    best = max(articles, key=lambda o: sum(bool(o.get(key)) for key in wanted), default={})
    return {key: _resolved(value, by_id) for key, value in best.items()}


def _parsed(text: str) -> Any:  # Any: JSON
    """Its JSON, forgiving what pages get wrong: comments around it, line ends in strings."""
    text = text.strip().removeprefix("<!--").removesuffix("-->")
    text = text.replace("//<![CDATA[", "").replace("//]]>", "").strip().rstrip(";")
    if len(text) > MAX_JSON_CHARS:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within, outermost first."""
    pending = [value]
    for _ in range(MAX_JSON_NODES):
        if not pending:
            return
        value = pending.pop(0) if len(pending) < 100 else pending.pop()
        if isinstance(value, dict):
            yield value
            pending += value.values()
        elif isinstance(value, list):
            pending += value


def _types(value: Mapping[str, Any]) -> set[str]:
    kind = value.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return {k.rpartition("/")[2].rpartition(":")[2] for k in kinds if isinstance(k, str)}


def _resolved(value: Any, by_id: Mapping[str, Any]) -> Any:
    """The value, where it only names an object of the page: that object."""
    if isinstance(value, list):
        return [_resolved(item, by_id) for item in value]
    if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
        return by_id.get(str(value.get("@id")), value)
    return value


def texts(value: Any) -> tuple[str, ...]:
    """The plain texts of a JSON-LD value: strings, names of objects, `@value`s; in order."""
    items = value if isinstance(value, list) else [value]
    found = []
    for item in items[:100]:
        if isinstance(item, dict):
            item = item.get("name") or item.get("@value")
            item = item[0] if isinstance(item, list) and item else item
        if isinstance(item, str) and item.strip():
            found.append(" ".join(unescape(item).split()))
    return tuple(found)
