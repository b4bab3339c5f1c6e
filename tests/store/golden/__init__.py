"""Stores as earlier versions left them, and what readers knew of each then.

For a release: `python -m tests.store.golden` makes the folder of its version and schema; commit it,
and never change what lies in it again, but for the renderings (`--accept`).
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from feedsvc.model.entry import EntryState
from feedsvc.model.feed import Feed
from feedsvc.model.selection import FeedFormat, SelectionKind
from feedsvc.runtime import Runtime
from feedsvc.services.publication import Publication
from feedsvc.store.schema import entries, feeds, former_names, revisions

FOLDER = Path(__file__).parent
BASE_URL = "https://golden.example.org"


@dataclass(frozen=True, kw_only=True)
class Golden:
    """The folder of one version: `store.db.gz` (a backup), `known.json`, and renderings."""

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
    """Every one so far, the oldest first."""
    found = sorted(path.parent for path in FOLDER.glob("*/known.json"))
    assert found, "there is one at least"
    return [Golden(folder=folder) for folder in found]


def readers_know(runtime: Runtime) -> dict[str, Any]:  # Any: JSON
    """What must never change, as JSON: feeds, entries and corrections by their guids, old names."""
    publication = runtime.publication
    with runtime.store.reading() as connection:
        departed = connection.execute(select(entries).where(entries.c.state != EntryState.LIVE))
        gone = {
            row.guid: {
                "permalink": f"/articles/{row.short_id}/{row.slug}",
                "sequence": row.sequence,
                "state": row.state,
                "reason": row.departed_reason,
            }
            for row in departed
        }
        corrected = connection.execute(select(revisions).where(revisions.c.guid.is_not(None)))
        corrections = {row.guid: row.corrected_at.isoformat() for row in corrected}
        renamed = connection.execute(select(former_names, feeds.c.guid).join(feeds))
        old_names = {f"{row.kind}/{row.slug}": row.guid for row in renamed}
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
        "gone": gone,
        "corrections": corrections,
        "former names": old_names,
    }


def rendered_feeds(publication: Publication) -> list[Feed]:
    """The feeds whose renderings are kept: of all entries, of each source, and custom ones."""
    kept = (SelectionKind.ALL, SelectionKind.SOURCE, SelectionKind.CUSTOM)
    return [feed for feed in publication.feeds() if feed.selection.kind in kept]
