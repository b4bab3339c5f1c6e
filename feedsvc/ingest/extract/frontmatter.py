"""The keys of a front matter as users of Hugo, Jekyll, Pelican, Zola and Obsidian write them."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from feedsvc.ingest.extract.days.dates import FoundDate, find_date, found_instant, parse_iso
from feedsvc.ingest.extract.page.facts import MAX_AUTHORS, distinct_tags, language_tag
from feedsvc.ingest.extract.people.byline import parse_byline
from feedsvc.ingest.extract.textual import MAX_SUMMARY_CHARS, clean_text
from feedsvc.ingest.links import absolute_url
from feedsvc.model.entry import Enclosure, Person, PersonKind, Precision

# In this order: clippers write when they clipped as `created`, beside when it was published.
_DATE_KEYS = (
    "date",
    "published",
    "publish_date",
    "published_at",
    "date_published",
    "pubdate",
    "publishdate",
    "issued",
    "created",
    "created_at",
)
_MAX_ENCLOSURES = 16
_LANGUAGE = re.compile("[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")
_WIKI_LINK = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")


@dataclass(frozen=True, kw_only=True)
class FrontMatter:
    """What a front matter states; an empty value where it is silent."""

    title: str
    authors: tuple[Person, ...]
    published: FoundDate | None
    language: str
    summary: str
    source: str | None
    tags: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    canonical_url: str | None
    is_draft: bool

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> FrontMatter:  # Any: what YAML or TOML holds
        keys = {key.strip().lower().replace("-", "_"): value for key, value in values.items()}
        for nested in ("params", "taxonomies", "extra"):  # Hugo's and Zola's own tables
            if isinstance(keys.get(nested), dict):
                keys = {str(k).lower(): v for k, v in keys[nested].items()} | keys
        language = _text(keys, "lang", "language", "locale").replace("_", "-").lower()
        urls = [keys.get(k) for k in ("canonical_url", "canonical", "url", "link", "source")]
        canonical_url = next(
            (url for value in urls if isinstance(value, str) and (url := absolute_url(value))), None
        )
        return cls(
            title=clean_text(_text(keys, "title")),
            authors=_authors(keys),
            published=_published(keys, language),
            language=language_tag(language) if _LANGUAGE.fullmatch(language) else "",
            summary=clean_text(
                _text(keys, "summary", "description", "excerpt", "abstract"), MAX_SUMMARY_CHARS
            ),
            source=_source(keys, canonical_url),
            tags=_tags(keys),
            enclosures=tuple(_enclosures(keys))[:_MAX_ENCLOSURES],
            canonical_url=canonical_url,
            is_draft=_is_true(keys.get("draft"))
            or keys.get("published") is False
            or _text(keys, "status").lower() in ("draft", "hidden"),
        )


def _text(keys: Mapping[str, Any], *names: str) -> str:
    """The first of these that is a text, or a number someone forgot to quote."""
    for name in names:
        value = keys.get(name)
        is_plain = isinstance(value, str | int | float | date) and not isinstance(value, bool)
        if is_plain and (text := str(value).strip()):
            return text
    return ""


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in ("true", "yes"))


def _published(keys: Mapping[str, Any], language: str) -> FoundDate | None:
    for name in _DATE_KEYS:
        if (found := _date(keys.get(name), language)) is not None:
            return found
    return None


def _date(value: Any, language: str) -> FoundDate | None:
    """A day, or an instant where a zone is given: without one, only the day is certain."""
    if isinstance(value, datetime) and (value.tzinfo is not None or value.time() != time.min):
        try:
            return found_instant(value, "front matter")
        except OverflowError:
            return None
    if isinstance(value, date):
        noon = datetime(value.year, value.month, value.day, 12, tzinfo=UTC)
        return FoundDate(instant=noon, precision=Precision.DAY, rule="front matter")
    if isinstance(value, str):
        return parse_iso(value) or find_date(value[:100], language=language or None)
    return None


def _authors(keys: Mapping[str, Any]) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for name in ("authors", "author", "by"):
        value = keys.get(name)
        for item in value if isinstance(value, list) else [value]:
            for person in _people(item, alone=not isinstance(value, list)):
                people.setdefault(person.name.casefold(), person)
    return tuple(people.values())[:MAX_AUTHORS]


def _people(value: Any, *, alone: bool) -> tuple[Person, ...]:
    """One text may name several; an item of a list is one name, whatever its shape."""
    if isinstance(value, dict):
        value = value.get("name")
    if not isinstance(value, str):
        return ()
    text = _WIKI_LINK.sub(r"\1", value)
    found = parse_byline(text, labelled=True)
    if found and (alone or len(found) == 1):
        return found
    name = clean_text(text, 200)
    return (Person(name=name, kind=PersonKind.PERSON),) if name else ()


def _tags(keys: Mapping[str, Any]) -> tuple[str, ...]:
    stated: list[str] = []
    for name in ("tags", "tag", "categories", "category", "keywords"):
        value = keys.get(name)
        items = value if isinstance(value, list) else [value]
        stated += (str(i) for i in items if isinstance(i, str | int) and not isinstance(i, bool))
    return distinct_tags(tuple(_WIKI_LINK.sub(r"\1", tag).strip().lstrip("#") for tag in stated))


def _source(keys: Mapping[str, Any], canonical_url: str | None) -> str | None:
    """The publisher by name, else by the host of the article's own address."""
    value = keys.get("source", keys.get("publisher", keys.get("site")))
    value = value.get("name") if isinstance(value, dict) else value
    if isinstance(value, str) and not absolute_url(value):
        return clean_text(value, 100) or None
    host = urlsplit(canonical_url or "").hostname or ""
    return host.removeprefix("www.") or None


def _enclosures(keys: Mapping[str, Any]) -> Iterator[Enclosure]:
    for name in ("enclosures", "enclosure"):
        value = keys.get(name)
        for item in value if isinstance(value, list) else [value]:
            stated = item if isinstance(item, dict) else {"url": item}
            address = stated.get("url", stated.get("href"))
            href = absolute_url(address) if isinstance(address, str) else None
            if href is None:
                continue
            guessed = mimetypes.guess_type(urlsplit(href).path)[0] or "application/octet-stream"
            media_type = str(stated.get("type", stated.get("media_type", ""))).strip().lower()
            length = stated.get("length", stated.get("size"))
            length = int(length) if isinstance(length, str) and length.isdecimal() else length
            yield Enclosure(
                href=href,
                media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else guessed,
                size_bytes=length if isinstance(length, int) and 0 <= length < 2**53 else 0,
            )
