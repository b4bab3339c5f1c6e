"""Parsers and libraries that readers are built from: each entry arrives whole, each once.

Each is a program of `programs/` that prints what it has as JSON.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.readers.site import Article, Site, bare, installed, run

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True, kw_only=True)
class Library:
    """A parser and a format. has_one_author, has_enclosures: what it keeps of the format."""

    name: str
    ending: str
    has_one_author: bool = False
    has_enclosures: bool = True

    def __str__(self) -> str:
        return f"{self.name}-{self.ending}"


# What each was seen to keep; README.md has it as a table.
LIBRARIES = (
    Library(name="reader", ending="atom", has_one_author=True),
    Library(name="reader", ending="rss", has_one_author=True),
    Library(name="reader", ending="json"),
    Library(name="fastfeedparser", ending="atom", has_one_author=True, has_enclosures=False),
    Library(name="fastfeedparser", ending="rss", has_one_author=True),
    Library(name="fastfeedparser", ending="json", has_one_author=True),
    Library(name="rss-parser", ending="atom", has_one_author=True, has_enclosures=False),
    Library(name="rss-parser", ending="rss", has_one_author=True),
    Library(name="feedsmith", ending="atom"),
    Library(name="feedsmith", ending="rss"),
    Library(name="feedsmith", ending="json"),
)


@pytest.mark.parametrize("library", LIBRARIES, ids=str)
def test_each_entry_arrives_whole(site: Site, library: Library, tmp_path: Path) -> None:
    database = [str(tmp_path / "reader.db")] if library.name == "reader" else []
    told = run(tmp_path, *command(library.name), *database, site.url(library.ending))
    entries = json.loads(told)
    assert len({entry["id"] for entry in entries}) == len(entries)
    articles = [article(entry) for entry in entries]
    if not library.has_enclosures:
        assert all(not a.enclosures for a in articles), "it keeps them now: say so above"
        articles = [replace(a, enclosures=None) for a in articles]
    site.check(articles, one_author=library.has_one_author)


def command(name: str) -> list[str]:
    """How a program is started; skips where what it needs is not installed."""
    if name in ("reader", "fastfeedparser"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed: pip install {name}")
        return [sys.executable, str(PROGRAMS / f"with_{name}.py")]
    node = installed("node")
    if not (PROGRAMS / "node_modules" / name).is_dir():
        pytest.skip(f"{name} is not installed: npm ci --prefix {PROGRAMS}")
    return [node, str(PROGRAMS / f"{name}.mjs")]


def article(entry: dict[str, Any]) -> Article:  # Any: JSON
    return Article(
        title=entry["title"],
        link=entry["link"],
        published=datetime.fromisoformat(entry["published"]).astimezone(UTC),
        authors=", ".join(author for author in entry["authors"] if author),
        text=bare(entry["html"]),
        enclosures=tuple((url, kind, size) for url, kind, size in entry["enclosures"]),
    )
