"""Feeds and entries to render: made up here, or read from a case's case.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedsvc.feeds import opml
from feedsvc.feeds.render import RENDERERS
from feedsvc.model.entry import Category, Enclosure, Entry, Person, Precision, Source
from feedsvc.model.feed import Feed, Site
from feedsvc.model.ids import short_id, slugify
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.model.urls import SiteUrls

CASES = Path(__file__).resolve().parents[1] / "cases" / "feeds"
NEW_YEAR = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
FEED_GUID = "urn:uuid:11111111-1111-4111-8111-111111111111"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A folder of tests/cases/feeds: what to render; its other files are the renderings."""

    folder: Path
    site: Site
    feed: Feed
    more_feeds: tuple[Feed, ...]
    entries: tuple[Entry, ...]

    def __str__(self) -> str:
        return self.folder.name

    def renderings(self) -> dict[str, bytes]:
        """By file name, the rendering in each format."""
        rendered = {
            f"expected.{format}": body
            for format, body in render_all(self.entries, self.feed, self.site).items()
        }
        feeds = opml.render(self.site, (self.feed, *self.more_feeds), NEW_YEAR)
        return {**rendered, "expected.opml": feeds.body}


def make_site(**changes: Any) -> Site:  # Any, in all of these: any field of the value
    fields: dict[str, Any] = {
        "title": "Example News",
        "description": "What happened, and where.",
        "language": "en",
        "ttl_s": 300,
        "urls": SiteUrls(base_url="https://news.example.org"),
    }
    return Site(**fields | changes)


def make_feed(**changes: Any) -> Feed:
    fields: dict[str, Any] = {
        "guid": FEED_GUID,
        "selection": Selection(),
        "name": "",
        "updated": datetime(2026, 1, 2, tzinfo=UTC),
        "language": None,
    }
    return Feed(**fields | changes)


def make_entry(number: int = 1, **changes: Any) -> Entry:
    """An entry that has everything; `number` tells it from others."""
    guid = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
    title = changes.get("title", f"The river rises, part {number}")
    fields: dict[str, Any] = {
        "guid": guid,
        "short_id": short_id(guid),
        "slug": slugify(title),
        "sequence": number,
        "arrived_at": NEW_YEAR,
        "published": NEW_YEAR.replace(year=2024),
        "precision": Precision.INSTANT,
        "updated": NEW_YEAR.replace(second=number % 60),
        "title": title,
        "authors": (Person(name="Ada Lovelace"), Person(name="Grace Hopper")),
        "source": Source(name="AFP", slug="afp"),
        "categories": (Category(term="floods", label="Floods"),),
        "language": "en",
        "summary": f"Water & more water: {number} < {number + 1}.",
        "html": '<p>Water in <a href="https://example.com/town">the town</a> &amp; beyond.</p>',
        "excerpt_end": None,
        "enclosures": (
            Enclosure(
                href=f"https://example.com/{number}.mp3", media_type="audio/mpeg", size_bytes=1234
            ),
        ),
        "canonical_url": f"https://example.com/articles/{number}",
    }
    return Entry(**fields | changes)


def render(
    format: FeedFormat,
    entries: Sequence[Entry],
    feed: Feed | None = None,
    site: Site | None = None,
) -> bytes:
    rendered = RENDERERS[format](site or make_site(), feed or make_feed(), entries, NEW_YEAR)
    return rendered.body


def render_all(
    entries: Sequence[Entry], feed: Feed | None = None, site: Site | None = None
) -> dict[FeedFormat, bytes]:
    return {format: render(format, entries, feed, site) for format in FeedFormat}


def cases() -> list[Case]:
    """Every folder of tests/cases/feeds; refuses to find none."""
    found = [_case(path.parent) for path in sorted(CASES.glob("*/case.toml"))]
    assert found, f"no cases in {CASES}"
    return found


def _case(folder: Path) -> Case:
    told = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    return Case(
        folder=folder,
        site=make_site(**told.get("site", {})),
        feed=_feed(told.get("feed", {})),
        more_feeds=tuple(map(_feed, told.get("more_feeds", []))),
        entries=tuple(_entry(n, e) for n, e in enumerate(told.get("entries", []), start=1)),
    )


def _feed(told: dict[str, Any]) -> Feed:
    kind = SelectionKind(told.pop("kind", "all"))
    selection = Selection(kind=kind, slug=told.pop("slug", ""))
    return make_feed(**told, selection=selection)


def _entry(number: int, told: dict[str, Any]) -> Entry:
    """`rest`: what of the body feeds leave out. All else as in `Entry`, people by name."""
    told = {"language": None, "canonical_url": None, "source": None} | told
    for name, build in _BUILDERS.items():
        told[name] = tuple(build(value) for value in told.get(name, []))
    if told["source"]:
        told["source"] = Source(name=told["source"], slug=slugify(told["source"]))
    if "rest" in told:
        told["excerpt_end"] = len(told["html"])
        told["html"] += told.pop("rest")
    return make_entry(number, **told)


def _category(label: str) -> Category:
    return Category(term=slugify(label), label=label)


def _enclosure(told: dict[str, Any]) -> Enclosure:
    return Enclosure(**told)


_BUILDERS: dict[str, Any] = {
    "authors": lambda name: Person(name=name),
    "categories": _category,
    "enclosures": _enclosure,
}
