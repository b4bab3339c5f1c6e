"""A whole feedsvc for tests of its services: a folder, a store, a clock that stands still."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feedsvc.clock import Clock
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import DocumentOutcome, Outcome
from feedsvc.model.entry import Entry, Evidence
from feedsvc.model.feed import Site
from feedsvc.model.run import RunRequest
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.model.urls import SiteUrls
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.services.ingestion import Ingestion
from feedsvc.services.publication import Publication
from feedsvc.settings import CustomFeedSettings, Settings, load_settings
from feedsvc.store.engine import Store
from feedsvc.store.entries import find_by_short_id
from feedsvc.store.leases import Lease, take_lease


class StoppedClock:
    """Wall time stands still until it is moved; waiting is real, and short."""

    def __init__(self) -> None:
        # Behind the real present, in which the migrations made the store.
        self.instant = datetime(2040, 3, 1, 9, 0, tzinfo=UTC)
        self.clock = Clock(now=lambda: self.instant)

    def move(self, **by: float) -> None:
        self.instant += timedelta(**by)


@dataclass
class WatchedFolder:
    """The folder under watch, changed as people and programs do."""

    path: Path

    def write(self, name: str, content: str | bytes) -> Path:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        raw = content.encode() if isinstance(content, str) else content
        target.write_bytes(raw)
        return target

    def move(self, name: str, to: str) -> None:
        (self.path / to).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).rename(self.path / to)

    def copy(self, name: str, to: str) -> None:
        self.write(to, (self.path / name).read_bytes())

    def remove(self, name: str) -> None:
        (self.path / name).unlink()


@dataclass
class Service:
    """One feedsvc, ingesting when told to."""

    folder: WatchedFolder
    runtime: Runtime
    pool: ExtractionPool
    stopped: StoppedClock
    lease: Lease
    outcomes: list[DocumentOutcome] = field(default_factory=list)

    def ingest(self, **request: Any) -> dict[str, Outcome]:
        """One pass; answers what became of each document, by its path below the folder."""
        self.stopped.move(seconds=60)
        self.outcomes = []
        self.ingestion().run(RunRequest(**request), self.outcomes.append)
        return {os.fsdecode(o.path.path): o.outcome for o in self.outcomes}

    def ingestion(self) -> Ingestion:
        return Ingestion(
            store=self.runtime.store,
            lease=self.lease,
            settings=self.runtime.settings,
            clock=self.runtime.clock,
            pool=self.pool,
            stop=threading.Event(),
        )

    def entries(self) -> dict[str, Entry]:
        """The live entries, by title."""
        return {entry.title: entry for entry in self.runtime.publication.latest(500)}

    def entry(self) -> Entry:
        """The one live entry."""
        (entry,) = self.runtime.publication.latest(2)
        return entry

    def clashes(self, title: str) -> list[str]:
        """The guids of the entries that claim the same address as this one."""
        return [evidence.value for evidence in self.evidence(title, "identity")]

    def evidence(self, title: str, field: str) -> list[Evidence]:
        """What is stored of why a field of a live entry has its value."""
        short_id = self.entries()[title].short_id
        with self.runtime.store.reading() as connection:
            (stored,) = find_by_short_id(connection, short_id)
        return [e for e in stored.evidence if e.field == field]

    def documents(self) -> dict[FeedFormat, bytes]:
        """The feed of all entries as every format serves it."""
        publication = self.runtime.publication
        return {format: publication.feed(Selection(), format).body for format in FeedFormat}


def open_service(
    tmp_path: Path,
    database: str,
    pool: ExtractionPool,
    sections: Mapping[str, Mapping[str, Any]] | None = None,
) -> Service:
    """A service on `database` that watches `tmp_path`/seeds."""
    folder = tmp_path / "seeds"
    folder.mkdir(exist_ok=True)
    settings = settings_for(folder, database, sections)
    stopped = StoppedClock()
    runtime = open_runtime(settings, stopped.clock)
    lease = take_lease(runtime.store)
    assert lease is not None
    return Service(
        folder=WatchedFolder(folder), runtime=runtime, pool=pool, stopped=stopped, lease=lease
    )


def declare(service: Service, **declared: dict[str, object]) -> None:
    """Start anew with these feeds in feeds.toml, by slug; a title stands in for itself."""
    service.runtime.settings.custom_feeds.clear()
    for slug, told in declared.items():
        feed = CustomFeedSettings.model_validate({"title": "Storm watch", **told})
        service.runtime.settings.custom_feeds[slug] = feed
    service.stopped.move(seconds=1)
    service.ingestion().declare_feeds()


def open_publication(
    store: Store, sections: Mapping[str, Mapping[str, Any]] | None = None
) -> Publication:
    """As a web process does it."""
    settings = load_settings(None, sections)
    site = Site(
        title="Test news",
        description="News.",
        language="en",
        ttl_s=300,
        urls=SiteUrls(base_url="https://news.example.org"),
    )
    return Publication(store, site, settings.feeds)


def settings_for(
    folder: Path, database: str, sections: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """The defaults, on this folder and database, with waits short enough for tests."""
    options: dict[str, dict[str, Any]] = {
        "site": {"base_url": "https://news.example.org", "title": "Test news"},
        "store": {"url": database},
        "ingest": {"roots": {"seeds": folder}, "settle_s": 0.01, "workers": 1},
    }
    for section, values in (sections or {}).items():
        options.setdefault(section, {}).update(values)
    return load_settings(None, options)


def article(
    title: str = "Storm shuts the harbour",
    *,
    author: str = "Jane Doe",
    date: str = "November 13, 2022",
    body: str | None = None,
) -> str:
    """A text dump in the shape of the samples; about 600 letters of body."""
    paragraphs = body or "\n\n".join(
        f"The {nth} thing to say of the matter of {title.lower()} is that the harbour master "
        f"closed both gates, and that nobody who had been asked about it disagreed in the end."
        for nth in ("first", "second", "third", "fourth")
    )
    return f"close\nFriday November 08, 2024\n\n{title}\n\nBy {author}\n{date}\n\n{paragraphs}\n"
