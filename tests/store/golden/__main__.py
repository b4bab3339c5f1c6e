"""Makes the golden store of this version and schema: `python -m tests.store.golden`.

In it is something of everything that a store can hold: no column of it is empty.
"""

from __future__ import annotations

import gzip
import json
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, update

from feedsvc import __version__
from feedsvc.errors import RefusedDocument
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.access import Scope
from feedsvc.model.document import DocumentPath, FileState
from feedsvc.model.run import RunRequest, RunState, Trigger
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.ingestion import open_pool
from feedsvc.settings import CustomFeedSettings, load_settings
from feedsvc.store.backup import back_up
from feedsvc.store.documents import quarantine_document
from feedsvc.store.engine import open_store
from feedsvc.store.migrate import upgrade
from feedsvc.store.roots import Hold, keep_hold
from feedsvc.store.runs import add_run, end_run
from feedsvc.store.schema import leases
from feedsvc.store.tries import Tries, save_tries
from tests.service import Service, article, open_service
from tests.store.golden import BASE_URL, FOLDER, Golden, readers_know, rendered_feeds

PAGE = """<!doctype html><html lang="{language}"><head><title>{title}</title>
<meta property="og:site_name" content="{site}"><link rel="canonical" href="{url}">
<meta name="author" content="{author}"><meta property="article:published_time" content="{date}">
</head><body><article><h1>{title}</h1>{body}</article></body></html>"""

NOTE = """---
title: {title}
author: {author}
date: {date}
tags: [{tags}]
enclosure: https://tide.example/oats.mp3
---

{body}
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name, open_pool(load_settings()) as pool:
        folder = Path(name)
        with opened(folder, pool) as service:
            live_until_the_database_is_lost(service)
        for path in folder.glob("feedsvc.db*"):
            path.unlink()
        with opened(folder, pool, since=service.stopped.instant) as service:
            live_through_much(service)
            live_through_more(service)
            golden = keep(service, folder)
    print(f"Made {golden.folder}.")


@contextmanager
def opened(folder: Path, pool: ExtractionPool, since: datetime | None = None) -> Iterator[Service]:
    """A service on a store in a folder, made anew if there is none. since: when it begins."""
    database = f"sqlite:///{folder}/feedsvc.db"
    store = open_store(database, busy_timeout_s=5)
    upgrade(store)
    store.close()
    sections: dict[str, dict[str, Any]] = {
        "site": {"base_url": BASE_URL},
        "ingest": {"removal": "withdraw", "withdraw_after_s": 0},
    }
    service = open_service(folder, database, pool, sections)
    service.stopped.instant = since or service.stopped.instant
    yield service
    service.lease.release()
    service.runtime.close()


def live_until_the_database_is_lost(service: Service) -> None:
    """An article that a person withdrew, and whose file is gone when all is made anew."""
    service.folder.write("lamp.txt", article("Lamp goes out", author="Flo Wick"))
    service.ingest()
    take_back(service, "Lamp goes out")
    service.folder.remove("lamp.txt")


def live_through_much(service: Service) -> None:
    """Arrivals of several formats, an edit, a move, copies, a refusal, a withdrawal."""
    folder = service.folder
    folder.write("mill.txt", article("Mill burns down", author="Ada Quill"))
    folder.write("bridge.txt", article("Bridge opens", author="Bo Reed", date="March 3, 1969"))
    folder.write("nothing.txt", b"")
    service.ingest()
    for number, (language, title) in enumerate(
        [("en", "Ferry sails at dawn"), ("fr", "Le phare s’éteint"), ("ja", "灯台が消える")]
    ):
        body = "".join(f"<p>{title} — {nth}, {'words ' * 12}</p>" for nth in range(1, 6))
        page = PAGE.format(
            language=language,
            title=title,
            site="The Tide",
            url=f"https://tide.example/{number}",
            author="Cy Marsh",
            date=f"2023-05-0{number + 1}T08:30:00+02:00",
            body=body,
        )
        folder.write(f"tide/{number}.html", page)
    service.ingest()
    folder.write(
        "notes/oats.md",
        NOTE.format(
            title="On oats",
            author="Dee Hull",
            date="2024-01-31",
            tags="grain, Морской",
            body="Oats were sown late, and came up early.\n\n" * 6,
        ),
    )
    folder.write("mill.txt", article("Mill burns down again", author="Ada Quill"))
    folder.move("bridge.txt", to="old/bridge.txt")
    folder.copy("tide/0.html", to="tide/copy.html")
    folder.write("gone.txt", article("Fair is called off", author="Ed Vane"))
    service.ingest()
    folder.remove("gone.txt")
    for _ in range(4):
        service.ingest()


def live_through_more(service: Service) -> None:
    """A token, custom feeds, a feed renamed, an article hidden, one of two authors, a dry run."""
    runtime, folder = service.runtime, service.folder
    secret = runtime.access.create_token("golden", frozenset({Scope.READ}), timedelta(days=30))
    runtime.access.authenticate(f"Bearer {secret}", Scope.READ, address="192.0.2.1")
    runtime.access.revoke("golden")
    folder.write("mill.txt", article("Mill burns down again", author="A. Quill"))
    folder.write("wreck.txt", article("Wreck is raised", author="Gus Keel"))
    folder.write("reef.txt", article("Reef is charted", author="Hal Lead", body="Long. " * 30_000))
    service.ingest()
    take_back(service, "Wreck is raised", hide=True)
    runtime.register.rename(
        Selection(kind=SelectionKind.SOURCE, slug="the-tide"), "The Tide and Times", merge=False
    )
    custom = runtime.settings.custom_feeds
    for slug, word in {"ferries": "ferry", "fairs": "fair", "reefs": "reef"}.items():
        custom[slug] = CustomFeedSettings(title=slug.title(), words=(word,))
        service.ingestion().declare_feeds()
        if slug != "reefs":  # which stays undecided
            deque(service.ingestion().decide_members(), maxlen=0)
    del custom["fairs"]
    service.ingestion().declare_feeds()
    runtime.register.retire("fairs")
    runtime.runs.request(RunRequest(dry_run=True), requested_by="golden", address="192.0.2.1")
    deque(service.ingestion().work_on_next_run(), maxlen=0)
    folder.remove("mill.txt")
    service.ingest()
    with runtime.store.writing() as connection:
        live_through_what_is_rare(connection, runtime.clock.now())


def live_through_what_is_rare(connection: Connection, now: datetime) -> None:
    """What needs a bug, a document that hangs, a lost mount, or a machine that fails just then."""
    path = DocumentPath(root="seeds", path=b"odd.md")
    state = FileState(device=1, inode=1, size_bytes=9, mtime_ns=0, ctime_ns=0)
    bug = RefusedDocument("could not be extracted (KeyError)", evidence="KeyError: 'odd'")
    quarantine_document(connection, path, state, b"o" * 32, bug, version=1, now=now)
    save_tries(connection, path, Tries(sha256=b"o" * 32, times=2), now)
    keep_hold(connection, "lost", Hold(since=now, documents=40))
    run = add_run(
        connection,
        trigger=Trigger.ADMIN,
        requested_by="golden",
        request=RunRequest(),
        now=now,
        state=RunState.RUNNING,
    )
    end_run(connection, run.id, now, error="there was no room")
    # Not the machine's own name.
    connection.execute(update(leases).values(holder="golden"))


def take_back(service: Service, title: str, *, hide: bool = False) -> None:
    guid = service.entries()[title].guid
    service.runtime.withdrawals.withdraw(
        [guid], hide=hide, reason="asked by its author", by="golden", address=None
    )


def keep(service: Service, folder: Path) -> Golden:
    with service.runtime.store.reading() as connection:
        schema = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    golden = Golden(folder=FOLDER / f"{__version__}-{schema}")
    golden.folder.mkdir()  # never the same twice
    back_up(service.runtime.store, folder / "backup.db")
    packed = gzip.compress((folder / "backup.db").read_bytes(), mtime=0)
    (golden.folder / "store.db.gz").write_bytes(packed)
    publication = service.runtime.publication
    known = json.dumps(readers_know(service.runtime), indent=1, ensure_ascii=False)
    (golden.folder / "known.json").write_text(known + "\n", "utf-8")
    for feed in rendered_feeds(publication):
        for format in FeedFormat:
            body = publication.feed(feed.selection, format).body
            golden.rendering(feed, format).write_bytes(body)
    return golden


if __name__ == "__main__":
    main()
