"""A store of each release, as it left it, and what readers knew of it then.

For a release: `python -m tests.store.golden` makes the folder of its version; commit it, and never
change what lies in it again, but for the renderings (`--accept`).
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedsvc.model.feed import Feed
from feedsvc.model.selection import FeedFormat, SelectionKind
from feedsvc.services.publication import Publication

FOLDER = Path(__file__).parent
BASE_URL = "https://golden.example.org"


@dataclass(frozen=True, kw_only=True)
class Golden:
    """The folder of one release: `store.db.gz` (a backup), `known.json`, and renderings."""

    folder: Path

    def __str__(self) -> str:
        return self.folder.name

    def unpack(self, target: Path) -> Path:
        target.write_bytes(gzip.decompress((self.folder / "store.db.gz").read_bytes()))
        return target

    @property
    def known(self) -> dict[str, Any]:  # Any: JSON
        known: dict[str, Any] = json.loads((self.folder / "known.json").read_text("utf-8"))
        return known

    def rendering(self, feed: Feed, format: FeedFormat) -> Path:
        name = f"{feed.selection.kind}-{feed.selection.slug}".rstrip("-")
        return self.folder / f"{name}.{format}"


def goldens() -> list[Golden]:
    """Every release so far, the oldest first."""
    found = sorted(path.parent for path in FOLDER.glob("*/known.json"))
    assert found, "there is one at least"
    return [Golden(folder=folder) for folder in found]


def readers_know(publication: Publication) -> dict[str, Any]:  # Any: JSON
    """What must never change: feeds by their guids, entries by theirs, as JSON."""
    return {
        "feeds": {
            feed.guid: f"{feed.selection.kind}/{feed.selection.slug}"
            for feed in publication.feeds()
        },
        "entries": {
            entry.guid: {
                "permalink": f"/articles/{entry.short_id}/{entry.slug}",
                "sequence": entry.sequence,
                "arrived_at": entry.arrived_at.isoformat(),
                "published": entry.published.isoformat(),
                "precision": entry.precision,
                "updated": entry.updated.isoformat(),
                "title": entry.title,
            }
            for entry in publication.latest(500)
        },
    }


def rendered_feeds(publication: Publication) -> list[Feed]:
    """The feeds whose renderings are kept: of all entries, and of each source."""
    kept = (SelectionKind.ALL, SelectionKind.SOURCE)
    return [feed for feed in publication.feeds() if feed.selection.kind in kept]
