"""Makes the golden store of this version: `python -m tests.store.golden`."""

from __future__ import annotations

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import update

from feedsvc import __version__
from feedsvc.model.access import Scope
from feedsvc.model.selection import FeedFormat
from feedsvc.services.ingestion import open_pool
from feedsvc.store.backup import back_up
from feedsvc.store.engine import open_store
from feedsvc.store.migrate import upgrade
from feedsvc.store.schema import leases
from tests.service import Service, article, open_service, settings_for
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
---

{body}
"""


def main() -> None:
    golden = Golden(folder=FOLDER / __version__)
    golden.folder.mkdir()  # never the same release twice
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/feedsvc.db"
        store = open_store(database, busy_timeout_s=5)
        upgrade(store)
        store.close()
        with open_pool(settings_for(Path(folder), database)) as pool:
            sections: dict[str, dict[str, Any]] = {
                "site": {"base_url": BASE_URL},
                "ingest": {"removal": "withdraw", "withdraw_after_s": 0},
            }
            service = open_service(Path(folder), database, pool, sections)
            live_through_much(service)
            keep(golden, service, Path(folder))
            service.lease.release()
            service.runtime.close()
    print(f"Made {golden.folder}.")


def live_through_much(service: Service) -> None:
    """Arrivals of several formats, an edit, a move, copies, a refusal, a withdrawal."""
    folder = service.folder
    service.runtime.access.create_token("golden", frozenset({Scope.READ}))
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


def keep(golden: Golden, service: Service, folder: Path) -> None:
    with service.runtime.store.writing() as connection:
        # Not the machine's own name.
        connection.execute(update(leases).values(holder="golden"))
    back_up(service.runtime.store, folder / "backup.db")
    packed = gzip.compress((folder / "backup.db").read_bytes(), mtime=0)
    (golden.folder / "store.db.gz").write_bytes(packed)
    publication = service.runtime.publication
    known = json.dumps(readers_know(publication), indent=1, ensure_ascii=False)
    (golden.folder / "known.json").write_text(known + "\n", "utf-8")
    for feed in rendered_feeds(publication):
        for format in FeedFormat:
            body = publication.feed(feed.selection, format).body
            golden.rendering(feed, format).write_bytes(body)


if __name__ == "__main__":
    main()
