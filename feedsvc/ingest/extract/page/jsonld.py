"""What a page says in JSON-LD: the object that describes its article, read with patience."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from feedsvc.ingest.bounds import names

MAX_JSON_NODES = 20_000
MAX_JSON_CHARS = 1_000_000
_MAX_VALUES = 50
_MAX_TEXTS = 100

_ARTICLE_TYPES = names(
    """BlogPosting LiveBlogPosting SocialMediaPosting DiscussionForumPosting Report Review
    CriticReview"""
)
# They date and sign a page whose article has no object of its own.
_PAGE_TYPES = names(
    """WebPage ItemPage MedicalWebPage CreativeWork Recipe HowTo VideoObject AudioObject
    PodcastEpisode"""
)
# What hangs below these is another article than the page's.
_OTHER_ARTICLES = frozenset(
    """itemListElement hasPart isPartOf citation isBasedOn mentions about comment review relatedLink
    isRelatedTo liveBlogUpdate blogPost recordedIn subjectOf workExample""".split()
)
_WANTED = ("headline", "datePublished", "author", "mainEntityOfPage", "articleBody")

# Strings pass; comments and commas before a closing bracket, which JSON does not know, go.
_STRING_OR_FLAW = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*+(?:"|\Z))|//[^\n]*+|/\*.*?(?:\*/|\Z)|,(?=\s*+[}\]])', re.DOTALL
)
_BAD_ESCAPE = re.compile(r'\\(?:u(?![0-9a-fA-F]{4})|[^"\\/bfnrtu])', re.DOTALL)
# Of a script that no patience makes JSON: what is still plain to see.
_PLAIN_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"\\]{8,40})"')
_PLAIN_AUTHOR = re.compile(
    r'"author"\s{0,9}:\s{0,9}[\[{\s]{0,9}(?:"@type"\s{0,9}:\s{0,9}"Person"\s{0,9},\s{0,9})?'
    r'"name"\s{0,9}:\s{0,9}"([^"\\]{2,80})"'
)


def find_article(scripts: Iterable[str], is_headline: Callable[[str], bool]) -> Mapping[str, Any]:
    """The object that describes the article, its references resolved; {} where there is none.

    scripts: the texts of the page's JSON-LD. is_headline: whether a text is one of the page's own
    titles. The one with such a headline that says most, the first among equals; else what
    describes the page.
    """
    texts_of_scripts = list(scripts)
    values = [value for text in texts_of_scripts for value in parse_leniently(text)]
    objects = list(_objects(values, frozenset()))
    articles = [o for o in _objects(values, _OTHER_ARTICLES) if _is_article(o)]
    by_id = {o["@id"]: o for o in reversed(objects) if _is_described(o)}
    best = max(articles, key=lambda o: _merit(o, is_headline), default=None)
    if best is None:
        pages = [o for o in objects if types(o) & _PAGE_TYPES and o.get("datePublished")]
        best = pages[0] if pages else _plainly_seen(texts_of_scripts)
    return {key: _resolved(value, by_id) for key, value in best.items()}


def _is_article(value: Mapping[str, Any]) -> bool:
    return any(kind in _ARTICLE_TYPES or kind.endswith("Article") for kind in types(value))


def _is_described(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("@id"), str) and not set(value) <= {"@id", "@type"}


def _merit(value: Mapping[str, Any], is_headline: Callable[[str], bool]) -> int:
    stated = sum(bool(value.get(key)) for key in _WANTED)
    own = any(is_headline(text) for key in ("headline", "name") for text in texts(value.get(key)))
    return stated + 10 * own


def _plainly_seen(scripts: list[str]) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for text in scripts:
        for key, pattern in (("datePublished", _PLAIN_DATE), ("author", _PLAIN_AUTHOR)):
            match = pattern.search(text[:MAX_JSON_CHARS])
            if match:
                seen.setdefault(key, match[1])
    return seen


def parse_leniently(text: str) -> list[Any]:  # Any: JSON
    """The values of a script, one after another; of what is no JSON, those before the flaw.

    Forgiven are comments, commas too many, control characters and bad escapes in strings, and
    quotation marks written as references.
    """
    text = text.strip().removeprefix("<!--").removesuffix("-->")
    text = text.replace("<![CDATA[", "").replace("]]>", "").strip("; \t\r\n")
    if not text or len(text) > MAX_JSON_CHARS:
        return []
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    if '"' not in text and "&quot;" in text:
        text = unescape(text)
    text = _STRING_OR_FLAW.sub(_mended, text)
    # A comment may have stood between a comma and its bracket.
    return list(_values(_STRING_OR_FLAW.sub(_mended, text)))


def _mended(found: re.Match[str]) -> str:
    string = found["string"]
    if not string:
        return " "
    return _BAD_ESCAPE.sub(lambda m: m[0][1:], string) if "\\" in string else string


def _values(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder(strict=False)
    at = 0
    for _ in range(_MAX_VALUES):
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value


def _objects(value: Any, left_out: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Every object within, outermost first; nothing below the keys that are left out."""
    pending = [value]
    for _ in range(MAX_JSON_NODES):
        if not pending:
            return
        value = pending.pop(0) if len(pending) < 100 else pending.pop()
        if isinstance(value, dict):
            yield value
            pending += [inner for key, inner in value.items() if key not in left_out]
        elif isinstance(value, list):
            pending += value


def types(value: Mapping[str, Any]) -> set[str]:
    """The types of an object, without their vocabulary's address."""
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
    found = []
    for item in _items(value)[:_MAX_TEXTS]:
        for text in _items(_name(item)) if isinstance(item, dict) else [item]:
            if isinstance(text, dict):
                text = text.get("@value")
            if isinstance(text, str) and text.strip():
                found.append(" ".join(unescape(text).split()))
    return tuple(found[:_MAX_TEXTS])


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(item: Mapping[str, Any]) -> Any:
    name = item.get("name") or item.get("@value")
    given, family = item.get("givenName"), item.get("familyName")
    if not name and isinstance(given, str) and isinstance(family, str):
        return f"{given} {family}"
    return name
